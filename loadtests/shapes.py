"""Load shapes: who of the firm comes, and when, as pure functions of the calendar.

The workload is the calendar's own: acts are due when the firm's people do them. A shape may hold people back
(`most`, `steps`) and may have them come later than they would (`rushes`); it never invents an act, since each
one has its business key, and never has one done before its time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kernel.luck import luck
from kernel.time import DAY_S, HOUR_S
from scenarios.calendar import Calendar
from scenarios.script import Persona

_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Rush:
    """Those personas who would come within `over_s` before a deadline come within its last `within_s`.

    Their order stays: who is due d before the deadline comes d x within / over before it.
    """

    personas: frozenset[Persona]
    deadlines: Callable[[Calendar], Iterable[float]]
    over_s: float
    within_s: float

    def due_s(self, at_s: float, deadlines: Iterable[float]) -> float:
        """When somebody comes who would come at `at_s`; never earlier."""
        for deadline_s in deadlines:
            if 0.0 < deadline_s - at_s < self.over_s:
                return deadline_s - (deadline_s - at_s) * self.within_s / self.over_s
        return at_s


@dataclass(frozen=True, slots=True)
class Shape:
    """`most`: share of the people who come at all. `steps`: the window has as many parts of equal length; one
    more of as many shares of these people comes in each, all of them in the last.
    """

    most: float = 1.0
    steps: int = 1
    rushes: tuple[Rush, ...] = ()

    def step(self, progress: float) -> int:
        """Which step it is, from 1, by the share of the window that has passed."""
        return min(self.steps, math.floor(max(0.0, progress) * self.steps) + 1)

    def share(self, step: int) -> float:
        """Which share of the firm's people comes in that step."""
        return self.most * step / self.steps

    def comes(self, seed: int, root: int, progress: float) -> bool:
        """Whether somebody who is next due then is played: scripts of one root come together, by luck."""
        return luck(seed, "who comes to the load test", str(root)) < self.share(self.step(progress))

    def on(self, calendar: Calendar) -> Callable[[Persona, float], float]:
        """When a persona comes who would come at an instant of this calendar."""
        rushes = [(rush, tuple(rush.deadlines(calendar))) for rush in self.rushes]

        def due_s(persona: Persona, at_s: float) -> float:
            for rush, deadlines in rushes:
                if persona in rush.personas:
                    at_s = rush.due_s(at_s, deadlines)
            return at_s

        return due_s


def fridays(clock: str) -> Callable[[Calendar], tuple[float, ...]]:
    """That time of every Friday at headquarters."""

    def deadlines(calendar: Calendar) -> tuple[float, ...]:
        days = calendar.business_days(calendar.first_day, calendar.last_day)
        return tuple(calendar.at(day, clock) for day in days if day.weekday() == _FRIDAY)

    return deadlines


def business_day(number: int, clock: str) -> Callable[[Calendar], tuple[float, ...]]:
    """That time of a numbered business day; never where the period has none."""

    def deadlines(calendar: Calendar) -> tuple[float, ...]:
        return (calendar.bd_at(number, clock),) if calendar.numbered else ()

    return deadlines


MONTH_END = Shape()

_HAND_IN = Rush(frozenset({"consultant", "approver"}), business_day(1, "12:00"), DAY_S, HOUR_S)
_CLOSE = Rush(
    frozenset({"billing manager", "finance controller"}), business_day(5, "18:00"), DAY_S, 2 * HOUR_S
)

MONTH_END_SPIKE = Shape(rushes=(_HAND_IN,))
QUARTER_END = Shape(rushes=(_HAND_IN, _CLOSE))
FRIDAY_AFTERNOON = Shape(
    rushes=(Rush(frozenset({"consultant"}), fridays("19:00"), DAY_S / 2.0, HOUR_S / 2.0),)
)
SOAK = Shape(most=0.5)
STEP = Shape(steps=10)
SHAPES = (MONTH_END, MONTH_END_SPIKE, FRIDAY_AFTERNOON, QUARTER_END, SOAK, STEP)
