"""What happens to a call before and after the handler: limits, faults, credentials, background use."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from vendor_world import QUIET, Client, Contract, simulated, systems

from kernel.errors import InputError
from mocks.desk import Desk
from mocks.faults import Fault
from mocks.journal import Journal
from mocks.landscape import SystemSettings
from sim.loop import run
from wire.call import Call, Reply, json_call

_JOB = "/services/rest/record/v1/job"
_QUERY = "/services/rest/query/v1/suiteql"


def _netsuite(
    contract: Contract, *faults: Fault, month_end_s: tuple[float, float] | None = None, **changes: Any
) -> None:
    settings = SystemSettings(
        background=changes.pop("background", 0.0),
        ambient={"lost_reply": 0.0, "missing_reference": 0.0} | changes.pop("ambient", {}),
        faults=faults,
        **changes,
    )
    made = systems(("netsuite",), {"netsuite": settings}, month_end_s=month_end_s)
    simulated(contract, made)


async def _statuses(client: Client, calls: int) -> list[Reply]:
    return list(await asyncio.gather(*(client.send("GET", f"{_JOB}/eid:P00001") for _ in range(calls))))


def test_the_sixth_call_at_once_is_refused_by_name() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        replies = await _statuses(clients["netsuite"], 6)
        refused = [reply for reply in replies if reply.status == 429]
        assert len(refused) == 1
        assert refused[0].headers["x-rehearsal-limit"] == "account_concurrency"
        assert refused[0].json()["o:errorDetails"][0]["o:errorCode"] == "CONCURRENCY_LIMIT_EXCEEDED"
        assert (await clients["netsuite"].send("GET", f"{_JOB}/eid:P00001")).status == 200

    _netsuite(contract)


def test_a_limit_that_is_switched_off_refuses_nothing() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        assert {reply.status for reply in await _statuses(clients["netsuite"], 30)} == {200}

    _netsuite(contract, off=frozenset({"account_concurrency"}))


@pytest.mark.parametrize(("month_end_s", "left"), [(None, 4), ((0.0, 1e9), 2)])
def test_other_integrations_take_slots_and_more_at_month_end(
    month_end_s: tuple[float, float] | None, left: int
) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        await asyncio.sleep(12 * 3600.0 - asyncio.get_running_loop().time())
        await clients["netsuite"].login()
        replies = await _statuses(clients["netsuite"], 6)
        assert sum(reply.ok for reply in replies) == left

    _netsuite(contract, background=1.0, month_end_s=month_end_s)


def test_service_time_doubles_at_month_end() -> None:
    took: dict[bool, float] = {}

    async def contract(clients: Mapping[str, Client]) -> None:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        await clients["netsuite"].send("GET", f"{_JOB}/eid:P00001")
        took[len(took) > 0] = loop.time() - start_s

    _netsuite(contract, background=1.0)
    _netsuite(contract, background=1.0, month_end_s=(0.0, 1e9))
    assert took[True] == pytest.approx(2 * took[False], abs=1e-5)


def test_an_outage_closes_api_and_desk_and_ends() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        await asyncio.sleep(100.0)
        assert (await netsuite.send("GET", f"{_JOB}/eid:P00001")).status == 503
        assert (await netsuite.act("invoices.waiting")).status == 503
        await asyncio.sleep(100.0)
        assert (await netsuite.send("GET", f"{_JOB}/eid:P00001")).status == 200
        assert (await netsuite.act("invoices.waiting")).status == 200

    _netsuite(contract, Fault(50.0, 100.0, "netsuite", "outage"))


@pytest.mark.parametrize(("mode", "error"), [("hang", TimeoutError), ("reset", ConnectionError)])
def test_an_outage_hangs_or_breaks_as_it_is_told(mode: str, error: type[Exception]) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        await asyncio.sleep(100.0)
        with pytest.raises(error):
            await clients["netsuite"].send("GET", f"{_JOB}/eid:P00001")

    _netsuite(contract, Fault(50.0, 500.0, "netsuite", "outage", {"mode": mode}))


def test_a_fault_may_aim_at_one_kind_of_call() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        await asyncio.sleep(100.0)
        text = {"q": "SELECT id FROM job"}
        reply = await clients["netsuite"].send("POST", _QUERY, text, prefer="transient")
        assert reply.status == 503
        assert (await clients["netsuite"].send("GET", f"{_JOB}/eid:P00001")).status == 200

    _netsuite(contract, Fault(50.0, 500.0, "netsuite:query", "outage"))


def test_a_lost_reply_commits_and_an_upsert_again_makes_no_second() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        body = {"entityId": "C0009", "subsidiary": "US01", "currency": "USD"}
        path = "/services/rest/record/v1/customer"
        await asyncio.sleep(10.0)
        with pytest.raises(TimeoutError):
            await netsuite.send("PUT", f"{path}/eid:C0009", body)
        await asyncio.sleep(200.0)
        assert (await netsuite.send("PUT", f"{path}/eid:C0009", body)).status == 204
        text = {"q": "SELECT id FROM customer WHERE entityid = 'C0009'"}
        reply = await netsuite.send("POST", _QUERY, text, prefer="transient")
        assert reply.json()["totalResults"] == 1

    _netsuite(contract, Fault(5.0, 150.0, "netsuite", "lost_reply"))


def test_a_lost_reply_and_a_plain_create_again_make_two() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        bill = {
            "custbody_source_key": "T1",
            "employee": {"refName": "W00001"},
            "customer": {"refName": "P00001"},
            "hours": "1",
            "tranDate": "2026-04-20",
        }
        await asyncio.sleep(10.0)
        with pytest.raises(TimeoutError):
            await netsuite.send("POST", "/services/rest/record/v1/timeBill", bill)
        await asyncio.sleep(200.0)
        assert (await netsuite.send("POST", "/services/rest/record/v1/timeBill", bill)).status == 204
        text = {"q": "SELECT id FROM timebill WHERE custbody_source_key = 'T1'"}
        reply = await netsuite.send("POST", _QUERY, text, prefer="transient")
        assert reply.json()["totalResults"] == 2

    _netsuite(contract, Fault(5.0, 150.0, "netsuite", "lost_reply"))


def test_ambient_lost_replies_strike_their_share_of_writes() -> None:
    lost = 0

    async def contract(clients: Mapping[str, Client]) -> None:
        nonlocal lost
        for number in range(400):
            body = {"entityId": f"C{number}", "subsidiary": "US01", "currency": "USD"}
            try:
                await clients["netsuite"].send(
                    "PUT", f"/services/rest/record/v1/customer/eid:C{number}", body, timeout_s=60.0
                )
            except TimeoutError:
                lost += 1

    _netsuite(contract, ambient={"lost_reply": 0.1})
    assert 20 <= lost <= 60


def test_expired_credentials_end_tokens_until_the_new_secret_is_known() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        await asyncio.sleep(100.0)
        assert (await netsuite.send("GET", f"{_JOB}/eid:P00001")).status == 401
        for secret, status in (("secret", 401), ("new", 200)):
            form = f"grant_type=client_credentials&client_assertion=a.b.{secret}".encode()
            reply = await netsuite.send("POST", "/services/rest/auth/oauth2/v1/token", form)
            assert reply.status == status

    _netsuite(contract, Fault(50.0, 0.0, "netsuite", "expired_credentials", {"secret": "new"}))


def test_a_throttle_cuts_a_limit_while_it_lasts() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        plan = {
            "kind": "throttle",
            "for_s": 100.0,
            "parameters": {"limit": "account_concurrency", "size": 1},
        }
        assert (await netsuite.control("POST", "faults", plan)).status == 200
        assert sum(reply.ok for reply in await _statuses(netsuite, 3)) == 1
        await asyncio.sleep(200.0)
        assert sum(reply.ok for reply in await _statuses(netsuite, 3)) == 3

    _netsuite(contract)


def test_people_and_integrations_are_counted_apart() -> None:
    made = systems(("netsuite",), QUIET)

    async def contract(clients: Mapping[str, Client]) -> None:
        await _statuses(clients["netsuite"], 6)
        await clients["netsuite"].act("invoices.waiting")

    simulated(contract, made)
    rows = {(row.who, row.kind): row for row in made["netsuite"].books(1e9).traffic}
    assert (rows["integration", "read"].calls, rows["integration", "read"].throttled) == (6, 1)
    assert rows["integration", "token"].calls == 1
    assert rows["people", "desk"].calls == 1


class _Ear:
    """Hears callouts and does not answer."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def send(self, call: Call, timeout_s: float) -> Reply:
        self.heard.append((call.path, call.json()["key"]))
        raise TimeoutError


