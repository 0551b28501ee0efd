"""What a call costs beside its service time, in virtual time."""

from __future__ import annotations

import asyncio

import pytest
import simpy

from sim.loop import SimulationLoop
from validation.calibration import Calibration
from validation.overhead import Costly, Overhead
from wire.call import Call, Reply
from wire.inprocess import InProcess

CALL = Call("GET", "/records/1")
EVEN = Calibration(call_s=2.0, call_p90_s=2.0)
SPREAD = Calibration(call_s=2.0, call_p90_s=4.0, run_spread=0.5)


class _Server:
    """Takes ten seconds and notes when it was reached, and whether it finished."""

    def __init__(self) -> None:
        self.reached_s: list[float] = []
        self.finished = 0

    async def serve(self, call: Call) -> Reply:
        self.reached_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(10.0)
        self.finished += 1
        return Reply(200)


def test_a_call_takes_its_service_time_and_half_the_overhead_on_each_way() -> None:
    server = _Server()
    assert _sent(server, EVEN, timeout_s=60.0) == pytest.approx(12.0, abs=1e-5)
    assert server.reached_s == [pytest.approx(1.0, abs=1e-5)]


def test_a_reply_that_is_on_its_way_when_patience_ends_is_lost_though_the_server_did_it() -> None:
    server = _Server()
    with pytest.raises(TimeoutError):
        _sent(server, EVEN, timeout_s=11.5)
    assert server.finished == 1


def test_a_call_whose_patience_ends_on_the_way_there_never_arrives() -> None:
    server = _Server()
    with pytest.raises(TimeoutError):
        _sent(server, EVEN, timeout_s=0.5)
    assert server.reached_s == []


def test_a_twin_can_be_repeated_and_no_two_are_alike() -> None:
    assert _costs(1) == _costs(1)
    assert _costs(1) != _costs(2)


def test_calls_of_a_twin_have_their_own_draws_around_its_typical_cost() -> None:
    costs = sorted(_costs(3, calls=999))
    assert len(set(costs)) == 999
    assert costs[899] / costs[499] == pytest.approx(2.0, rel=0.1)


def _sent(server: _Server, cost: Calibration, timeout_s: float) -> float:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        way = Costly(InProcess(server), Overhead(cost, 1, 1, "netsuite"))
        try:
            await way.send(CALL, timeout_s)
            return loop.time()
        finally:
            await asyncio.sleep(60.0)

    loop = SimulationLoop(simpy.Environment())
    try:
        return loop.play(main()).value
    finally:
        loop.close()


def _costs(number: int, calls: int = 5) -> list[float]:
    overhead = Overhead(SPREAD, 1, number, "netsuite")
    return [overhead.of(CALL) for _ in range(calls)]
