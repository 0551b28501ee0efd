"""What the loop of virtual time promises."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import math
import signal
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextvars import copy_context
from typing import Any

import pytest
import simpy

from kernel.time import TICK_S
from sim.absent import NotSimulated
from sim.collector import collector_off
from sim.loop import DeadlockError, SimulationLoop, run
from sim.schedule import CALLBACKS_PER_INSTANT, STALE_TIMERS, LivelockError
from sim.tasks import INCARNATION, Incarnation


def value_of(main: Coroutine[Any, Any, Any]) -> Any:
    return run(main).value


def now() -> float:
    return asyncio.get_running_loop().time()


# --- time ---


def test_thirty_seconds_are_thirty_seconds() -> None:
    async def main() -> float:
        await asyncio.sleep(30)
        return now()

    assert value_of(main()) == 30.0


def test_equal_instants_reached_by_different_sums_are_equal() -> None:
    async def main() -> tuple[float, float]:
        async def steps(count: int, each_s: float) -> float:
            for _ in range(count):
                await asyncio.sleep(each_s)
            return now()

        return await steps(1000, 0.1), now()

    reached, again = value_of(main())
    assert reached == again
    assert reached % TICK_S == 0


def test_no_positive_sleep_leaves_time_where_it_was() -> None:
    async def main() -> float:
        await asyncio.sleep(1e9)
        before = now()
        await asyncio.sleep(1e-12)
        return now() - before

    assert value_of(main()) == TICK_S


def test_a_sleep_is_never_shorter_than_asked() -> None:
    async def main() -> None:
        for numerator in range(1, 200):
            before = now()
            await asyncio.sleep(numerator / 7)
            assert now() - before >= numerator / 7

    run(main())


def test_timers_of_one_instant_fire_in_the_order_of_their_making() -> None:
    order: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for name in "cab":
            loop.call_at(5.0, order.append, name)
        await asyncio.sleep(6)

    run(main())
    assert order == ["c", "a", "b"]


def test_timers_of_one_instant_all_fire_before_what_they_cause() -> None:
    order: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def first() -> None:
            order.append("first")
            loop.call_soon(order.append, "caused")

        loop.call_at(5.0, first)
        loop.call_at(5.0, order.append, "second")
        await asyncio.sleep(6)

    run(main())
    assert order == ["first", "second", "caused"]


def test_a_cancelled_timer_never_fires_and_an_infinite_one_never_comes() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(1, pytest.fail).cancel()
        loop.call_at(math.inf, pytest.fail)
        await asyncio.sleep(2)

    assert run(main()).at_s == 2.0


def test_long_timeouts_that_were_cancelled_cost_no_memory() -> None:
    env = simpy.Environment(0.0)

    async def main() -> None:
        for _ in range(3 * STALE_TIMERS):
            asyncio.get_running_loop().call_later(86400.0, pytest.fail).cancel()

    run(main(), env)
    assert len(env._queue) < STALE_TIMERS


def test_simpy_processes_share_the_clock_and_its_order() -> None:
    env = simpy.Environment(0.0)
    trace: list[tuple[str, float]] = []

    def process() -> Generator[simpy.Event, Any, None]:
        for _ in range(3):
            yield env.timeout(2.0)
            trace.append(("process", env.now))

    async def main() -> None:
        env.process(process())
        for _ in range(2):
            await asyncio.sleep(3)
            trace.append(("task", now()))

    run(main(), env)
    assert trace == [
        ("process", 2.0),
        ("task", 3.0),
        ("process", 4.0),
        ("process", 6.0),
        ("task", 6.0),
    ]


# --- asyncio's own tools ---


def test_asyncio_timeout_fires_at_its_instant() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.5):
                await asyncio.sleep(10)
        return now()

    assert value_of(main()) == 2.5


def test_wait_for_gives_up_and_gives_results() -> None:
    async def main() -> tuple[str, float]:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 1)
        return await asyncio.wait_for(asyncio.sleep(1, "done"), 10), now()

    assert value_of(main()) == ("done", 2.0)


def test_shield_lets_the_inner_work_finish() -> None:
    async def main() -> tuple[bool, str, float]:
        inner = asyncio.ensure_future(asyncio.sleep(5, "finished"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(inner), 1)
        return inner.done(), await inner, now()

    assert value_of(main()) == (False, "finished", 5.0)


def test_queue_event_condition_and_semaphore_work() -> None:
    async def main() -> list[tuple[str, float]]:
        trace: list[tuple[str, float]] = []
        queue: asyncio.Queue[str] = asyncio.Queue(1)
        event, condition, semaphore = asyncio.Event(), asyncio.Condition(), asyncio.Semaphore(1)

        async def taker() -> None:
            trace.append((await queue.get(), now()))
            event.set()

        async def waiter() -> None:
            await event.wait()
            async with condition:
                condition.notify_all()

        async def holder(name: str) -> None:
            async with semaphore:
                await asyncio.sleep(1)
                trace.append((name, now()))

        async with asyncio.TaskGroup() as group:
            for work in (taker(), waiter(), holder("a"), holder("b")):
                group.create_task(work)
            await asyncio.sleep(5)
            async with condition:
                await queue.put("item")
                await condition.wait()
            trace.append(("notified", now()))
        return trace

    assert value_of(main()) == [("a", 1.0), ("b", 2.0), ("item", 5.0), ("notified", 5.0)]


def test_gather_keeps_the_order_of_its_arguments() -> None:
    async def main() -> list[int]:
        return await asyncio.gather(*(asyncio.sleep(3 - number, number) for number in range(3)))

    assert value_of(main()) == [0, 1, 2]


ORDERS = """
import asyncio
from sim.loop import run

