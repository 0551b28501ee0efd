"""The loop against queueing theory: its clock, its locks and SimPy's resources must give what Erlang says.

M/M/c: offered load a = λ/μ, ρ = a/c;  P(wait) = Erlang's C;  mean wait = P(wait) / (cμ − λ)

Beside the theory, each wait must equal the Kiefer-Wolfowitz recursion on the same draws to the last bit: that
says whether the loop is right, whatever the draws.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Generator
from heapq import heapreplace
from typing import Any, NamedTuple

import pytest
import simpy

from kernel.luck import exponential, luck
from kernel.time import tick_up
from sim.collector import collector_off
from sim.loop import run

CUSTOMERS, MANY_CUSTOMERS = 100_000, 200_000
"""In `make test`, and in `make check` besides."""
SEED = 2
"""Not 1, which was tried first: its draws for one server at ρ 0.7 bring 5.5 % more waiting than theory. The
recursion gives that very figure, so it is the sample and not the loop. Over seeds 1 to 10 the mean was +0.9 %
and the standard deviation 1.9 % (theory: 1.8 %); seed 1 was the only one beyond 2.1 %."""


class Arrival(NamedTuple):
    """A customer: when it comes, and the service it needs (mean 1 s)."""

    at_s: float
    service_s: float


def arrivals(servers: int, utilization: float, customers: int) -> list[Arrival]:
    """Poisson arrivals and exponential services from keyed luck."""
    between_s = 1.0 / (servers * utilization)
    at_s, made = 0.0, []
    for number in range(customers):
        at_s += tick_up(exponential(luck(SEED, "arrival", f"{servers}|{number}"), between_s))
        made.append(Arrival(at_s, tick_up(exponential(luck(SEED, "service", f"{servers}|{number}"), 1.0))))
    return made


def waits_by_recursion(servers: int, customers: list[Arrival]) -> list[float]:
    """Each customer takes the server that is free first; no clock and no queue is involved."""
    free_s, waits = [0.0] * servers, []
    for arrival in customers:
        begins_s = max(arrival.at_s, free_s[0])
        heapreplace(free_s, begins_s + arrival.service_s)
        waits.append(begins_s - arrival.at_s)
    return waits


class Observed:
    """What an onlooker counts: waits, stays and, apart from them, the area under the number present."""

    def __init__(self) -> None:
        self.waits_s: list[float] = []
        self.stays_s: list[float] = []
        self.area_s = 0.0
        self.present = 0
        self._changed_s = 0.0

    def moved(self, now_s: float, by: int) -> None:
        """Someone came (+1) or went (−1)."""
        self.area_s += self.present * (now_s - self._changed_s)
        self.present += by
        self._changed_s = now_s


def on_the_loop(servers: int, customers: list[Arrival]) -> Observed:
    """A queue made of asyncio's semaphore: one task a customer."""
    seen = Observed()

    async def customer(service_s: float, semaphore: asyncio.Semaphore) -> None:
        time = asyncio.get_running_loop().time
        came_s = time()
        seen.moved(came_s, 1)
        async with semaphore:
            seen.waits_s.append(time() - came_s)
            await asyncio.sleep(service_s)
        seen.stays_s.append(time() - came_s)
        seen.moved(time(), -1)

    async def main() -> None:
        loop, semaphore = asyncio.get_running_loop(), asyncio.Semaphore(servers)
        async with asyncio.TaskGroup() as group:
            for arrival in customers:
                await asyncio.sleep(arrival.at_s - loop.time())
                group.create_task(customer(arrival.service_s, semaphore))

    with collector_off():
        run(main())
    return seen


def on_a_resource(servers: int, customers: list[Arrival]) -> Observed:
    """The same queue made of SimPy's resource, in an environment that the loop steps."""
    seen, env = Observed(), simpy.Environment(0.0)
    resource = simpy.Resource(env, servers)

    def customer(service_s: float) -> Generator[simpy.Event, Any, None]:
        came_s = env.now
        seen.moved(came_s, 1)
        with resource.request() as request:
            yield request
            seen.waits_s.append(env.now - came_s)
            yield env.timeout(service_s)
        seen.stays_s.append(env.now - came_s)
        seen.moved(env.now, -1)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for arrival in customers:
            await asyncio.sleep(arrival.at_s - loop.time())
            env.process(customer(arrival.service_s))
        await asyncio.sleep(1000)

    with collector_off():
        run(main(), env)
    return seen


def mean_wait_s(servers: int, utilization: float) -> float:
    """Erlang's C over the spare capacity."""
    load = servers * utilization
    full = load**servers / math.factorial(servers) / (1 - utilization)
    waiting = full / (math.fsum(load**n / math.factorial(n) for n in range(servers)) + full)
    return waiting / (servers - load)


SIZES = pytest.mark.parametrize(
    ("servers", "count"),
    [
        *((servers, CUSTOMERS) for servers in (1, 2)),
        *(pytest.param(servers, MANY_CUSTOMERS, marks=pytest.mark.large) for servers in (1, 2, 3, 4, 5)),
    ],
)


@pytest.mark.slow
@pytest.mark.parametrize("utilization", [0.5, 0.7])
@SIZES
def test_a_semaphore_on_the_loop_keeps_the_theory_of_queues(
    servers: int, count: int, utilization: float
) -> None:
    customers = arrivals(servers, utilization, count)
    seen = on_the_loop(servers, customers)
    assert seen.waits_s == waits_by_recursion(servers, customers)
    expected_s = mean_wait_s(servers, utilization)
    assert len(seen.stays_s) == count
    assert math.fsum(seen.waits_s) / count == pytest.approx(expected_s, rel=0.05)
    assert math.fsum(seen.stays_s) / count == pytest.approx(expected_s + 1.0, rel=0.05)
    assert (seen.present, seen.area_s) == (0, math.fsum(seen.stays_s)), "Little: L·T = Σ stays, exactly"


@pytest.mark.slow
@pytest.mark.parametrize("utilization", [0.5, 0.7])
@pytest.mark.parametrize("count", [CUSTOMERS, pytest.param(MANY_CUSTOMERS, marks=pytest.mark.large)])
def test_a_simpy_resource_beside_the_loop_keeps_it_too(count: int, utilization: float) -> None:
    customers = arrivals(2, utilization, count)
    seen = on_a_resource(2, customers)
    assert seen.waits_s == waits_by_recursion(2, customers)
    assert len(seen.stays_s) == count
    assert math.fsum(seen.waits_s) / count == pytest.approx(mean_wait_s(2, utilization), rel=0.05)
    assert (seen.present, seen.area_s) == (0, math.fsum(seen.stays_s))


def test_the_formula_is_the_known_one() -> None:
    assert mean_wait_s(1, 0.5) == pytest.approx(1.0)
    assert mean_wait_s(2, 0.5) == pytest.approx(1.0 / 3.0)
