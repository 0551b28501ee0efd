"""Books are read by the keys that records carry, wherever an integration puts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_conformance import _RECORD, _TIME_BILL
from test_netsuite import _INVOICE, _TERMS
from vendor_world import QUIET, Client, simulated, systems

from kernel.errors import InputError
from measurements.facts import Books, Effect
from mocks.assemble import ALL
from mocks.correlation import Correlation, asked, convention, place
from scenarios import correlation_file
from scenarios.known import fields_of

OWN = """
[[netsuite.timeBill]]
field = "externalId"
pattern = 'mine-(?P<key>T-.+)/(?P<part>[12]:[0-9-]+)'

[[netsuite.invoice]]
field = "memo"
pattern = 'Billing event (?P<key>B-\\S+)'
"""
CARD, PART = "T-W00001-P00001-2026-04-13", "1:2026-04-13"


def read(tmp_path: Path, text: str) -> correlation_file.Correlations:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return correlation_file.load(path)


def keyless(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a record as middleware writes it that knows none of the account's source fields."""
    return {name: value for name, value in body.items() if not name.startswith("custbody_source")}


def books_of(contract: Any, places: Mapping[str, Any]) -> Books:
    made = systems(("netsuite",), {"netsuite": replace(QUIET["netsuite"], correlation=places)})
    simulated(lambda clients: contract(clients["netsuite"]), made)
    return made["netsuite"].books(1e9)


def one(books: Books, flow: str) -> Effect:
    effect = [row for row in books.effects if row.flow == flow and row.at_s >= 0.0]
    assert len(effect) == 1
    return effect[0]


def test_a_record_is_found_by_a_pattern_of_its_external_id_and_has_version_1(tmp_path: Path) -> None:
    async def contract(netsuite: Client) -> None:
        body = {**keyless(_TIME_BILL), "externalId": f"mine-{CARD}/{PART}"}
        assert (await netsuite.send("POST", f"{_RECORD}/timeBill", body)).ok

    effect = one(books_of(contract, read(tmp_path, OWN)["netsuite"]), "time")
    assert (effect.key, effect.part, effect.version) == (CARD, PART, 1)
    assert one(books_of(contract, {}), "time").key == ""  # the convention knows nothing of it


def test_what_keeps_the_convention_is_found_whatever_a_file_says(tmp_path: Path) -> None:
    async def contract(netsuite: Client) -> None:
        assert (await netsuite.send("POST", f"{_RECORD}/timeBill", _TIME_BILL)).ok

    effects = [one(books_of(contract, places), "time") for places in ({}, read(tmp_path, OWN)["netsuite"])]
    assert effects[0] == effects[1]
    assert effects[0].key == _TIME_BILL["custbody_source_key"]


def test_finance_finds_the_time_behind_an_invoice_by_the_same_file(tmp_path: Path) -> None:
    """The checklist of the ERP asks by key: an integration's own place for it must not hold its invoices."""
    reviews = []

    async def contract(netsuite: Client) -> None:
        bill = {**keyless(_TIME_BILL), "externalId": f"mine-{CARD}/{PART}", "hours": 8, "rate": "210.00"}
        item = {**_INVOICE["item"]["items"][0], "sourceVersion": None}  # type: ignore[index]
        invoice = {
            **keyless(_INVOICE),
            "memo": "Billing event B-P00001-2026-04-1",
            "item": {"items": [item]},
        }
        assert (await netsuite.send("POST", f"{_RECORD}/timeBill", bill)).ok
        made = await netsuite.send("POST", f"{_RECORD}/invoice", invoice)
        number = made.headers["location"].rpartition("/")[2]
        waiting = (await netsuite.act("invoices.waiting")).json()["invoices"]
        assert [row["event"] for row in waiting] == ["B-P00001-2026-04-1"]
        reviews.append((await netsuite.act("invoice.review", invoice=number, terms=_TERMS)).json())

    books_of(contract, read(tmp_path, OWN)["netsuite"])
    assert reviews[0].get("approved"), reviews


@pytest.mark.parametrize("system", [name for name in ALL if convention(name)])
def test_the_shipped_convention_names_fields_that_there_are(system: str) -> None:
    for name, places in convention(system).items():
        assert {one.field for one in places} <= set(fields_of(system, name))


@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]), st.text("ab-1 \n", max_size=6) | st.none() | st.integers(0, 9)
    )
)
def test_the_quick_reader_of_a_whole_field_reads_what_the_pattern_would(record: dict[str, Any]) -> None:
    whole = place("a", "(?P<key>.+)")
    quick = Correlation("netsuite", {})
    quick._places = {"x": (whole,)}
    assert quick.reader("x", "key")(record) == asked((whole,), "key", record)


def test_a_group_comes_from_the_first_place_that_fits_and_has_it() -> None:
    places = (place("memo", r"(?P<key>T-\d)(?: v(?P<version>\d))?"), place("memo2", "(?P<version>.+)"))
    assert asked(places, "version", {"memo": "T-1 v2", "memo2": "3"}) == "2"
    assert asked(places, "version", {"memo": "T-1", "memo2": "3"}) == "3"
    assert asked(places, "key", {"memo": "see T-1"}) == ""  # a pattern fits all of the text


REFUSED = {
    "an unknown system": ("[[workday.worker]]\nfield='a'\npattern='a'", "workday: unknown field"),
    "an unknown object": (
        "[[netsuite.salesOrder]]\nfield='memo'\npattern='(?P<key>.+)'",
        "netsuite.salesOrder",
    ),
    "an unknown field": ("[[netsuite.invoice]]\nfield='custbody_x'\npattern='(?P<key>.+)'", "no custbody_x"),
    "no pattern": ("[[netsuite.invoice]]\nfield='memo'", "pattern: Field required; add it"),
    "a broken pattern": ("[[netsuite.invoice]]\nfield='memo'\npattern='(?P<key>'", "no regular expression"),
    "no group": ("[[netsuite.invoice]]\nfield='memo'\npattern='.+'", "names no group"),
    "a foreign group": ("[[netsuite.invoice]]\nfield='memo'\npattern='(?P<part>.+)'", "names part"),
    "nothing in a list": ("[netsuite]\ninvoice = []", "netsuite.invoice"),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_a_mistake_is_one_line(what: str, tmp_path: Path) -> None:
    text, told = REFUSED[what]
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert told in str(refused.value)
    assert "own.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_convention_in_effect_lists_a_users_places_first(tmp_path: Path) -> None:
    told = correlation_file.places_of(read(tmp_path, OWN))
    bills = [place for system, name, place in told if (system, name) == ("netsuite", "timeBill")]
    assert [place.field for place in bills[:2]] == ["externalId", "custbody_source_key"]
    assert [place.is_whole("key") for place in bills[:2]] == [False, True]