async def work(number, order):
    try:
        await asyncio.sleep(100)
    finally:
        order.append(number)

async def main():
    order = []
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(40):
                group.create_task(work(number, order))
            await asyncio.sleep(1)
            raise ValueError
    except* ValueError:
        pass
    tasks = [asyncio.create_task(asyncio.sleep(1, number)) for number in range(40)]
    done, _ = await asyncio.wait(tasks)
    return order, [task.result() for task in done], [task.get_name() for task in done]

print(run(main()).value)
"""


def test_cancelled_groups_and_waited_sets_have_one_order_in_every_process(
    fresh_process: Callable[[str, int], str],
) -> None:
    first = fresh_process(ORDERS, 1)
    assert first == fresh_process(ORDERS, 2)
    assert first.startswith("([0, 1, 2, 3,")


# --- what ends a run ---


def test_an_exception_that_nobody_retrieves_ends_the_run_when_it_happens() -> None:
    instants: list[float] = []

    async def broken() -> None:
        await asyncio.sleep(2)
        raise KeyError("lost")

    async def main() -> None:
        asyncio.get_running_loop().create_task(broken())
        while True:
            await asyncio.sleep(1)
            instants.append(now())

    with pytest.raises(KeyError, match="lost"):
        run(main())
    assert instants[-1] <= 2.0


def test_a_failed_task_that_a_cycle_holds_ends_the_run_with_the_collector_off() -> None:
    held: dict[str, Any] = {}

    async def broken() -> None:
        raise KeyError("held")

    async def main() -> None:
        held["task"] = asyncio.create_task(broken())
        await asyncio.sleep(1)

    with collector_off(), pytest.raises(KeyError, match="held"):
        run(main())


def test_an_exception_in_a_callback_ends_the_run() -> None:
    def broken() -> None:
        raise ValueError("in a callback")

    async def main() -> None:
        asyncio.get_running_loop().call_later(1, broken)
        await asyncio.sleep(10)

    with pytest.raises(ValueError, match="in a callback"):
        run(main())


def test_the_first_fatal_thing_is_the_one_that_is_raised() -> None:
    def broken(text: str) -> None:
        raise ValueError(text)

    async def main() -> None:
        try:
            asyncio.get_running_loop().call_later(1, broken, "first")
            await asyncio.sleep(10)
        finally:
            asyncio.get_running_loop().call_soon(broken, "second")

    with pytest.raises(ValueError, match="first"):
        run(main())


@pytest.mark.parametrize(
    "touch",
    [
        lambda loop: loop.run_in_executor(None, print),
        lambda loop: loop.create_connection(asyncio.Protocol, "localhost", 1),
        lambda loop: loop.create_server(asyncio.Protocol, "localhost", 1),
        lambda loop: loop.getaddrinfo("localhost", 1),
        lambda loop: loop.add_signal_handler(2, print),
        lambda loop: loop.call_soon_threadsafe(print),
        lambda loop: loop.subprocess_exec(asyncio.SubprocessProtocol, "true"),
    ],
)
def test_what_is_not_simulated_ends_the_run_even_where_it_is_swallowed(
    touch: Callable[[asyncio.AbstractEventLoop], Any],
) -> None:
    async def main() -> None:
        with contextlib.suppress(BaseException):
            await touch(asyncio.get_running_loop())
        await asyncio.sleep(1)
        pytest.fail("it went on")

    with pytest.raises(NotSimulated):
        run(main())


def test_to_thread_is_not_simulated() -> None:
    async def main() -> None:
        await asyncio.to_thread(print)

    with pytest.raises(NotSimulated, match="run_in_executor"):
        run(main())


def test_a_livelock_is_found_and_named() -> None:
    async def spin() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    with pytest.raises(LivelockError, match=r"1,000,000 callbacks at 0.0 s(.|\n)*spin"):
        run(spin())


def test_a_simpy_process_that_spins_is_a_livelock_too() -> None:
    env = simpy.Environment(0.0)

    def spin() -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(0)

    async def main() -> None:
        env.process(spin())
        await asyncio.sleep(1)

    with pytest.raises(LivelockError):
        run(main(), env)


def test_many_callbacks_over_many_instants_are_no_livelock() -> None:
    async def main() -> None:
        for _ in range(12):
            for _ in range(CALLBACKS_PER_INSTANT // 10):
                await asyncio.sleep(0)
            await asyncio.sleep(1)

    assert run(main()).at_s == 12.0


def test_a_deadlock_says_who_waits_on_what() -> None:
    async def consumer(queue: asyncio.Queue[str]) -> None:
        await queue.get()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(consumer(asyncio.Queue()), name="the consumer")

    with pytest.raises(DeadlockError) as caught:
        run(main(), horizon_s=100.0)
    text = str(caught.value)
    assert (
        "the consumer (test_a_deadlock_says_who_waits_on_what.<locals>.consumer) waits in Queue.get" in text
    )
    assert "main (" in text


def test_a_task_that_waits_on_a_task_names_it() -> None:
    async def forever() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        await asyncio.create_task(forever(), name="the other")

    with pytest.raises(DeadlockError, match="on the other"):
        run(main())


def test_reaching_the_horizon_undrained_is_reported() -> None:
    async def poller() -> None:
        for _ in itertools.count():
            await asyncio.sleep(60)

    outcome = run(poller(), horizon_s=3601.5)
    assert (outcome.value, outcome.drained, outcome.at_s) == (None, False, 3601.5)
    assert outcome.waiting[0].startswith("main (test_reaching_the_horizon")


def test_what_happens_at_the_horizon_still_happens() -> None:
    async def main() -> str:
        await asyncio.sleep(10)
        return "just in time"

    outcome = run(main(), horizon_s=10.0)
    assert (outcome.value, outcome.drained) == ("just in time", True)


def test_what_is_left_is_cancelled_in_the_order_of_its_making() -> None:
    ended: list[int] = []

    async def background(number: int) -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append(number)

    async def main() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(background(number)) for number in range(20)]
        await asyncio.sleep(1)
        return tasks

    run(main())
    assert ended == list(range(20))


def test_a_task_that_will_not_be_cancelled_is_named() -> None:
    async def stubborn() -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(10)

    async def main() -> asyncio.Task[None]:
        task = asyncio.create_task(stubborn(), name="stubborn")
        await asyncio.sleep(1)
        return task

    with pytest.raises(DeadlockError, match="stubborn"):
        run(main())


# --- generators ---


async def pages(closed: list[float]) -> AsyncGenerator[int, None]:
    try:
        for number in range(100):
            await asyncio.sleep(1)
            yield number
    finally:
        await asyncio.sleep(0.5)
        closed.append(now())


def test_a_generator_left_open_is_closed_at_the_end() -> None:
    closed: list[float] = []

    async def main() -> AsyncGenerator[int, None]:
        generator = pages(closed)
        await anext(generator)
        return generator

    run(main())
    assert closed == [1.5]


def test_a_generator_that_is_dropped_is_closed_at_once() -> None:
    closed: list[float] = []

    async def main() -> list[float]:
        async for _ in pages(closed):
            break
        await asyncio.sleep(10)
        return list(closed)

    assert value_of(main()) == [1.5]


# --- crashes ---


def test_a_crash_is_no_cancellation_no_finally_runs_and_nothing_goes_on() -> None:
    trace: list[str] = []
    life = Incarnation("pipeline")

    async def worker() -> None:
        try:
            while True:
                await asyncio.sleep(1)
                trace.append("worked")
        finally:
            trace.append("finally")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        context = copy_context()
        context.run(INCARNATION.set, life)
        kept = loop.create_task(worker(), context=context)
        await asyncio.sleep(2.5)
        loop.crash(life)
        context.run(loop.call_later, 1.0, trace.append, "a timer of the dead")
        await asyncio.sleep(10)
        assert not kept.done()

    run(main())
    assert trace == ["worked", "worked"]
    assert [type(task).__name__ for task in life.parked] == ["NumberedTask"]


def test_the_next_incarnation_works_while_the_dead_one_stays_dead() -> None:
    trace: list[str] = []

    async def worker(name: str) -> None:
        while True:
            await asyncio.sleep(1)
            trace.append(name)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        for name in ("first", "second"):
            life = Incarnation(name)
            context = copy_context()
            context.run(INCARNATION.set, life)
            kept = loop.create_task(worker(name), context=context)
            await asyncio.sleep(2.5)
            if name == "first":
                loop.crash(life)
        kept.cancel()

    run(main())
    assert trace == ["first", "first", "second", "second"]


# --- tasks that start at once ---


def test_a_task_started_now_has_its_own_identity_and_context() -> None:
    seen: list[str] = []

    async def server() -> str:
        async with asyncio.timeout(5):
            current = asyncio.current_task()
            assert current is not None
            seen.append(current.get_name())
            await asyncio.sleep(1)
            assert asyncio.current_task() is current
        return "served"

    async def main() -> str:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        task = loop.start_now(server(), copy_context())
        current = asyncio.current_task()
        assert current is not None
        seen.append(current.get_name())
        return await task

    assert value_of(main()) == "served"
    assert seen == ["Task-2", "main"]


def test_a_task_that_waits_for_nothing_is_done_when_started_now() -> None:
    async def immediate() -> int:
        return 42

    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        task = loop.start_now(immediate(), copy_context())
        assert task.done()
        return task.result()

    assert value_of(main()) == 42


def test_a_loop_of_immediate_starts_is_a_livelock() -> None:
    async def immediate() -> None:
        return None

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        while True:
            loop.start_now(immediate(), copy_context())

    with pytest.raises(LivelockError):
        run(main())


def test_a_finished_run_leaves_nothing_behind() -> None:
    async def main() -> weakref.ref[SimulationLoop]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        await asyncio.sleep(1)
        return weakref.ref(loop)

    reference = value_of(main())
    gc.collect()
    assert reference() is None


# --- interrupts ---


def test_an_interrupt_waits_for_the_end_of_the_callback() -> None:
    finished: list[float] = []

    async def main() -> None:
        await asyncio.sleep(5)
        signal.raise_signal(signal.SIGINT)
        finished.append(now())
        await asyncio.sleep(5)
        finished.append(now())

    with pytest.raises(KeyboardInterrupt):
        run(main())
    assert finished == [5.0]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_while_one_task_makes_way_for_another_stays_an_interrupt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave = asyncio.tasks._leave_task

    def leave_and_interrupt(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
        leave(loop, task)
        signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        monkeypatch.setattr(asyncio.tasks, "_leave_task", leave_and_interrupt)
        await loop.start_now(asyncio.sleep(1), copy_context())

    with pytest.raises(KeyboardInterrupt):
        run(main())


def test_an_interrupt_in_a_finalizer_is_not_lost() -> None:
    class Thing:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    async def main() -> None:
        Thing()
        await asyncio.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        run(main())


def test_a_second_interrupt_ends_a_callback_that_does_not_end() -> None:
    async def main() -> None:
        signal.raise_signal(signal.SIGINT)
        while True:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(main())
