"""The warehouse: versions, sightings, snapshots at 08:00 and what its report says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from vendor_opening import TIME
from vendor_world import QUIET, Client, simulated, systems

from measurements.facts import Books

_HOUR = 3600.0
_TIMECARD = {
    "source": "salesforce",
    "key": "T-W00001-P00001-2026-04-13",
    "version": 1,
    "kind": "time_approved",
    "committed_at": _HOUR,
    "values": {
        "project": "P00001",
        "worker": "W00001",
        "hours_centi": 4000,
        "bill_minor": 840_000,
        "currency": "EUR",
        "cost_minor": 340_000,
        "cost_currency": "USD",
    },
}


def _warehouse(contract: Any, **policy: Any) -> Books:
    settings = replace(QUIET["warehouse"], policy=policy)
    made = systems(("warehouse",), {"warehouse": settings})
    simulated(lambda clients: contract(clients["warehouse"]), made)
    return made["warehouse"].books(5 * 24 * _HOUR)


async def _load(warehouse: Client, **changes: Any) -> Any:
    return (await warehouse.send("POST", "/v1/facts", {"facts": [{**_TIMECARD, **changes}]})).json()


def test_a_fact_is_sighted_once_a_version_and_stands_in_its_newest() -> None:
    async def contract(warehouse: Client) -> None:
        await asyncio.sleep(2 * _HOUR)
        assert await _load(warehouse) == {"accepted": 1, "stale": 0}
        await asyncio.sleep(2 * _HOUR)
        await _load(warehouse)
        await _load(warehouse, version=2, committed_at=TIME.stamp(3 * _HOUR))

    books = _warehouse(contract)
    assert [(row.version, row.committed_at_s) for row in books.sightings] == [(1, _HOUR), (2, 3 * _HOUR)]
    assert [round((row.visible_at_s or 0) / _HOUR, 3) for row in books.sightings] == [2.0, 4.0]
    assert [(row.key, row.version, row.terms["source"]) for row in books.effects] == [
        (_TIMECARD["key"], 2, "salesforce")
    ]


def test_snapshots_are_taken_at_eight_on_weekdays_in_reporting_currency() -> None:
    async def contract(warehouse: Client) -> None:
        await asyncio.sleep(10 * _HOUR)
        await _load(warehouse)

    rows = [row for row in _warehouse(contract).snapshots if row.kind == "project"]
    assert [row.at_s / _HOUR for row in rows] == [8.0, 32.0, 104.0]  # Thursday, Friday, Monday
    assert [row.revenue_minor for row in rows] == [493_500, 1_417_500, 1_417_500]
    assert [row.hours_centi for row in rows] == [2350, 6350, 6350]


def test_snapshots_are_taken_when_a_root_says() -> None:
    async def contract(warehouse: Client) -> None:
        await warehouse.act("report.read")

    rows = _warehouse(contract, snapshot_instants_s=(5.0, 7.0)).snapshots
    assert sorted({row.at_s for row in rows}) == [5.0, 7.0]


def test_what_the_opening_brought_is_an_effect_of_nobody() -> None:
    async def contract(warehouse: Client) -> None:
        assert (await warehouse.act("report.read")).json()["projects"] == 1

    books = _warehouse(contract)
    assert (books.effects, books.sightings) == ((), ())


def test_a_load_is_all_or_nothing() -> None:
    async def contract(warehouse: Client) -> None:
        wrong = {"facts": [_TIMECARD, {**_TIMECARD, "key": "T2", "kind": "mood"}]}
        assert (await warehouse.send("POST", "/v1/facts", wrong)).status == 400
        found = await warehouse.send(
            "POST", "/v1/query", {"source": "salesforce", "keys": [_TIMECARD["key"]]}
        )
        assert found.json() == {"facts": []}

    _warehouse(contract)


def test_an_old_key_is_refused_when_credentials_expired() -> None:
    async def contract(warehouse: Client) -> None:
        await warehouse.control("POST", "secret", {"secret": "new"})
        assert (await warehouse.send("POST", "/v1/query", {})).status == 401
        answer = await warehouse.send("POST", "/v1/query", {"count": True}, authorization="Bearer new")
        assert answer.json()["counts"]["workday/worker"] == 2

    _warehouse(contract)


def test_a_clerk_enters_facts_at_the_desk() -> None:
    async def contract(warehouse: Client) -> None:
        assert (await warehouse.act("report.enter", "clerk", facts=[_TIMECARD])).json()["accepted"] == 1
        told = (await warehouse.act("report.read", "clerk")).json()
        assert (told["hours_centi"], told["revenue_minor"]) == (6350, 1_417_500)

    _warehouse(contract)
