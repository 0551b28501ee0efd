"""The loop that is virtual first and live then."""

from __future__ import annotations

import asyncio
import os
import signal
from itertools import pairwise

import pytest

from loadtests.edge import Endpoints, edge
from loadtests.live_loop import LiveLoop, run_live
from loadtests.pace import Pace
from loadtests.serve import listen, running
from wire.call import Call, Reply
from wire.http import Http

pytestmark = pytest.mark.live


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_live_loop_starts_where_it_is_told_and_scales_waiting(speed: float) -> None:
    async def main() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        await asyncio.sleep(0.03 * speed)
        return start_s, loop.time()

    start_s, end_s = run_live(main(), Pace.from_now(speed, 1000.0))
    assert 0.0 <= start_s < 1000.0 + 0.5 * speed
    assert 0.03 * speed <= end_s - start_s < 1.0 * speed


def test_a_pace_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        Pace(0.0)


class _Clock:
    """An endpoint that tells its loop's time, after a wait where one is asked for."""

    async def serve(self, call: Call) -> Reply:
        await asyncio.sleep(float(call.path.partition("=")[2] or 0.0))
        return Reply(200, {}, str(asyncio.get_running_loop().time()).encode())


async def _pages(*_: object) -> None:
    """There is no documentation."""


def _clock_edge() -> object:
    door = _Clock()
    return edge(Endpoints(door, door, door), _pages)


def test_what_was_begun_in_virtual_time_goes_on_over_sockets() -> None:
    loop, woke_s = LiveLoop(), []

    async def sleeper() -> None:
        for _ in range(3):
            await asyncio.sleep(3600.0)
            woke_s.append(loop.time())

    async def live() -> float:
        listening = listen("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with running(_clock_edge(), listening, 36_000.0), Http(address, 36_000.0) as http:
            reply = await http.send(Call("GET", "/?wait=1800"), 36_000.0)
            await slept
        return float(reply.body)

    slept = loop.create_task(sleeper())
    loop.advance(lambda: len(woke_s) == 1, 1e9)
    assert woke_s == [3600.0]
    loop.go_live(Pace.from_now(36_000.0, loop.time()))
    try:
        answered_s = loop.play(live()).value
    finally:
        loop.close()
    assert woke_s == [3600.0, 7200.0, 10_800.0]  # at the instants due, however late the wall found them
    assert answered_s is not None
    assert answered_s >= 3600.0 + 1800.0


def test_a_late_process_is_told_by_its_lag_and_runs_things_at_the_instants_due() -> None:
    loop, woke_s = LiveLoop(), []

    async def main() -> None:
        for _ in range(5):
            await asyncio.sleep(10.0)
            woke_s.append(loop.time())

    loop.go_live(Pace.from_now(1.0, 100.0, in_wall_s=-50.0))  # the wall is 50 s ahead
    try:
        loop.play(main())
    finally:
        loop.close()
    gaps = [later - sooner for sooner, later in pairwise(woke_s)]
    assert gaps == [10.0] * 4
    assert 39.0 <= loop.lag.worst_s <= 60.0


def test_an_interrupt_ends_a_live_run_and_its_servers() -> None:
    async def main() -> None:
        listening = listen("127.0.0.1", 0)
        async with running(_clock_edge(), listening):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60.0)

    with pytest.raises(KeyboardInterrupt):
        run_live(main())
