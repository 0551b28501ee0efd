"""Pace: which instant of the play it is now, on the wall's clock; processes that share one have one time.

    now_s = at_s + (clock - epoch_s) x speed

`epoch_s` is a reading of the clock at which the play leaves `at_s`. On one machine the clock is its
monotonic one, which nobody turns; processes on several machines share the wall's.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from kernel.time import TICK_S

Clock = Callable[[], float]

MONOTONIC: Clock = time.monotonic  # noqa: TID251 (the one place where the wall's time comes in)
WALL: Clock = time.time  # noqa: TID251


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` seconds of the play pass in one of the wall. Raises ValueError where time would stand still."""

    speed: float = 1.0
    at_s: float = 0.0
    epoch_s: float = 0.0
    clock: Clock = MONOTONIC

    def __post_init__(self) -> None:
        if not 0.0 < self.speed < math.inf:
            raise ValueError(f"speed must be above 0, not {self.speed}")

    @classmethod
    def from_now(cls, speed: float = 1.0, at_s: float = 0.0, in_wall_s: float = 0.0) -> Pace:
        """The play stands at `at_s` so many wall seconds from now."""
        return cls(speed, at_s, MONOTONIC() + in_wall_s)

    @classmethod
    def halted(cls, speed: float, at_s: float) -> Pace:
        """The play stands at `at_s` until another pace is told."""
        return cls(speed, at_s, math.inf)

    def now_s(self) -> float:
        """Seconds since the start of the play, down to a tick; `at_s` until the epoch comes."""
        passed_s = self.clock() - self.epoch_s
        if passed_s <= 0.0:
            return self.at_s
        return math.floor((self.at_s + passed_s * self.speed) / TICK_S) * TICK_S

    def wall_s(self, wait_s: float) -> float:
        """How long a wait of the play lasts on the wall."""
        return wait_s / self.speed
