"""A currency keeps its own unit: nothing anywhere is ever a part of a yen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kernel.errors import InputError
from kernel.money import part, smallest, times, worth
from measurements.assess import assess
from measurements.observed import Observed
from pipeline import models
from reports.inputs import FINDINGS
from scenarios import catalogue
from scenarios.firm import Firm, LegalEntity
from scenarios.firm_file import firm_of
from scenarios.play import stage
from sim.world import observe, perform

TOKYO = LegalEntity("JP01", "Firm KK", "APAC", 0.5, "JPY", "Asia/Tokyo", "JP", "0.0067", 1.0)
BERLIN = LegalEntity("DE01", "Firm GmbH", "EMEA", 0.5, "EUR", "Europe/Berlin", "DE", "1.08", 1.0)
ODD = replace(Firm(), consultants=12, entities=(TOKYO, BERLIN), bill_rate_usd=137.31)


@pytest.fixture(scope="module", params=["hybrid", "batch", "manual"])
def observed(request: pytest.FixtureRequest) -> Observed:
    play = stage(catalogue.load("steady-month"), ODD, 1)
    return observe(perform(play, models.load(request.param), 1), 0)


def amounts(observed: Observed) -> Iterator[tuple[str, int, str]]:
    """Every amount of every book with its currency, and by what it stands under."""
    books = observed.books
    for effect in books.effects:
        yield f"{effect.flow} {effect.key}", effect.amount_minor, effect.currency
    for row in books.commitments:
        yield f"due {row.flow} {row.key}", row.amount_minor, row.currency


def test_nothing_in_yen_has_hundredths_in_any_book(observed: Observed) -> None:
    yen = [(what, amount) for what, amount, currency in amounts(observed) if currency == "JPY"]
    assert len({what.split()[0] for what, _ in yen}) >= 4
    assert [(what, amount) for what, amount in yen if amount % 100] == []


def test_a_firm_of_yen_and_euro_ends_as_clean_as_any(observed: Observed) -> None:
    """Both sides round alike: else amounts of yen would differ. Clerks mistype, so theirs are not judged."""
    audit = assess(observed).audit
    if observed.model != "manual":
        assert not any(sum(audit[name].values()) for name in FINDINGS)


@pytest.mark.parametrize(
    ("rate", "hours", "currency", "amount"),
    [(1_234_500, 125, "JPY", 1_543_100), (1_234_500, -125, "JPY", -1_543_100), (12_345, 125, "EUR", 15_431)],
)
def test_hours_at_a_rate_are_rounded_half_up_to_the_unit(
    rate: int, hours: int, currency: str, amount: int
) -> None:
    assert worth(rate, hours, currency) == amount


def test_an_exchange_is_rounded_half_up_to_the_unit_of_what_it_becomes() -> None:
    assert times(100, "149.5", "JPY") == 15_000
    assert times(100, "149.5", "EUR") == 14_950
    assert times(-150, 1, "JPY") == -200


@pytest.mark.parametrize("currency", ["JPY", "EUR"])
def test_parts_are_whole_units_and_sum_to_the_total(currency: str) -> None:
    parts = [part(10_000_000, number, 7, currency) for number in range(1, 8)]
    assert sum(parts) == 10_000_000
    assert not any(amount % smallest(currency) for amount in parts)


@pytest.mark.parametrize("currency", ["KWD", "BHD", "TND"])
def test_a_currency_of_thousandths_is_refused_in_one_line(currency: str) -> None:
    entity = {**TOKYO._asdict(), "share": 1.0, "currency": currency, "to_usd": "3.25"}
    with pytest.raises(InputError, match=f"entities.0.currency: {currency} is divided into more than"):
        firm_of(Firm(), {"entities": [entity]}, "firm.toml")
