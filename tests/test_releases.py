"""Releases change what callers may say and see, when due, and spare those pinned to an older version."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from test_conformance import _QUERY, _RECORD, _TIME_BILL, _envelope
from vendor_world import QUIET, Client, Contract, simulated, systems

from mocks.releases import Release

_WORKERS = "/ccx/service/rehearsal/Human_Resources/v"


def _after(
    contract: Contract, system: str, kind: str, from_version: float | None = None, **what: Any
) -> None:
    release = Release(50.0, "tenant change", kind, what, from_version)

    async def later(clients: Mapping[str, Client]) -> None:
        await asyncio.sleep(100.0)
        await contract(clients)

    settings = {system: replace(QUIET[system], releases=(release,))}
    simulated(later, systems((system,), settings))


def test_a_renamed_field_is_unknown_under_its_old_name() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        reply = await netsuite.send(
            "PUT", f"{_RECORD}/timeBill/eid:a", _TIME_BILL, x_netsuite_propertynamevalidation="error"
        )
        assert reply.status == 400
        assert reply.json()["o:errorDetails"][0]["o:errorPath"] == "custbody_source_part"
        body = {**_TIME_BILL, "custbody_part": "1:2026-04-13"}
        assert (await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:a", body)).status == 204
        read = (await netsuite.send("GET", f"{_RECORD}/timeBill/eid:a")).json()
        assert read["custbody_part"] == "1:2026-04-13"
        assert "custbody_source_part" not in read
        text = {"q": "SELECT custbody_part FROM timebill WHERE externalid = 'a'"}
        rows = (await netsuite.send("POST", _QUERY, text, prefer="transient")).json()["items"]
        assert rows[0]["custbody_part"] == "1:2026-04-13"

    what = {"object": "timeBill", "field": "custbody_source_part", "to": "custbody_part"}
    _after(contract, "netsuite", "rename_field", **what)


def test_a_query_that_was_asked_before_knows_of_a_rename_though_nobody_wrote_since() -> None:
    text = {"q": "SELECT custbody_source_part FROM timebill WHERE externalid = 'a'"}

    async def asked_twice(clients: Mapping[str, Client]) -> None:
        statuses = []
        for _ in range(2):
            statuses.append((await clients["netsuite"].send("POST", _QUERY, text, prefer="transient")).status)
            await asyncio.sleep(100.0)
        assert statuses == [200, 400]

    what = {"object": "timeBill", "field": "custbody_source_part", "to": "custbody_part"}
    release = Release(50.0, "tenant change", "rename_field", what)
    settings = {"netsuite": replace(QUIET["netsuite"], releases=(release,))}
    simulated(asked_twice, systems(("netsuite",), settings))


def test_a_rename_tied_to_a_version_spares_callers_that_name_none() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        await clients["netsuite"].send("PUT", f"{_RECORD}/timeBill/eid:a", _TIME_BILL)
        read = (await clients["netsuite"].send("GET", f"{_RECORD}/timeBill/eid:a")).json()
        assert read["custbody_source_part"] == "1:2026-04-13"

    what = {"object": "timeBill", "field": "custbody_source_part", "to": "custbody_part"}
    _after(contract, "netsuite", "rename_field", 2026.2, **what)


def test_a_newly_required_field_refuses_those_without_it() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        path = f"{_RECORD}/timeBill/eid:a"
        reply = await clients["netsuite"].send("PUT", path, _TIME_BILL)
        assert reply.status == 400
        assert "memo" in reply.json()["o:errorDetails"][0]["detail"]
        assert (await clients["netsuite"].send("PUT", path, {**_TIME_BILL, "memo": "m"})).status == 204

    _after(contract, "netsuite", "require_field", object="timeBill", field="memo")


def test_a_validation_rule_refuses_named_values_only() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        path = f"{_RECORD}/timeBill/eid:a"
        body = {**_TIME_BILL, "item": "Overtime"}
        reply = await clients["netsuite"].send("PUT", path, body)
        assert reply.json()["o:errorDetails"][0]["detail"] == "No overtime here."
        assert (await clients["netsuite"].send("PUT", path, {**body, "item": "Hours"})).status == 204

    what = {"object": "timeBill", "field": "item", "when": ["Overtime"], "message": "No overtime here."}
    _after(contract, "netsuite", "validation_rule", **what)


RULE = {"object": "timeBill", "field": "memo", "when": ["Overtime"], "message": "No overtime here."}


@pytest.mark.parametrize(
    ("kind", "what"),
    [("validation_rule", RULE), ("require_field", {"object": "timeBill", "field": "item"})],
)
def test_a_rule_that_an_administrator_takes_back_refuses_nothing_any_more(
    kind: str, what: Mapping[str, Any]
) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite, path = clients["netsuite"], f"{_RECORD}/timeBill/eid:a"
        body = {**_TIME_BILL, "memo": "Overtime"}
        assert (await netsuite.send("PUT", path, body)).status == 400
        taken = {"kind": kind, "parameters": what}
        assert (await netsuite.control("POST", "withdraw", taken)).status == 200
        assert (await netsuite.send("PUT", path, body)).status == 204
        assert b"is in force" in (await netsuite.control("POST", "withdraw", taken)).body

    _after(contract, "netsuite", kind, **what)


def test_a_limit_is_bought_back_and_a_version_lives_on() -> None:
    async def slots(clients: Mapping[str, Client]) -> None:
        cut = {"kind": "limit_cut", "parameters": {"limit": "account_concurrency", "size": 2}}
        assert (await clients["netsuite"].control("POST", "withdraw", cut)).ok
        calls = (clients["netsuite"].send("GET", f"{_RECORD}/job/eid:P00001") for _ in range(4))
        assert all(reply.ok for reply in await asyncio.gather(*calls))

    async def version(clients: Mapping[str, Client]) -> None:
        end = {"kind": "retire_version", "parameters": {"version": 45.2}}
        assert (await clients["workday"].control("POST", "withdraw", end)).ok
        assert (await clients["workday"].send("POST", _WORKERS + "45.2", _envelope())).ok

    _after(slots, "netsuite", "limit_cut", limit="account_concurrency", size=2)
    _after(version, "workday", "retire_version", version=45.2)


def test_nobody_takes_back_a_rename() -> None:
    what = {"object": "timeBill", "field": "memo", "to": "note"}

    async def contract(clients: Mapping[str, Client]) -> None:
        reply = await clients["netsuite"].control(
            "POST", "withdraw", {"kind": "rename_field", "parameters": what}
        )
        assert reply.status == 400
        assert b"cannot be taken back" in reply.body

    _after(contract, "netsuite", "rename_field", **what)


def test_a_limit_cut_stays() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        calls = (clients["netsuite"].send("GET", f"{_RECORD}/job/eid:P00001") for _ in range(4))
        assert sum(reply.ok for reply in await asyncio.gather(*calls)) == 2

    _after(contract, "netsuite", "limit_cut", limit="account_concurrency", size=2)


def test_a_pinned_client_does_not_see_a_renamed_element() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        for version, element in (("45.2", b"<wd:Cost_Rate>"), ("46.0", b"<wd:Hourly_Cost>")):
            reply = await clients["workday"].send("POST", _WORKERS + version, _envelope())
            assert element in reply.body

    what = {"object": "Worker", "field": "Cost_Rate", "to": "Hourly_Cost"}
    _after(contract, "workday", "rename_field", 46.0, **what)


def test_a_retired_version_is_gone_and_a_newer_one_is_not() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        old = await clients["workday"].send("POST", _WORKERS + "45.2", _envelope())
        new = await clients["workday"].send("POST", _WORKERS + "46.0", _envelope())
        assert (old.status, new.status) == (500, 200)
        assert b"not supported" in old.body

    _after(contract, "workday", "retire_version", version=45.2)