def test_a_user_event_callout_is_off_until_deployed_and_tries_once() -> None:
    ear = _Ear()
    made = systems(("netsuite",), QUIET, ear)

    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        for key in ("C1", "C2"):
            body = {"entityId": key, "subsidiary": "US01", "currency": "USD"}
            await netsuite.send("PUT", f"/services/rest/record/v1/customer/eid:{key}", body)
            hook = {"hook": "customers", "object": "customer", "on": "create"}
            await netsuite.control("POST", "hooks", hook)
        await asyncio.sleep(3600.0)

    simulated(contract, made)
    assert ear.heard == [("/hooks/customers", "C2")]


@pytest.mark.parametrize(
    ("path", "plan"),
    [
        ("faults", {"kind": "earthquake"}),
        ("faults", {"kind": "outage", "parameters": {"mode": "zzz"}}),
        ("faults", {"kind": "reset"}),
        ("faults", {"kind": "brownout", "parameters": {"foo": 1}}),
        ("faults", {"kind": "throttle", "parameters": {"limit": "none", "size": 1}}),
        ("releases", {"kind": "limit_cut", "parameters": {"limit": "none", "size": 1}}),
        ("releases", {"kind": "retire_version", "parameters": {}}),
        ("limits", {}),
    ],
)
def test_the_control_plane_refuses_what_it_cannot_do(path: str, plan: dict[str, Any]) -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        assert (await clients["netsuite"].control("POST", path, plan)).status == 400
        assert (await clients["netsuite"].send("GET", f"{_JOB}/eid:P00001")).status == 200

    _netsuite(contract)


