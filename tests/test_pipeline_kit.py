"""The pipeline's reliability kit, each mechanism by itself, exact in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from vendor_opening import TIME

from kernel.luck import luck
from pipeline.breaker import Breaker
from pipeline.client import Client
from pipeline.connectors import netsuite, workday_soap
from pipeline.connectors.names import Names
from pipeline.failures import RefusedError, UnreachableError
from pipeline.free_slots import FreeSlots
from pipeline.inbox import Inbox
from pipeline.item import FORCED, Item
from pipeline.metrics import Metrics
from pipeline.ordering import Ordering
from pipeline.patterns.schedule import instants, runs
from pipeline.quota import Quota
from pipeline.retry import Backoff, RetryBudget
from pipeline.sessions import Credentials, KeySession, Session, TokenSession
from pipeline.settings import Schedule, Settings
from pipeline.slots import Slots
from pipeline.store import MemoryStore
from sim.loop import run
from wire.call import Call, Reply, json_reply

HOUR_S, DAY_S = 3600.0, 86400.0


def played(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return run(work(), horizon_s=30 * DAY_S).value


class Answers:
    """A transport that gives prepared answers and keeps when it was asked; an exception is raised."""

    def __init__(self, answers: Iterable[Reply | Exception]) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[float, Call]] = []

    async def send(self, call: Call, timeout_s: float) -> Reply:
        self.calls.append((asyncio.get_running_loop().time(), call))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, TimeoutError):
            await asyncio.sleep(timeout_s)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(
    answers: Answers, session: Session | None = None, floor: int = 20, slots: FreeSlots | None = None
) -> Client:
    return Client(
        "netsuite",
        answers,
        session or KeySession("netsuite", Credentials(), header=True),
        netsuite.read,
        Backoff(7, "netsuite", 4, 1.0, 30.0),
        RetryBudget(0.0, floor),
        Breaker(8, 60.0),
        Quota(),
        slots,
        Metrics(),
        TIME,
        60.0,
    )


def test_a_throttled_call_is_retried_with_full_jitter_after_retry_after() -> None:
    answers = Answers([Reply(429, {"retry-after": "5"}), Reply(429), Reply(204)])

    played(lambda: client(answers).send("PUT", "/x"))

    first = 5.0 + 1.0 * luck(7, "pipeline.jitter.netsuite", "PUT /x|0|0")
    second = first + 2.0 * luck(7, "pipeline.jitter.netsuite", "PUT /x|1|1")
    assert [at_s for at_s, _ in answers.calls] == pytest.approx([0.0, first, second], abs=1e-5)


def test_retries_stop_at_the_budget_of_the_minute() -> None:
    answers = Answers([Reply(503)])

    async def main() -> None:
        with pytest.raises(UnreachableError):
            await client(answers, floor=1).send("PUT", "/x")

    played(main)

    assert len(answers.calls) == 2


def test_a_refusal_is_an_answer_and_is_never_retried() -> None:
    answers = Answers([Reply(400)])

    reply = played(lambda: client(answers).send("PUT", "/x"))

    assert (reply.status, len(answers.calls)) == (400, 1)


def test_a_401_renews_the_token_once() -> None:
    tokens = Answers(
        [json_reply(200, {"access_token": name, "expires_in": "3600"}) for name in ("old", "new")]
    )
    answers = Answers([Reply(401), Reply(204)])
    session = TokenSession("netsuite", tokens, Credentials(), "/token", "secret={secret}", 60.0)

    played(lambda: client(answers, session).send("PUT", "/x"))

    sent = [call.headers["authorization"] for _, call in answers.calls]
    assert sent == ["Bearer old", "Bearer new"]


def test_a_second_401_is_an_auth_failure_until_an_operator_gives_the_new_secret() -> None:
    credentials = Credentials()
    tokens = Answers([json_reply(200, {"access_token": "t", "expires_in": "3600"})])
    session = TokenSession("netsuite", tokens, credentials, "/token", "secret={secret}", 60.0)
    answers = Answers([Reply(401), Reply(401), Reply(204)])
    tried = client(answers, session)

    async def main() -> None:
        with pytest.raises(UnreachableError) as failed:
            await tried.send("PUT", "/x")
        assert failed.value.cause == "auth"
        credentials.change("netsuite", "renewed")
        await tried.send("PUT", "/x")

    played(main)

    assert tokens.calls[-1][1].body == b"secret=renewed"


def test_a_token_is_renewed_before_its_end() -> None:
    tokens = Answers([json_reply(200, {"access_token": "t", "expires_in": "3600"})])
    session = TokenSession("netsuite", tokens, Credentials(), "/token", "{secret}", 60.0)

    async def main() -> None:
        for _ in range(3):
            await session.headers()
            await asyncio.sleep(3541.0)

    played(main)

    assert [at_s for at_s, _ in tokens.calls] == [0.0, 3541.0, 7082.0]


def test_the_breaker_opens_after_eight_failures_and_lets_one_probe_through_a_minute_later() -> None:
    breaker = Breaker(8, 60.0)
    for _ in range(8):
        breaker.failed(100.0)

    assert [breaker.admits(at_s) for at_s in (100.0, 159.0, 160.0, 161.0)] == [False, False, True, False]
    breaker.succeeded()
    assert breaker.admits(162.0)


def test_slots_are_given_in_order_of_asking_and_waited_for_no_longer_than_the_deadline() -> None:
    slots = Slots(1, "slot")
    told: list[tuple[float, str]] = []

    async def use(name: str, deadline_s: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            await slots.take(deadline_s)
        except UnreachableError as failed:
            told.append((loop.time(), f"{name} {failed.status}"))
            return
        told.append((loop.time(), name))
        await asyncio.sleep(100.0)
        slots.leave()

    async def main() -> None:
        await asyncio.gather(use("a", inf), use("b", inf), use("c", 120.0))

    played(main)

    assert told == [(0.0, "a"), (100.0, "b"), (120.0, "c 504")]


def test_the_quota_is_spent_to_its_end_by_whoever_asks_and_then_asked_every_15_minutes() -> None:
    quota = Quota()
    quota.told({"sforce-limit-info": "api-usage=99/100"})
    for _ in range(2):
        assert quota.admits(1000.0)

    quota.told({"sforce-limit-info": "api-usage=100/100"})
    assert quota.admits(1000.0)
    assert not quota.admits(1899.0)
    assert quota.left_s(1899.0) == 1.0
    assert quota.admits(1900.0)
    quota.told({"sforce-limit-info": "api-usage=40/100"})
    assert quota.admits(1901.0)


def test_items_of_one_aggregate_are_worked_one_after_the_other_and_others_beside_them() -> None:
    ordering = Ordering()
    told: list[tuple[float, str]] = []

    async def work(key: str, name: str) -> None:
        await ordering.take(key)
        await asyncio.sleep(10.0)
        told.append((asyncio.get_running_loop().time(), name))
        ordering.leave(key)

    async def main() -> None:
        await asyncio.gather(work("x", "x1"), work("x", "x2"), work("y", "y1"), work("x", "x3"))

    played(main)

    assert told == [(10.0, "x1"), (10.0, "y1"), (20.0, "x2"), (30.0, "x3")]


def test_a_turn_is_waited_for_no_longer_than_the_deadline_and_who_gave_up_is_passed_over() -> None:
    ordering = Ordering()
    told: list[tuple[float, str]] = []

    async def item(name: str, deadline_s: float) -> None:
        try:
            await ordering.take("T1", deadline_s)
        except UnreachableError as failed:
            told.append((asyncio.get_running_loop().time(), f"{name} {failed.status}"))
            return
        await asyncio.sleep(10.0)
        told.append((asyncio.get_running_loop().time(), name))
        ordering.leave("T1")

    async def main() -> None:
        await asyncio.gather(item("a", inf), item("b", 5.0), item("c", 30.0))

    played(main)
    assert told == [(5.0, "b 504"), (10.0, "a"), (20.0, "c")]


def test_the_inbox_knows_the_last_state_of_a_key_and_only_that() -> None:
    inbox = Inbox(MemoryStore())
    first, recalled = Item("s", "k", 1, "1|Approved"), Item("s", "k", 1, "1|Saved")

    inbox.done(first)
    assert inbox.known(first)
    inbox.done(recalled)
    assert not inbox.known(first)
    inbox.done(Item("s", "k", 1, FORCED))
    assert not inbox.known(Item("s", "k", 1, FORCED))


def test_a_crash_forgets_what_was_not_committed() -> None:
    store = MemoryStore()
    table = store.table("t")
    table.put("kept", 1)
    store.commit()
    table.put("kept", 2)
    table.put("lost", 3)
    table.drop("kept")

    store.roll_back()

    assert table.items() == [("kept", 1)]


def test_a_schedule_of_monday_and_thursday_in_amsterdam_gives_those_instants() -> None:
    schedule = Schedule(("17:31",), (0, 3), "Europe/Amsterdam")
    found = instants(TIME, schedule, "America/New_York")

    moments = [TIME.moment(next(found), "Europe/Amsterdam") for _ in range(4)]

    assert [f"{moment:%a %d %H:%M}" for moment in moments] == [
        "Thu 16 17:31",
        "Mon 20 17:31",
        "Thu 23 17:31",
        "Mon 27 17:31",
    ]


def test_cut_off_runs_come_between_the_daily_ones_and_only_for_workflows_that_have_them() -> None:
    settings = Settings(TIME, cut_off_runs=(12.5 * HOUR_S,))
    time, deals = runs(settings, "time_and_expense"), runs(settings, "quote_to_project")

    assert [next(time) for _ in range(3)] == [HOUR_S, 12.5 * HOUR_S, 25 * HOUR_S]
    assert [next(deals) for _ in range(2)] == [HOUR_S, 25 * HOUR_S]


def test_an_own_schedule_keeps_the_cut_off_runs_unless_it_leaves_them_out() -> None:
    settings = Settings(TIME, cut_off_runs=(12.5 * HOUR_S,))
    for kept, third_s in ((True, 12.5 * HOUR_S), (False, 25 * HOUR_S)):
        own = Schedule(("01:00", "02:00"), cut_off_runs=kept)
        time = runs(replace(settings, schedules={"time_and_expense": own}), "time_and_expense")
        assert [next(time) for _ in range(3)][2] == third_s


def test_a_caller_who_waits_is_asked_for_again_until_its_deadline_when_throttled() -> None:
    answers = Answers([Reply(429)])

    async def main() -> float:
        with pytest.raises(UnreachableError):
            await client(answers).send("PUT", "/x", deadline_s=120.0)
        return asyncio.get_running_loop().time()

    ended_s = played(main)

    assert len(answers.calls) > 4
    assert 60.0 < ended_s <= 120.0


def test_a_secret_with_markup_signs_stands_escaped_in_the_envelope() -> None:
    assert b"<wsse:Password>a&amp;b&lt;c</wsse:Password>" in workday_soap.request("a&b<c", "", "", "1")


def test_a_query_of_more_rows_than_the_account_ever_answers_is_refused() -> None:
    page = json_reply(200, {"links": [], "items": [], "totalResults": 100_000})

    async def main() -> None:
        with pytest.raises(RefusedError, match="no more than 100000 rows"):
            await netsuite.NetSuite(client(Answers([page])), 10.0, Names()).suiteql("SELECT id FROM job")

    played(main)
