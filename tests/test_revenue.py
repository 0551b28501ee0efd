"""Revenue to the cent: per billing method, as deltas, with rates of the day."""

from __future__ import annotations

import pytest

from pipeline.translation.revenue import Contract, Cost, Journal, Part, cost, cumulative, journal_body, value

RATES = {"USD": "1", "EUR": "1.10", "INR": "0.012"}
USD = Cost(10_000, "USD")


def contract(method: str, **given: object) -> Contract:
    terms: dict[str, object] = {
        "project": "P1",
        "entity": "US01",
        "currency": "USD",
        "billing_method": method,
        "value_minor": 10_000_000,
        "planned_centi": 100_000,
        "start": "2026-02-10",
        "end": "2026-07-05",
        "hours_before_centi": 0,
        "cost_before_minor": 0,
        "revenue_before_minor": 0,
    }
    return Contract(**{**terms, **given})  # type: ignore[arg-type]  # a row of keyword values


def test_time_and_materials_earn_hours_at_their_rate_on_top_of_what_was_earned() -> None:
    parts = [Part("W1", 750, 20_001, USD), Part("W2", 25, 33_333, USD)]
    assert [value(part, "USD") for part in parts] == [150_008, 8_333]
    earned = cumulative(contract("Time and Materials", revenue_before_minor=500), parts, {}, RATES, "2026-04")
    assert earned == 500 + 150_008 + 8_333


def test_fixed_price_earns_by_cost_to_cost_with_the_mean_rate_of_who_works_now() -> None:
    parts = [Part("W1", 40_000, 0, USD), Part("W2", 10_000, 0, Cost(10_000, "EUR"))]
    last_day = {"W1": USD, "W2": Cost(10_000, "EUR")}
    # cost 4,000,000 + 1,100,000; 500 h to go at the mean of 100.00 and 110.00
    assert cost(parts[1], "USD", RATES) == 1_100_000
    earned = cumulative(contract("Fixed Price"), parts, last_day, RATES, "2026-04")
    assert earned == round(10_000_000 * 5_100_000 / (5_100_000 + 500 * 10_500))


def test_fixed_price_without_hours_goes_on_at_its_former_cost_rate_and_never_over_the_contract() -> None:
    idle = contract("Fixed Price", hours_before_centi=25_000, cost_before_minor=2_500_000)
    assert cumulative(idle, [], {}, RATES, "2026-04") == 2_500_000
    overrun = contract("Fixed Price", hours_before_centi=150_000, cost_before_minor=9_000_000)
    assert cumulative(overrun, [], {}, RATES, "2026-04") == 10_000_000
    assert cumulative(contract("Fixed Price"), [], {}, RATES, "2026-04") == 0


@pytest.mark.parametrize(
    ("period", "earned"),
    [
        ("2026-01", 0),
        ("2026-02", 1_666_667),
        ("2026-04", 5_000_000),
        ("2026-07", 10_000_000),
        ("2026-12", 10_000_000),
    ],
)
def test_a_retainer_earns_straight_line_over_its_months(period: str, earned: int) -> None:
    assert cumulative(contract("Retainer"), [], {}, RATES, period) == earned


def test_a_journal_balances_and_names_what_subcontractors_are_owed() -> None:
    journal = Journal(
        "P1",
        "US01",
        "USD",
        "Time and Materials",
        "2026-04",
        "BD+2",
        150_000,
        "2026-04-30",
        90_000,
        (("W7", 40_000),),
    )
    body = journal_body(journal, "2026-04", "")
    lines = body["line"]["items"]
    assert body["custbody_source_key"] == "P1:2026-04:BD+2"
    assert body["custbody_revenue_amount"] == "1500.00"
    assert sum(float(line.get("debit", 0)) for line in lines) == sum(
        float(line.get("credit", 0)) for line in lines
    )
    assert [
        (line["account"], line["credit"]) for line in lines if line.get("entity") and "credit" in line
    ] == [("Accrued subcontractors", "400.00")]
    assert "custbody_moved_from" not in body
    assert journal_body(journal, "2026-05", "2026-04")["custbody_moved_from"] == "2026-04"