def test_the_control_plane_tells_budget_and_journal() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        await _statuses(netsuite, 6)
        body = {"entityId": "C1", "subsidiary": "US01", "currency": "USD"}
        await netsuite.send("PUT", "/services/rest/record/v1/customer/eid:C1", body)
        told = (await netsuite.control("GET", "budget")).json()["limits"][0]
        assert (told["limit"], told["refusals"], told["peak_share"], told["used"]) == (
            "account_concurrency",
            1,
            1.0,
            0,
        )
        entries = (await netsuite.control("GET", "journal?key=C1")).json()["entries"]
        assert [(entry["op"], entry["who"]) for entry in entries] == [("insert", "integration")]

    _netsuite(contract)


def test_a_system_that_nobody_has_is_named() -> None:
    with pytest.raises(InputError, match=r"'oracle'.*salesforce"):
        systems(("oracle",))


def test_the_batch_processor_stands_still_during_an_outage() -> None:
    async def contract(clients: Mapping[str, Client]) -> None:
        netsuite = clients["netsuite"]
        await asyncio.sleep(40.0)
        body, path = {"name": "Practice"}, "/services/rest/record/v1/classification/eid:p"
        accepted = await netsuite.send("PUT", path, body, prefer="respond-async")
        job = accepted.headers["location"].partition(".com")[2]
        await asyncio.sleep(1000.0 - asyncio.get_running_loop().time() + 50.0)
        assert (await netsuite.send("GET", job)).json()["progress"] == "succeeded"
        task = (await netsuite.send("GET", f"{job}/task/1")).json()
        assert task["endTime"] == "2026-04-16T04:16:40.700Z"  # 1,000 s after the start, and 0.7 s of work

    async def begun_in_the_outage(clients: Mapping[str, Client]) -> None:
        plan = {"kind": "outage", "at_s": 40.0, "for_s": 960.0, "target": "netsuite:job"}
        await clients["netsuite"].control("POST", "faults", plan)
        await contract(clients)

    _netsuite(begun_in_the_outage)


def test_a_verb_may_wait_and_its_bugs_are_not_hidden() -> None:
    async def slow() -> dict[str, bool]:
        await asyncio.sleep(60.0)
        return {"done": True}

    def broken(given: Mapping[str, Any], user: str, now_s: float) -> Any:
        return {}["a bug"]

    async def main() -> None:
        verbs = {"wait": lambda given, user, now_s: slow(), "break": broken}
        desk = Desk(verbs, Journal(), lambda error: None, lambda now_s: True)
        assert (await desk.serve(json_call("POST", "/desk/wait", {}))).json() == {"done": True}
        assert asyncio.get_running_loop().time() == 60.0
        assert (await desk.serve(json_call("POST", "/desk/sing", {}))).status == 404
        with pytest.raises(KeyError, match="a bug"):
            await desk.serve(json_call("POST", "/desk/break", {}))

    run(main())
