"""Call-outs: after the commit, again after failures, told to the record or to people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mocks.limits import Transaction, Window
from mocks.salesforce.executions import Executions
from mocks.tasks import Tasks
from sim.loop import run
from tests.salesforce_org import Org, play
from wire.call import Call, Reply, json_reply

HOOK = {
    "hook": "card-approved",
    "object": "pse__Timecard_Header__c",
    "when": {"pse__Status__c": ["Approved"]},
}


class Intake:
    """A transport that notes each call-out and answers by its number (from 1); None = it never answers."""

    def __init__(self, answer: Callable[[int], Reply | None]) -> None:
        self._answer = answer
        self.calls: list[tuple[float, Any]] = []

    async def send(self, call: Call, timeout_s: float) -> Reply:
        self.calls.append((asyncio.get_running_loop().time(), call.json()))
        reply = self._answer(len(self.calls))
        if reply is None:
            await asyncio.sleep(timeout_s)
            raise TimeoutError
        return reply

    def gaps(self) -> list[float]:
        """Seconds between the calls."""
        return [later - sooner for (sooner, _), (later, _) in zip(self.calls, self.calls[1:], strict=False)]


async def _approve(org: Org, wait_s: float = 3600.0) -> float:
    await org.control("hooks", **HOOK)
    await org.card()
    await org.approved()
    committed_s = asyncio.get_running_loop().time()
    await asyncio.sleep(wait_s)
    return committed_s


def test_a_call_out_follows_the_commit_with_key_and_changed_fields() -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        committed_s = await _approve(org)
        ((at_s, body),) = intake.calls
        assert at_s > committed_s
        assert (body["key"], body["user"], body["attempt"]) == ("T1", "W00002", 1)
        assert body["record"]["pse__Status__c"] == "Approved"

    play(act, intake)


@pytest.mark.parametrize("failure", [Reply(500), Reply(429), None])
def test_failures_are_tried_again_after_1_5_and_15_minutes_then_people_are_told(
    failure: Reply | None,
) -> None:
    intake = Intake(lambda number: failure)

    async def act(org: Org) -> None:
        await _approve(org)
        lost_s = 120.0 if failure is None else 0.0
        assert intake.gaps() == [60.0 + lost_s, 300.0 + lost_s, 900.0 + lost_s]
        (row,) = (await org.desk("exceptions.open", "W00002"))["exceptions"]
        assert (row["flow"], row["key"], row["version"], row["cause"]) == ("time", "T1", 1, "integration")

    play(act, intake)


def test_the_waits_of_a_call_out_follow_the_first_which_a_scenario_may_set() -> None:
    intake = Intake(lambda number: Reply(500))

    async def act(org: Org) -> None:
        await _approve(org)
        assert intake.gaps() == [6.0, 30.0, 90.0]

    play(act, intake, policy={"hook_retry_s": 6.0})


def test_a_refusal_stands_on_the_record_and_is_not_tried_again() -> None:
    intake = Intake(lambda number: json_reply(422, {"error": "no such project"}))

    async def act(org: Org) -> None:
        await _approve(org)
        assert len(intake.calls) == 1
        (row,) = await org.query(
            "SELECT Integration_Error__c FROM pse__Timecard_Header__c WHERE Timecard_Key__c = 'T1'"
        )
        assert row["Integration_Error__c"] == "no such project"
        waiting = await org.desk("approvals.waiting", "W00002", approver="W00002")
        assert waiting["errors"] == [{"kind": "timecard", "key": "T1", "error": "no such project"}]
        assert (await org.desk("exceptions.open", "W00002"))["exceptions"] == []

    play(act, intake)


def test_a_sitting_of_many_makes_one_call_out_each_and_write_backs_make_none() -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        await org.control("hooks", **HOOK)
        keys = [f"T{number}" for number in range(5)]
        for key in keys:
            await org.card(key)
            await org.desk("timecard.submit", "W00001", timecard=key)
        await org.desk("approvals.decide", "W00002", approver="W00002", timecards=keys, expenses=[])
        await asyncio.sleep(600.0)
        await org.api(
            "PATCH", "sobjects/pse__Timecard_Header__c/Timecard_Key__c/T1", {"ERP_Posted_Version__c": 1}
        )
        await asyncio.sleep(600.0)
        assert sorted(body["key"] for _, body in intake.calls) == keys

    play(act, intake)


def test_a_sitting_of_sixty_starts_fifty_executions_and_ten_call_outs_ride_along() -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        await org.control("hooks", **HOOK)
        keys = [f"T{number:02d}" for number in range(60)]
        for key in keys:
            await org.card(key)
            await org.desk("timecard.submit", "W00001", timecard=key)
        await org.desk("approvals.decide", "W00002", approver="W00002", timecards=keys, expenses=[])
        await asyncio.sleep(600.0)
        sent_s = {body["key"]: at_s for at_s, body in intake.calls}
        assert sorted(sent_s) == keys
        assert len(set(sent_s.values())) == 50
        assert all(sent_s[f"T{number}"] == sent_s[f"T{number - 50:02d}"] for number in range(50, 60))
        uses = {use.limit: use for use in org.system.books(asyncio.get_running_loop().time()).limits}
        assert uses["async_executions_24h"].own_share == 50 / 250_000
        assert uses["async_starts_a_transaction"].peak_share == 60 / 50

    play(act, intake)


def _executions(together: int) -> tuple[Executions, Tasks, Window]:
    day = Window("day", 1000.0, 86400.0)
    tasks = Tasks()
    return Executions(day, Transaction("together", together), tasks), tasks, day


def test_a_call_out_that_comes_after_its_transactions_jobs_began_runs_nevertheless() -> None:
    ran: list[str] = []

    async def work(name: str) -> None:
        ran.append(name)

    async def main() -> None:
        executions, tasks, _ = _executions(1)
        assert executions.start(partial(work, "first"), 0.0, 2.0, 7)
        await asyncio.sleep(5.0)
        assert executions.start(partial(work, "late"), 5.0, 2.0, 7)
        await asyncio.sleep(5.0)
        await tasks.close()

    run(main(), horizon_s=60.0)
    assert ran == ["first", "late"]


def test_the_count_of_a_transaction_stands_whatever_others_start_in_between() -> None:
    ran: list[int] = []

    async def work(transaction: int) -> None:
        ran.append(transaction)

    async def main() -> None:
        executions, tasks, day = _executions(2)
        for transaction in (1, 2, 1, 2, 1, 1):
            assert executions.start(partial(work, transaction), 0.0, 2.0, transaction)
        assert day.used(0.0) == 4
        await asyncio.sleep(5.0)
        await tasks.close()

    run(main(), horizon_s=60.0)
    assert sorted(ran) == [1, 1, 1, 1, 2, 2]


def test_where_the_executions_of_the_day_are_spent_people_are_told_at_once() -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        await _approve(org)
        assert intake.calls == []
        (row,) = (await org.desk("exceptions.open", "W00002"))["exceptions"]
        assert (row["key"], row["cause"]) == ("T1", "integration")
        assert "executions of 24 h are spent" in row["detail"]

    play(act, intake, limits={"async_executions_24h": 0.5})


@pytest.mark.parametrize(("kind", "calls"), [("lost_event", 0), ("doubled_event", 2)])
def test_a_call_out_can_be_lost_or_doubled(kind: str, calls: int) -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        await _approve(org)
        assert len(intake.calls) == calls

    play(act, intake, ambient={kind: 1.0})


def test_start_delays_have_a_median_of_2_s_and_a_p95_of_20_s() -> None:
    intake = Intake(lambda number: Reply(200))

    async def act(org: Org) -> None:
        await org.control("hooks", **HOOK)
        keys = [f"T{number}" for number in range(400)]
        for key in keys:
            await org.card(key)
            await org.desk("timecard.submit", "W00001", timecard=key)
        began_s = asyncio.get_running_loop().time()
        for start in range(0, 400, 50):
            given = {"approver": "W00002", "timecards": keys[start : start + 50], "expenses": []}
            await org.desk("approvals.decide", "W00002", **given)
        await asyncio.sleep(86400.0)
        delays = sorted(at_s - began_s for at_s, _ in intake.calls)
        assert 1.6 < delays[200] < 2.5
        assert 13.0 < delays[380] < 30.0

    play(act, intake)


async def _release(org: Org) -> tuple[str, Any]:
    await org.control(
        "hooks",
        hook="release",
        object="pse__Billing_Event__c",
        when={"pse__Is_Released__c": [True]},
        mode="sync",
    )
    events = (await org.desk("billing.run", "W00002", cut_off="2026-04-30", partial=True))["events"]
    return events[0]["event"], await org.desk(
        "billing.release", "W00002", event=events[0]["event"], manager="W00002"
    )


def test_a_refused_release_is_told_to_the_person_and_taken_back() -> None:
    answers = {1: json_reply(200, {"refusal": "T1 is not posted"}), 2: Reply(200, {}, b"{}")}
    intake = Intake(lambda number: answers[number])

    async def act(org: Org) -> None:
        event, answer = await _release(org)
        assert answer == {"refusal": "T1 is not posted"}
        (row,) = [row for row in org.system.books(1e12).commitments if row.flow == "invoice"]
        assert row.withdrawn_at_s is not None
        (waiting,) = (await org.desk("billing.waiting", "W00002", manager="W00002"))["events"]
        assert waiting["problem"] == "T1 is not posted"
        again = await org.desk("billing.release", "W00002", event=event, manager="W00002")
        assert again == {"refusal": None}
        rows = [row for row in org.system.books(1e12).commitments if row.flow == "invoice"]
        assert rows[-1].withdrawn_at_s is None

    play(act, intake)


def test_a_release_without_an_answer_in_120_s_stays_and_can_be_pressed_again() -> None:
    intake = Intake(lambda number: None)

    async def act(org: Org) -> None:
        began_s = asyncio.get_running_loop().time()
        event, answer = await _release(org)
        assert asyncio.get_running_loop().time() - began_s == 120.0
        assert "did not answer" in answer["refusal"]
        (row,) = [row for row in org.system.books(1e12).commitments if row.flow == "invoice"]
        assert row.withdrawn_at_s is None
        await org.desk("billing.release", "W00002", event=event, manager="W00002")
        assert len(intake.calls) == 2

    play(act, intake)


def test_an_assignment_passes_the_integrations_advice_on() -> None:
    intake = Intake(lambda number: json_reply(200, {"advice": "the cost rate was stale"}))

    async def act(org: Org) -> None:
        await org.control("hooks", hook="staffed", object="pse__Assignment__c", mode="sync")
        given = {
            "assignment": "A-9",
            "project": "P00001",
            "worker": "W00001",
            "role": "Lead",
            "currency": "USD",
        }
        dates = {"start": "2026-05-01", "end": "2026-06-30", "bill_rate_minor": 22000, "hours_per_week": 40}
        assert await org.desk("assignment.save", "W00002", **given, **dates) == {
            "advice": "the cost rate was stale"
        }

    play(act, intake)
