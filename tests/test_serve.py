"""The systems over HTTP, and the loop whose time is seconds since the start."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping

import pytest
from test_conformance import _RECORD
from vendor_world import Client, live, systems

from kernel.errors import InputError
from kernel.time import BusinessTime
from loadtests.live_loop import run_live
from loadtests.pages import pages
from loadtests.serve import business_time, run, serving
from mocks import roles


def test_business_time_starts_at_a_whole_second_of_today() -> None:
    time = business_time()
    assert isinstance(time, BusinessTime)
    assert time.stamp(0.0).endswith(".000Z")


def test_the_page_lists_every_address_of_every_door() -> None:
    documented = pages(systems(("netsuite",))["netsuite"]).openapi()["paths"]
    assert "put" in documented[_RECORD + "/{type}/{id}"]
    parameters = documented[_RECORD + "/{type}/{id}"]["put"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["type", "id"]
    assert {f"/desk/{verb}" for verb in roles.ERP} <= set(documented)
    assert {"/control/faults", "/control/hooks", "/control/budget"} <= set(documented)


@pytest.mark.parametrize(
    ("name", "verbs"),
    [("netsuite", roles.ERP), ("workday", roles.HCM), ("salesforce", {**roles.CRM, **roles.PSA})],
    ids=lambda value: str(value)[:8],
)
def test_a_desk_offers_every_verb_of_its_role(name: str, verbs: Mapping[str, str]) -> None:
    assert set(systems((name,))[name].desk.verbs) == set(verbs)  # type: ignore[attr-defined]  # a Desk, as built


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        async def main() -> None:
            async with serving(systems(("warehouse",)), port):
                raise AssertionError("two servers listen on one port")

        with pytest.raises(InputError, match=rf"127\.0\.0\.1:{port}.*--port-base"):
            run_live(main())


def test_addresses_are_told_only_where_all_of_them_listen() -> None:
    told: list[Mapping[str, str]] = []

    def heard(addresses: Mapping[str, str]) -> None:
        told.append(addresses)
        raise KeyboardInterrupt

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError):
            run(lambda _: systems(("warehouse",)), port, heard)
        assert told == []
    run(lambda _: systems(("warehouse",)), port, heard)
    assert told == [{"warehouse": f"http://127.0.0.1:{port}"}]


@pytest.mark.live
def test_over_http_a_lost_reply_commits_and_the_client_waits_in_vain() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        body = {"entityId": "C0009", "subsidiary": "US01", "currency": "USD"}
        await netsuite.control(
            "POST", "faults", {"kind": "lost_reply", "for_s": 0.4, "parameters": {"share": 1.0}}
        )
        with pytest.raises(TimeoutError):
            await netsuite.send("PUT", f"{_RECORD}/customer/eid:C0009", body, timeout_s=0.1)
        await asyncio.sleep(0.5)
        assert (await netsuite.send("GET", f"{_RECORD}/customer/eid:C0009")).json()["entityId"] == "C0009"

    live(contract, systems(("netsuite",)))


@pytest.mark.live
def test_over_http_a_reset_breaks_the_connection_and_the_page_is_there() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        assert (await netsuite.send("GET", "/openapi.json")).json()["info"]["title"] == "Rehearsal: netsuite"
        await netsuite.control(
            "POST", "faults", {"kind": "reset", "for_s": 60.0, "parameters": {"share": 1.0}}
        )
        with pytest.raises(ConnectionError):
            await netsuite.send("GET", f"{_RECORD}/job/eid:P00001")

    live(contract, systems(("netsuite",)))
