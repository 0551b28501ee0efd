"""The nets below every pattern: how far sweeps look back, what people see of dead letters, one name each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest
from flow_world import Stage
from flow_world import play as play_flow
from pipeline_world import CALM, CARD, DAY_S, HOUR_S, Firm, lost_replies, only, play
from vendor_opening import TIME

from measurements.facts import WORKFLOWS
from mocks.faults import Fault
from mocks.releases import Release
from pipeline.connectors.salesforce import EVENTS
from pipeline.exceptions import Unit
from pipeline.item import Item, Outcome
from pipeline.models import Model
from pipeline.patterns.bounded import bounded
from pipeline.pipeline import Pipeline
from pipeline.settings import Settings
from pipeline.workflows.controls import SOURCES
from sim.loop import run
from wire.call import Call, json_reply

T_AND_E = "time_and_expense"
ALL_API = Model("all", "all", dict.fromkeys(WORKFLOWS, "api"))
ALL_LOST = Fault(0.0, 20 * HOUR_S, "salesforce", "lost_event", {"share": 1.0})
FIRST_SWEEP_S = 27 * HOUR_S
"""03:00 of the second day."""


def _no_writes(for_s: float) -> tuple[Fault, ...]:
    """The ERP takes nothing, from before the approval on."""
    refuse = {"mode": "refuse"}
    return tuple(Fault(9 * HOUR_S, for_s, f"netsuite:{kind}", "outage", refuse) for kind in ("write", "bulk"))


async def _approved(firm: Firm) -> None:
    await asyncio.sleep(10 * HOUR_S)
    await firm.book()
    await firm.approve(CARD)


def test_a_sweep_looks_back_from_the_last_complete_one_however_long_sweeps_were_broken() -> None:
    broken = Fault(20 * HOUR_S, 8 * DAY_S, "netsuite:query", "outage", {"mode": "refuse"})
    faults = {"salesforce": (ALL_LOST,), "netsuite": (broken,)}

    firm = play(only(T_AND_E, "event"), _approved, 11 * DAY_S, faults)

    assert {int(row.at_s // HOUR_S) for row in firm.live()} == {27 + 8 * 24}


def test_a_silence_longer_than_events_are_kept_is_made_up_for_as_soon_as_it_ends() -> None:
    silent = Fault(9 * HOUR_S, 80 * HOUR_S, "salesforce:poll", "outage", {"mode": "refuse"})
    swept = Fault(9 * HOUR_S, 79.9 * HOUR_S, "netsuite:query", "outage", {"mode": "refuse"})

    async def script(firm: Firm) -> None:
        await asyncio.sleep(HOUR_S)
        await firm.book(f"{CARD}-2", [0, 0, 0, 800, 0, 0, 0])
        await firm.approve(f"{CARD}-2")
        await asyncio.sleep(8.5 * HOUR_S)
        await firm.book()
        await firm.approve(CARD)

    faults = {"salesforce": (silent,), "netsuite": (swept,)}
    firm = play(only(T_AND_E, "event"), script, 91 * HOUR_S, faults)

    assert {int(row.at_s // HOUR_S) for row in firm.live() if row.key == CARD} == {89}
    assert "place lost" in {step.what for step in firm.pipeline.trail}


@pytest.mark.parametrize("pattern", ["event", "api", "batch"])
def test_what_the_sweep_could_not_carry_either_is_told_to_people_and_closed_when_it_passes(
    pattern: str,
) -> None:
    firm = play(only(T_AND_E, pattern), _approved, 5 * DAY_S, {"netsuite": _no_writes(3 * DAY_S)})

    told = [problem for problem in firm.problems() if problem.cause == "timeout"]
    assert [problem.key for problem in told] == [CARD]
    assert told[0].opened_at_s < FIRST_SWEEP_S + HOUR_S
    assert [problem for problem in firm.problems() if problem.closed_at_s is None] == []
    assert len(firm.live()) == 3


@pytest.mark.parametrize(("days", "told"), [(1, []), (3, ["expenses", "timecards"])])
def test_a_stream_that_two_sweeps_on_end_could_not_reach_is_told_to_people_until_one_compares_it(
    days: int, told: list[str]
) -> None:
    gone = Fault(20 * HOUR_S, days * DAY_S, "netsuite:query", "outage", {"mode": "refuse"})
    firm = play(only(T_AND_E, "api"), _approved, 6 * DAY_S, {"netsuite": (gone,)})

    assert sorted(problem.key for problem in firm.problems()) == told
    for problem in firm.problems():
        assert (problem.cause, int(problem.since_s // HOUR_S)) == ("timeout", 2)
        assert FIRST_SWEEP_S + DAY_S < problem.opened_at_s < FIRST_SWEEP_S + DAY_S + HOUR_S
        assert problem.closed_at_s is not None


def test_a_control_that_failed_unread_is_no_dead_letter_once_it_passed() -> None:
    async def test(stage: Stage) -> None:
        stage.wires["netsuite"].refuse = lambda call: call.method == "PUT"
        await asyncio.sleep(10 * HOUR_S)
        milestone = {"milestone": "P00001-M1"}
        await stage.act("salesforce", "milestone.complete", "W00001", **milestone, date="2026-04-20")
        await asyncio.sleep(600.0)
        letters = stage.pipeline.services.store.table("dead_letters")
        assert [name for name, _ in letters.items()] == ["milestones|P00001:P00001-M1"]
        stage.wires["netsuite"].refuse = lambda call: False
        await asyncio.sleep(DAY_S)
        assert letters.items() == []
        assert stage.effects("netsuite", "control")[-1].key == "P00001:P00001-M1"

    play_flow(test, "billing_and_revenue", "event")


def test_a_control_has_one_name_and_one_turn_whoever_names_it() -> None:
    async def test(stage: Stage) -> None:
        (stream,) = (s for s in _streams(stage.pipeline).values() if s.name == SOURCES[0].name)
        body = {"key": "P00001-M1", "record": {"Version__c": 1}}
        header = {"changeType": "CREATE", "changedFields": []}
        await stage.act("salesforce", "milestone.complete", milestone="P00001-M1", date="2026-04-20")
        heard: list[Item] = [
            stream.from_hook("milestones-saved", body),
            stream.from_event({"ChangeEventHeader": header, "Milestone_Key__c": "P00001-M1"}),
            *[item async for page in stream.changed(0.0, DAY_S) for item in page],
        ]
        assert {(item.identity, item.aggregate) for item in heard} == {
            ("milestones|P00001:P00001-M1", "milestones|P00001")
        }
        assert len(heard) == 3

    play_flow(test, "billing_and_revenue", "api")


def _streams(pipeline: Pipeline) -> Mapping[str, Any]:
    processing = pipeline.operations._processing
    assert processing is not None
    return processing.streams


def _renamed(at_s: float, field: str = "CurrencyIsoCode") -> Mapping[str, Any]:
    what = {"object": "pse__Timecard_Header__c", "field": field, "to": "Renamed__c"}
    release = Release(at_s, "package upgrade", "rename_field", what)
    return {**CALM, "salesforce": replace(CALM["salesforce"], releases=(release,))}


def test_what_stands_and_can_no_longer_be_read_opens_no_exception() -> None:
    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(2 * HOUR_S)
        assert len(firm.live()) == 3
        await firm.operate("replay", flow="time", key=CARD)
        await firm.book(f"{CARD}-2", [0, 0, 0, 800, 0, 0, 0])
        await firm.approve(f"{CARD}-2")

    settings = Settings(TIME)
    firm = play(only(T_AND_E, "event"), script, DAY_S, None, settings, _renamed(11 * HOUR_S))

    assert [(problem.key, problem.cause) for problem in firm.problems()] == [(f"{CARD}-2", "schema")]


def test_an_exception_on_what_somebody_else_brought_there_is_closed_by_the_sweep() -> None:
    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(20 * HOUR_S)
        services = firm.pipeline.services
        services.store.table("dead_letters").drop(f"timecards|{CARD}")
        await _streams(firm.pipeline)["timecards"].apply(Item("timecards", CARD))
        assert [open_.unit.key for open_ in services.exceptions.all()] == [CARD]

    firm = play(only(T_AND_E, "api"), script, 52 * HOUR_S, {"netsuite": _no_writes(20 * HOUR_S)})

    assert [problem.closed_at_s is None for problem in firm.problems()] == [False]


def test_an_approval_that_was_lost_with_its_reply_is_one_item_and_posted_once() -> None:
    firm = play(only(T_AND_E, "event"), _approved, 2 * DAY_S, {"netsuite": (lost_replies(for_s=DAY_S),)})

    assert len(firm.live()) == len(firm.posted()) == 3
    assert [problem for problem in firm.problems() if problem.closed_at_s is None] == []


def test_repairs_go_a_few_at_a_time_and_answer_in_order() -> None:
    under_way: list[int] = []
    most: list[int] = []

    async def work(number: int) -> int:
        under_way.append(number)
        most.append(len(under_way))
        await asyncio.sleep(10.0 - number)
        under_way.remove(number)
        return number * number

    assert run(bounded(work, range(7), 3), horizon_s=DAY_S).value == [0, 1, 4, 9, 16, 25, 36]
    assert max(most) == 3


def test_a_stream_that_answers_under_another_name_than_it_was_given_is_an_error() -> None:
    async def renamed(item: Item, deadline_s: float = 0.0) -> Outcome:
        return Outcome(item._replace(key=f"full:{item.key}"))

    async def script(firm: Firm) -> None:
        processing = firm.pipeline.operations._processing
        assert processing is not None
        processing.streams["timecards"].apply = renamed  # type: ignore[method-assign]
        with pytest.raises(ValueError, match="was never asked for"):
            await processing.one(Item("timecards", "k"))

    play(only(T_AND_E, "api"), script, HOUR_S)


def test_a_stream_refused_as_a_whole_names_its_keys_and_the_last_comparison_until_it_reads_again() -> None:
    async def script(firm: Firm) -> None:
        await asyncio.sleep(31 * HOUR_S)
        await firm.book()
        await firm.approve(CARD)
        await asyncio.sleep(44 * HOUR_S - 31 * HOUR_S + DAY_S)
        (problem,) = firm.problems()
        named = (problem.key, problem.source, problem.keys, problem.since_s, problem.closed_at_s)
        assert named == ("timecards", "salesforce", "T-*", 25 * HOUR_S, None)
        to = {"object": "pse__Timecard_Header__c", "field": "Version__c", "to": "Renamed__c"}
        assert (await firm.operate("mapping", system="salesforce", release=to)).ok

    settings, systems = Settings(TIME), _renamed(30 * HOUR_S, "Version__c")
    firm = play(only(T_AND_E, "batch"), script, 4 * DAY_S, None, settings, systems)

    assert len(firm.live()) == 3
    assert [problem for problem in firm.problems() if problem.closed_at_s is None] == []


def test_a_refused_subscription_is_told_of_each_of_its_streams_until_it_hears_again() -> None:
    async def test(stage: Stage) -> None:
        refused = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "No access to the channel."}]
        stage.wires["salesforce"].instead = lambda call: (
            json_reply(403, refused) if call.path.startswith(EVENTS) else None
        )
        await asyncio.sleep(600.0)
        told = stage.systems["salesforce"].books(600.0).problems
        assert {row.key: (row.cause, row.keys, row.closed_at_s) for row in told} == {
            "timecards": ("auth", "T-*", None),
            "expenses": ("auth", "E-*", None),
        }
        stage.wires["salesforce"].instead = lambda call: None
        await asyncio.sleep(600.0)
        assert all(row.closed_at_s for row in stage.systems["salesforce"].books(1200.0).problems)

    play_flow(test, T_AND_E, "event")


@pytest.mark.parametrize("pattern", ["event", "api", "batch"])
def test_a_repair_replays_what_its_own_system_stopped_and_nothing_else(pattern: str) -> None:
    rule = {"object": "timeBill", "field": "approvalStatus", "when": ["approved"], "message": "No time."}
    release = Release(0.0, "new validation rule", "validation_rule", rule)
    systems = {**CALM, "netsuite": replace(CALM["netsuite"], releases=(release,))}

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(16 * HOUR_S)
        exceptions = firm.pipeline.services.exceptions
        (stopped,) = exceptions.all()
        assert (stopped.unit.key, stopped.cause, stopped.system) == (CARD, "validation", "netsuite")
        exceptions.open(Unit("timecards", "time", "T-2", 1), "validation", "rule", system="salesforce")
        for system, count in (("salesforce", 1), ("netsuite", 1), ("workday", 0)):
            reply = await firm.operate("repair", system=system, release={"kind": "validation_rule", **rule})
            assert reply.json()["replayed"] == count

    play(only(T_AND_E, pattern), script, 27 * HOUR_S, None, Settings(TIME, shown_by=()), systems)


@pytest.mark.parametrize("operated", [True, False])
@pytest.mark.parametrize("pattern", ["event", "api", "batch"])
def test_what_the_org_took_no_record_of_is_told_with_its_repair_or_by_the_next_sweep(
    pattern: str, operated: bool
) -> None:
    required = {"object": "Integration_Exception__c", "field": "Touched_Minutes__c"}
    release = Release(0.0, "tenant change", "require_field", required)
    systems = {**CALM, "salesforce": replace(CALM["salesforce"], releases=(release,))}

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(2 * DAY_S)
        assert firm.problems() == []
        body = orjson.dumps({"kind": release.kind, "parameters": required})
        withdraw = Call("POST", "/control/withdraw", {}, body)
        assert (await firm.systems["salesforce"].control.serve(withdraw)).ok
        if operated:
            repaired = {"kind": release.kind, **required}
            assert (await firm.operate("repair", system="salesforce", release=repaired)).ok
        await asyncio.sleep(120.0 if operated else DAY_S)
        told.extend((row.key, row.closed_at_s) for row in firm.problems() if row.key == CARD)

    told: list[tuple[str, float | None]] = []
    play(only(T_AND_E, pattern), script, 3 * DAY_S, {"netsuite": _no_writes(9 * DAY_S)}, None, systems)

    assert told == [(CARD, None)]


def test_a_mapping_replays_what_its_own_system_stopped_and_nothing_else() -> None:
    async def script(firm: Firm) -> None:
        exceptions = firm.pipeline.services.exceptions
        for system in ("salesforce", "netsuite"):
            exceptions.open(Unit("timecards", "time", f"T-{system}", 1), "schema", "gone", system=system)
        to = {"object": "timeBill", "field": "memo", "to": "custcol_memo"}
        reply = await firm.operate("mapping", system="netsuite", release=to)
        assert reply.json()["replayed"] == 1

    play(only(T_AND_E, "batch"), script, HOUR_S)


def test_a_replay_goes_to_the_streams_whose_keys_look_so_and_to_no_others() -> None:
    told: dict[str, list[str]] = {}

    async def script(firm: Firm) -> None:
        for key in (CARD, "E-W00001-1", "W00001", "P00001"):
            told[key] = (await firm.operate("replay", flow="reporting", key=key)).json()["replayed"]

    play(only("portfolio_reporting", "event"), script, HOUR_S)

    assert told == {
        CARD: ["facts.time_approved"],
        "E-W00001-1": ["facts.expense"],
        "W00001": ["facts.worker"],
        "P00001": ["facts.project", "facts.revenue"],
    }


def test_every_hook_and_channel_tells_fields_by_which_a_rename_is_noticed() -> None:
    async def script(firm: Firm) -> None:
        doors = [(stream.hooks, stream.channels) for stream in _streams(firm.pipeline).values()]
        assert any(hooks for hooks, _ in doors)
        assert [door for both in doors for part in both for door in part if not door.fields] == []

    play(ALL_API, script, HOUR_S)


@pytest.mark.parametrize("field", ["pse__Status__c", "Version__c"])
@pytest.mark.parametrize("pattern", ["api", "event"])
def test_a_message_without_a_field_that_it_always_has_is_a_refusal_at_once(pattern: str, field: str) -> None:
    told: list[Any] = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(120.0)
        told.extend((problem.key, problem.cause) for problem in firm.problems())

    play(only(T_AND_E, pattern), script, DAY_S, None, Settings(TIME), _renamed(9 * HOUR_S, field))

    assert told == [("timecards", "schema")]
