"""Scripts under the driver of virtual time, and the same scripts under a tiny driver on asyncio alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
import simpy

from measurements.facts import Labour
from scenarios.script import Ask, Begin, Script, Scripted, Spent, Until, desk_call
from sim.loop import DeadlockError, SimulationLoop, run
from sim.people import People
from wire.call import Call, Endpoint, Reply, json_reply


class Desk:
    """Answers `/desk/now` at once and everything else after 2 s, with the number of calls so far."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, str]] = []

    async def serve(self, call: Call) -> Reply:
        self.calls.append((asyncio.get_running_loop().time(), call.path, call.headers["x-user"]))
        if call.path != "/desk/now":
            await asyncio.sleep(2.0)
        return json_reply(200, {"calls": len(self.calls)})


class Endless:
    async def serve(self, _: Call) -> Reply:
        await asyncio.get_running_loop().create_future()
        return Reply(200)


def play(*people: Scripted, desks: Mapping[str, Endpoint], end_s: float = 1000.0) -> People:
    """Run the scripts in virtual time until `end_s`."""

    async def main() -> People:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        driver = People(loop.env, loop, desks)
        driver.start(people)
        await asyncio.sleep(end_s)
        return driver

    driver = run(main(), simpy.Environment(0.0)).value
    assert driver is not None
    return driver


def test_until_answers_the_instant_and_never_an_earlier_one() -> None:
    instants: list[float] = []

    def script() -> Script:
        for at_s in (0.0, 10.1, 5.0):
            instants.append((yield Until(at_s)))

    play(Scripted("consultant", "anna", 3.0, script), desks={})
    assert instants[0] == 3.0
    assert instants[1] >= 10.1
    assert instants[2] == instants[1]


def test_an_ask_answers_with_the_reply_at_its_instant() -> None:
    seen: list[tuple[object, float]] = []

    def script() -> Script:
        for verb in ("now", "slow"):
            reply: Reply = yield desk_call("psa", verb, "W00001", week=1)
            seen.append((reply.json(), (yield Until(0.0))))

    desk = Desk()
    play(Scripted("consultant", "anna", 1.0, script), desks={"psa": desk})
    assert seen == [({"calls": 1}, 1.0), ({"calls": 2}, 3.0)]
    assert desk.calls == [(1.0, "/desk/now", "W00001"), (1.0, "/desk/slow", "W00001")]


def test_labour_is_noted_at_its_instant() -> None:
    def script() -> Script:
        yield Until(60.0)
        yield Spent("finance", "hold", 30.0, "invoice", "B-1")

    driver = play(Scripted("consultant", "fred", 0.0, script), desks={})
    assert driver.labour == [Labour(60.0, "finance", "hold", 30.0, "invoice", "B-1")]


def test_a_script_that_is_begun_starts_at_its_time_or_now() -> None:
    started: list[tuple[str, float]] = []

    def child(name: str) -> Callable[[], Script]:
        def script() -> Script:
            started.append((name, (yield Until(0.0))))

        return script

    def parent() -> Script:
        yield Begin(Scripted("consultant", "late", 50.0, child("late")))
        yield Begin(Scripted("consultant", "past", 1.0, child("past")))

    driver = play(Scripted("consultant", "parent", 10.0, parent), desks={})
    assert started == [("past", 10.0), ("late", 50.0)]
    assert driver.unfinished == 0


def test_scripts_of_one_instant_start_in_the_order_of_registration() -> None:
    order: list[str] = []

    def named(name: str) -> Callable[[], Script]:
        def script() -> Script:
            order.append(name)
            yield Until(0.0)

        return script

    play(*(Scripted("consultant", name, 5.0, named(name)) for name in "dacb"), desks={})
    assert order == list("dacb")


def test_ten_thousand_waiting_scripts_hold_no_generator() -> None:
    made: list[int] = []

    def script() -> Script:
        made.append(1)
        yield Until(0.0)

    people = [Scripted("consultant", f"p{number}", 500.0 + number, script) for number in range(10_000)]
    driver = play(*people, desks={}, end_s=599.5)
    assert (len(made), driver.unfinished) == (100, 9_900)


def test_an_exception_in_a_script_ends_the_run_and_names_it() -> None:
    def script() -> Script:
        yield Until(7.0)
        raise KeyError("a bug")

    with pytest.raises(KeyError) as caught:
        play(Scripted("consultant", "anna", 0.0, script), desks={})
    assert caught.value.__notes__ == ["in the script of anna, at 7.0 s"]


def test_a_script_that_may_not_wait_is_a_livelock() -> None:
    def script() -> Script:
        while True:
            yield Until(0.0)

    with pytest.raises(RuntimeError, match="time does not move"):
        play(Scripted("consultant", "anna", 0.0, script), desks={})


def test_a_deadlock_names_the_scripts_that_wait() -> None:
    def script() -> Script:
        yield Ask("psa", Call("GET", "/"))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        People(loop.env, loop, {"psa": Endless()}).start([Scripted("consultant", "anna", 0.0, script)])
        await loop.create_future()

    with pytest.raises(DeadlockError, match=r"anna waits at the desk psa"):
        run(main())


# --- one script, two worlds ---

Trace = list[tuple[str, float, object]]


def week(name: str, trace: Trace) -> Callable[[], Script]:
    def script() -> Script:
        for day in range(3):
            at_s: float = yield Until(day * 10.0 + 0.1)
            reply: Reply = yield desk_call("psa", "slow" if day else "now", name)
            trace.append((name, at_s, reply.json()))
        yield Begin(Scripted("consultant", f"{name} again", 40.0, once(f"{name} again", trace)))

    return script


def once(name: str, trace: Trace) -> Callable[[], Script]:
    def script() -> Script:
        reply: Reply = yield desk_call("psa", "slow", name)
        trace.append((name, (yield Until(0.0)), reply.json()))

    return script


async def drive(scripted: Scripted, desk: Endpoint, group: asyncio.TaskGroup) -> None:
    """The tiny driver: asyncio and nothing else."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(scripted.starts_s - loop.time())
    script = scripted.script()
    answer: object = None
    while True:
        try:
            act = script.send(answer)
        except StopIteration:
            return
        answer = None
        if isinstance(act, Until):
            await asyncio.sleep(max(0.0, act.at_s - loop.time()))
            answer = loop.time()
        elif isinstance(act, Ask):
            answer = await desk.serve(act.call)
        elif isinstance(act, Begin):
            group.create_task(drive(act.scripted, desk, group))


def test_one_script_gives_equal_traces_under_simpy_and_under_asyncio() -> None:
    names = ("carl", "anna", "bert")
    first: Trace = []
    second: Trace = []
    desk, other = Desk(), Desk()
    play(*(Scripted("consultant", name, 1.0, week(name, first)) for name in names), desks={"psa": desk})

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(drive(Scripted("consultant", name, 1.0, week(name, second)), other, group))

    run(main())
    assert len(first) == 12
    assert first == second
    assert desk.calls == other.calls
