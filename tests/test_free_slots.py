"""Free slots: the client uses what others leave free of an account, asks little in vain, starves nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from math import inf

import pytest
from vendor_opening import TIME

from mocks.figures import figures
from mocks.landscape import Landscape, SystemSettings
from mocks.netsuite import system as netsuite_system
from pipeline import patience
from pipeline.breaker import Breaker
from pipeline.client import Client
from pipeline.connectors import netsuite
from pipeline.failures import UnreachableError
from pipeline.free_slots import FreeSlots
from pipeline.metrics import Metrics
from pipeline.quota import Quota
from pipeline.retry import Backoff, RetryBudget, retry_after_s
from pipeline.sessions import Credentials, KeySession
from pipeline.settings import STANDARD_TIER
from pipeline.tasks import Tasks
from run.settings_of import settings_of
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.loop import run
from wire.call import Call, Reply

HOUR_S = 3600.0


class Account:
    """An account of so many slots, of which `others` take some; a call lasts a second."""

    def __init__(self, slots: int, others: Callable[[float], int]) -> None:
        self._slots = slots
        self._others = others
        self._under_way = 0
        self.refused: list[float] = []
        self.served: list[tuple[float, str]] = []

    async def send(self, call: Call, timeout_s: float) -> Reply:
        now_s = asyncio.get_running_loop().time()
        if self._under_way + self._others(now_s) >= self._slots:
            self.refused.append(now_s)
            return Reply(429)
        self._under_way += 1
        await asyncio.sleep(1.0)
        self._under_way -= 1
        self.served.append((now_s, call.path))
        return Reply(204)


def client(account: Account, slots: FreeSlots | None) -> Client:
    return Client(
        "netsuite",
        account,
        KeySession("netsuite", Credentials(), header=True),
        netsuite.read,
        Backoff(7, "netsuite", 4, 1.0, 30.0),
        RetryBudget(0.0, 0),
        Breaker(8, 60.0),
        Quota(),
        slots,
        Metrics(),
        TIME,
        60.0,
    )


def worked(account: Account, most: int, calls: int, until_s: float = inf, every_s: float = 0.0) -> FreeSlots:
    """So many calls, one each `every_s`, with this patience; the slots as they then are."""
    slots = FreeSlots(most, "slot")
    calling = client(account, slots)

    async def one(number: int) -> None:
        await asyncio.sleep(number * every_s)
        with patience.patient(until_s):
            await calling.send("PUT", f"/{number}")

    async def main() -> None:
        await asyncio.gather(*(one(number) for number in range(calls)))

    run(main(), horizon_s=30 * 24 * HOUR_S)
    return slots


def test_a_full_account_costs_one_refusal_and_then_only_what_is_tried_again() -> None:
    account = Account(5, lambda now_s: 3)

    worked(account, 4, 7200)

    assert len(account.served) == 7200
    assert account.refused[0] == 0.0
    waits = [
        round(after - before) for before, after in zip(account.refused, account.refused[1:], strict=False)
    ]
    assert waits == pytest.approx([60, 120, 240, 480, 900, 900], abs=2)


def test_without_learning_every_third_call_asks_in_vain() -> None:
    account = Account(5, lambda now_s: 3)
    calling = client(account, None)

    async def main() -> None:
        await asyncio.gather(*(calling.send("PUT", f"/{number}") for number in range(300)))

    run(main(), horizon_s=24 * HOUR_S)

    assert len(account.refused) > 300


@pytest.mark.parametrize("slots", [1, 2, 3, 5, 15])
@pytest.mark.parametrize("others", [0, 1, 3])
def test_every_call_comes_through_wherever_a_slot_comes_free_sometimes(slots: int, others: int) -> None:
    account = Account(slots, lambda now_s: others if now_s % HOUR_S < 1800.0 else 0)

    learnt = worked(account, slots - 1, 500, every_s=10.0)

    assert len(account.served) == 500
    assert 1 <= learnt.size <= max(1, slots - 1)


def test_what_comes_free_is_used_within_a_quarter_of_an_hour() -> None:
    account = Account(15, lambda now_s: 12 if now_s < HOUR_S else 0)

    slots = worked(account, 14, 20_000)

    assert slots.size == 14


def test_a_refused_call_goes_before_those_that_came_later() -> None:
    account = Account(3, lambda now_s: 2 if now_s < 5.0 else 1)

    worked(account, 2, 6, every_s=0.1)

    assert [path for _, path in account.served] == [f"/{number}" for number in range(6)]


def test_a_call_that_is_told_to_wait_beyond_its_time_fails_at_once_whoever_else_is_under_way() -> None:
    class Busy(Account):
        async def send(self, call: Call, timeout_s: float) -> Reply:
            await asyncio.sleep(1.0)
            return Reply(204) if call.path == "/first" else Reply(429, {"retry-after": "900"})

    slots = FreeSlots(2, "slot")
    calling = client(Busy(2, lambda now_s: 0), slots)

    async def main() -> float:
        first = asyncio.create_task(calling.send("PUT", "/first"))
        await asyncio.sleep(0.5)
        second = asyncio.create_task(calling.send("PUT", "/second", deadline_s=120.0))
        await first
        third = asyncio.create_task(calling.send("PUT", "/first"))
        with pytest.raises(UnreachableError, match="throttled"):
            await second
        failed_s = asyncio.get_running_loop().time()
        await third
        assert slots.under_way == 0
        return failed_s

    assert run(main(), horizon_s=HOUR_S).value == 1.5


def test_a_call_alone_at_a_full_account_keeps_its_place_while_it_waits() -> None:
    account = Account(2, lambda now_s: 2 if now_s < 600.0 else 1)

    worked(account, 1, 20, every_s=1.0)

    assert [path for _, path in account.served] == [f"/{number}" for number in range(20)]
    assert len(account.refused) < 60


def test_waiting_for_a_slot_ends_with_the_patience_and_spends_no_retry_budget() -> None:
    account = Account(1, lambda now_s: 1)
    calling = client(account, FreeSlots(4, "slot"))

    async def main() -> float:
        with pytest.raises(UnreachableError, match="throttled"), patience.patient(HOUR_S):
            await calling.send("PUT", "/x")
        return asyncio.get_running_loop().time()

    ended_s = run(main(), horizon_s=24 * HOUR_S).value

    assert HOUR_S - 60.0 < ended_s <= HOUR_S
    assert calling.budget.refused == 0


def test_the_nearest_end_of_patience_holds_and_the_background_has_its_own() -> None:
    with patience.patient(120.0):
        with patience.patient(HOUR_S):
            assert patience.until_s() == 120.0
        with patience.anew():
            assert patience.until_s() == inf
    assert patience.until_s() == inf


def test_what_a_message_starts_in_the_background_does_not_give_up_with_it() -> None:
    seen: list[float] = []

    async def look() -> None:
        seen.append(patience.until_s())

    async def main() -> None:
        tasks = Tasks()
        with patience.patient(120.0):
            await tasks.start(look())
            await asyncio.gather(look())

    run(main(), horizon_s=1.0)

    assert seen == [inf, 120.0]


def test_a_landscape_of_fifteen_slots_reaches_the_client_as_fourteen() -> None:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 10), 0, None)
    slots = {"netsuite": SystemSettings(limits={"account_concurrency": 15.0})}

    settings = settings_of(replace(play, landscape=Landscape(slots)))

    assert FreeSlots(settings.netsuite_slots - 1, "slot").most == 14


def test_the_standard_tier_is_what_the_vendors_sheet_says() -> None:
    sheet = figures(netsuite_system.__file__.rpartition("/")[0], SystemSettings())

    assert sheet.limits["account_concurrency"]["size"] == STANDARD_TIER


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        ("Thu, 16 Apr 2026 04:01:40 GMT", 90.0),
        ("Thu, 16 Apr 2026 00:01:40 -0400", 90.0),
        ("Wed, 15 Apr 2026 04:00:00 GMT", 0.0),
        ("soon", 0.0),
        ("²", 0.0),
        ("Thu, 16 Apr 99999999999999999999 04:01:40 GMT", 0.0),
        ("", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(text: str, wait_s: float) -> None:
    assert retry_after_s(Reply(503, {"retry-after": text}), TIME, 10.0) == wait_s
