"""Who starts, who waits, where work waits: each pattern with the real mock systems, exact in virtual time."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import orjson
import pytest
from pipeline_world import CARD, DAY_S, HOUR_S, Firm, lost_replies, only, play
from vendor_opening import TIME

from mocks.faults import Fault
from pipeline.models import Model
from pipeline.settings import Schedule, Settings
from pipeline.translation.invoice import Event, Line
from pipeline.translation.time import reversal
from pipeline.workflows.invoice_check import lacking
from pipeline.workflows.timecards import Timecards
from wire.call import Call

TIME_AND_EXPENSE = "time_and_expense"


async def _approved(firm: Firm) -> None:
    await asyncio.sleep(10 * HOUR_S)
    await firm.book()
    await firm.approve(CARD)


def _carried(pattern: str) -> Model:
    return only(TIME_AND_EXPENSE, pattern)


@pytest.mark.parametrize("pattern", ["batch", "api", "event", "point-to-point"])
def test_an_approved_timecard_is_posted_once_a_split_and_day(pattern: str) -> None:
    firm = play(_carried(pattern), _approved, 2 * DAY_S)

    rows = [(row.key, row.part, row.hours_centi, row.period, row.state) for row in firm.live()]
    assert rows == [
        (CARD, "1:2026-04-13", 800, "2026-04", "posted"),
        (CARD, "1:2026-04-14", 800, "2026-04", "posted"),
        (CARD, "1:2026-04-15", 750, "2026-04", "posted"),
    ]


def test_batch_work_waits_in_the_source_until_the_run() -> None:
    firm = play(_carried("batch"), _approved, 2 * DAY_S)

    assert min(row.at_s for row in firm.live()) > 25 * HOUR_S
    assert max(row.at_s for row in firm.live()) < 25 * HOUR_S + 60.0


@pytest.mark.parametrize("pattern", ["api", "event"])
def test_hook_and_event_are_posted_within_a_minute(pattern: str) -> None:
    firm = play(_carried(pattern), _approved, 11 * HOUR_S)

    assert max(row.at_s for row in firm.live()) < 10 * HOUR_S + 60.0


def test_a_batch_run_takes_only_what_was_handed_over_cut_off_hours_before() -> None:
    settings = Settings(TIME, schedules={TIME_AND_EXPENSE: Schedule(("17:31",), cut_off_h=24.0)})

    async def script(firm: Firm) -> None:
        await asyncio.sleep(17.0 * HOUR_S)
        await firm.book()
        await firm.approve(CARD)
        await asyncio.sleep(HOUR_S)
        await firm.book(f"{CARD}-2", [0, 0, 0, 800, 0, 0, 0])
        await firm.approve(f"{CARD}-2")

    firm = play(_carried("batch"), script, 3 * DAY_S, settings=settings)

    runs = {row.key: int(row.at_s // DAY_S) for row in firm.live()}
    assert runs == {CARD: 1, f"{CARD}-2": 2}


def test_an_api_caller_gets_its_failure_after_its_timeout_and_nothing_is_queued() -> None:
    told: list[tuple[float, int]] = []

    async def script(firm: Firm) -> None:
        await asyncio.sleep(10 * HOUR_S)
        await firm.book()
        loop = asyncio.get_running_loop()
        await firm.fault("netsuite", Fault(loop.time(), HOUR_S, "netsuite", "outage", {"mode": "hang"}))
        await firm.fault("salesforce", Fault(loop.time(), HOUR_S, "salesforce", "lost_event", {"share": 1.0}))
        await firm.approve(CARD)
        began_s = loop.time()
        told_anyway = dict.fromkeys(Timecards.hooks[0].fields)
        body = {"key": CARD, "record": {"pse__Status__c": "Approved"}, "fields": told_anyway}
        call = Call("POST", "/hooks/timecard-approved", {}, orjson.dumps(body))
        reply = await firm.pipeline.intake.serve(call)
        told.append((loop.time() - began_s, reply.status))
        status = (await firm.pipeline.operations.serve(Call("GET", "/operations/status"))).json()
        assert (status["backlog"], status["dead_letters"]) == (0, [])

    firm = play(_carried("api"), script, 12 * HOUR_S)

    assert told == [(120.0, 504)]
    assert firm.live() == []


def test_a_lost_reply_creates_no_second_time_bill() -> None:
    async def script(firm: Firm) -> None:
        await asyncio.sleep(10 * HOUR_S)
        await firm.fault("netsuite", lost_replies(for_s=30.0, at_s=10 * HOUR_S))
        await firm.book()
        await firm.approve(CARD)

    firm = play(_carried("event"), script, 12 * HOUR_S)

    assert [row.part for row in firm.posted()] == ["1:2026-04-13", "1:2026-04-14", "1:2026-04-15"]
    assert firm.pipeline.metrics.counts["retries.netsuite.lost"] >= 1


def test_point_to_point_doubles_after_a_lost_reply() -> None:
    """The counter-arm: plain creates, no retry, and the record is asked for again when somebody saves it."""

    async def script(firm: Firm) -> None:
        await firm.book()
        await firm.approve(CARD)
        await firm.fault("netsuite", lost_replies(for_s=30.0, at_s=895.0))
        await asyncio.sleep(1000.0)
        await _saved_by_somebody_else(firm)

    firm = play(_carried("point-to-point"), script, 2 * HOUR_S)

    parts = [row.part for row in firm.live()]
    assert parts.count("1:2026-04-13") == 2


async def _saved_by_somebody_else(firm: Firm) -> None:
    api = firm.systems["salesforce"].api
    form = b"grant_type=client_credentials&client_id=other&client_secret=secret"
    token = (await api.serve(Call("POST", "/services/oauth2/token", {}, form))).json()["access_token"]
    path = f"/services/data/v67.0/sobjects/pse__Timecard_Header__c/Timecard_Key__c/{CARD}"
    reply = await api.serve(Call("PATCH", path, {"authorization": f"Bearer {token}"}, b'{"Name": "touched"}'))
    assert reply.ok, reply.body


def test_a_doubled_event_posts_once() -> None:
    doubled = Fault(0.0, 20 * HOUR_S, "salesforce", "doubled_event", {"share": 1.0})

    firm = play(_carried("event"), _approved, 12 * HOUR_S, {"salesforce": (doubled,)})

    assert len(firm.posted()) == 3


def test_a_lost_event_is_found_by_the_sweep_at_three() -> None:
    lost = Fault(0.0, 20 * HOUR_S, "salesforce", "lost_event", {"share": 1.0})

    firm = play(_carried("event"), _approved, 2 * DAY_S, {"salesforce": (lost,)})

    assert {int(row.at_s // 60.0) for row in firm.live()} == {27 * 60}


def test_of_a_gap_event_the_source_is_asked_what_changed() -> None:
    """The event tells of no field: the card is read and posted long before the sweep."""
    gaps = Fault(0.0, 20 * HOUR_S, "salesforce", "gap_event", {"share": 1.0})

    firm = play(_carried("event"), _approved, 12 * HOUR_S, {"salesforce": (gaps,)})

    assert len(firm.posted()) == 3
    assert max(row.at_s for row in firm.live()) < 10.1 * HOUR_S
    assert firm.pipeline.metrics.counts["events.gaps"] == 1


def test_a_gap_that_the_source_does_not_explain_is_asked_for_again() -> None:
    gaps = Fault(0.0, 20 * HOUR_S, "salesforce", "gap_event", {"share": 1.0})
    mute = Fault(0.0, 6 * HOUR_S, "salesforce:query", "outage", {})

    firm = play(_carried("event"), _approved, 14 * HOUR_S, {"salesforce": (gaps, mute)})

    assert len(firm.posted()) == 3


def test_the_pipeline_ignores_the_echo_of_its_own_write_back() -> None:
    firm = play(_carried("event"), _approved, 12 * HOUR_S)

    assert firm.pipeline.metrics.counts["events.echoes"] == 1
    assert firm.pipeline.metrics.counts["items.timecards.done"] == 1


def test_a_throttled_target_is_asked_again_until_it_takes_the_record() -> None:
    throttled = Fault(10 * HOUR_S, 8.0, "netsuite", "throttle", {"limit": "account_concurrency", "size": 0.5})

    firm = play(_carried("event"), _approved, 12 * HOUR_S, {"netsuite": (throttled,)})

    assert len(firm.posted()) == 3
    assert firm.pipeline.metrics.counts["refusals.netsuite.throttled"] >= 1


def test_an_outage_of_hours_is_outlived_by_the_backlog() -> None:
    outage = Fault(9 * HOUR_S, 6 * HOUR_S, "netsuite", "outage", {"mode": "refuse"})

    firm = play(_carried("event"), _approved, 20 * HOUR_S, {"netsuite": (outage,)})

    assert {int(row.at_s // HOUR_S) for row in firm.live()} <= {15, 16}
    assert len(firm.posted()) == 3
    assert all(problem.closed_at_s is not None for problem in firm.problems())


def test_an_expired_credential_works_again_when_an_operator_renews_it() -> None:
    expired = Fault(9 * HOUR_S, 0.0, "netsuite", "expired_credentials", {"secret": "renewed"})

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        assert firm.live() == []
        assert (await firm.operate("credential", system="netsuite", secret="renewed")).ok

    firm = play(_carried("event"), script, 14 * HOUR_S, {"netsuite": (expired,)})

    assert len(firm.live()) == 3


def test_a_replay_changes_nothing_that_stands() -> None:
    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        for _ in range(2):
            assert (await firm.operate("replay", flow="time", key=CARD)).status == 202
            await asyncio.sleep(HOUR_S)

    firm = play(_carried("event"), script, 14 * HOUR_S)

    assert len(firm.posted()) == 3


def test_every_model_of_the_kit_sweeps_at_the_same_cost_when_nothing_is_missing() -> None:
    async def idle(firm: Firm) -> None:
        await asyncio.sleep(0.0)

    calls = {}
    for pattern in ("batch", "api"):
        before = play(_carried(pattern), idle, 26.9 * HOUR_S)
        after = play(_carried(pattern), idle, 28 * HOUR_S)
        calls[pattern] = sum(after.calls(name) - before.calls(name) for name in ("salesforce", "netsuite"))

    assert calls["api"] >= calls["batch"] > 0


def test_names_do_not_matter_only_tables_do() -> None:
    model = replace(_carried("event"), name="something else")

    rows = [play(each, _approved, 12 * HOUR_S).posted() for each in (model, _carried("event"))]

    assert rows[0] == rows[1]


def test_an_invoice_may_bill_only_hours_that_stand_reversed_ones_do_not() -> None:
    event = Event("E1", 1, "P00001", "", "USD", "", True, "", "", "", "", "", "")
    line = Line("time", CARD, "1", 1, 2350, 10_000, 0)
    told: list[list[str]] = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        netsuite = firm.pipeline.services.netsuite
        told.append(await lacking(netsuite, event, [line], math.inf))
        rows = await netsuite.suiteql(
            "SELECT id, custbody_source_key, custbody_source_part, custbody_source_version, trandate,"
            " subsidiary, employee, customer, hours, rate FROM timebill"
            f" WHERE custbody_source_key = '{CARD}'"
        )
        await netsuite.put("timebill", "undone", reversal(rows[0], "2026-04", ""), math.inf)
        told.append(await lacking(netsuite, event, [line], math.inf))

    play(_carried("event"), script, 12 * HOUR_S)

    assert told == [[], [CARD]]
