"""The overhead of a call in virtual time: what HTTP costs live, laid around a transport in process.

    caller ── half ──> server's service time ── half ──> caller

Each call has its own draw, keyed by the twin's number, the system and the call's place among its like, so
that a twin can be repeated and no two are alike. Each twin has besides a typical cost of its own, since a
machine is not equally busy in two live runs.
"""

from __future__ import annotations

import asyncio
from math import exp
from statistics import NormalDist

from kernel.luck import Lognormal, luck
from validation.calibration import Calibration
from wire.call import Call, Reply, Transport


def normal(u: float) -> float:
    """Inverse of the standard normal distribution function."""
    return NormalDist().inv_cdf(min(max(u, 1e-12), 1 - 1e-12))


class Overhead:
    """Draws what each call to one member costs beside its service time."""

    def __init__(self, calibration: Calibration, seed: int, number: int, member: str) -> None:
        run = exp(calibration.run_spread * normal(luck(seed, "cost of a call in this twin", str(number))))
        self._cost = Lognormal(run * calibration.call_s, run * calibration.call_p90_s)
        self._seed = seed
        self._purpose = f"overhead of a call to {member} in twin {number}"
        self._met: dict[tuple[str, str], int] = {}

    def of(self, call: Call) -> float:
        """Seconds of the play."""
        like = call.method, call.path
        place = self._met[like] = self._met.get(like, 0) + 1
        return self._cost.at(luck(self._seed, self._purpose, f"{call.method} {call.path} {place}"))


class Costly:
    """A Transport through which every call takes its overhead besides, half on each way.

    The caller's patience counts from the sending, as over HTTP: a reply on its way back can come too late,
    and then the server has done it all the same.
    """

    def __init__(self, inner: Transport, overhead: Overhead) -> None:
        self._inner = inner
        self._overhead = overhead

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """Deliver and await the reply. Raises TimeoutError, ConnectionError."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + timeout_s
        half_s = self._overhead.of(call) / 2.0
        await self._on_the_way(half_s, until_s)
        reply = await self._inner.send(call, max(0.0, until_s - loop.time()))
        await self._on_the_way(half_s, until_s)
        return reply

    async def _on_the_way(self, takes_s: float, until_s: float) -> None:
        left_s = until_s - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, min(takes_s, left_s)))
        if takes_s > left_s:
            raise TimeoutError("no reply in time")
