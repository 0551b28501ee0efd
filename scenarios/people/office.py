"""The clerks' office of the `manual` baseline: a pile of jobs, worked off in turn by two shifts.

exports (worklists.py) ──> pile ──> clerks, 07-15 and 14-22 HQ time ──> ERP and PSA, keyed by hand
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from heapq import heappop, heappush
from typing import NamedTuple

from kernel.time import DAY_S
from scenarios.people.asking import Part
from scenarios.people.company import Company
from scenarios.script import Begin, Script, Scripted, Spent, Until

SHIFTS = (("07:00", "15:00"), ("14:00", "22:00"))
"""Two shifts, HQ time (assumption)."""

PRODUCTIVE_MIN = 7 * 60.0
"""Minutes a clerk works in a shift of eight hours (assumption)."""

MEAN_LOAD = 0.85
"""Mean load for which the office is staffed (semantics §7)."""

IDLE_S = 900.0
"""How often an idle clerk looks at the pile (assumption)."""

BACKLOG_JOBS = 40
"""With more jobs than this in the pile clerks hurry, and err as busy ones do (assumption)."""


class Job(NamedTuple):
    """Something to key in: `act` is done when the minutes have passed; its argument says (clerk, busy)."""

    ready_s: float
    number: int
    minutes: float
    flow: str
    key: str
    act: Callable[[str, bool], Part[None]]


class Pile:
    """The jobs that wait, in order of when they may begin and arrived; one pile a run."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._number = 0

    def put(
        self, ready_s: float, minutes: float, flow: str, key: str, act: Callable[[str, bool], Part[None]]
    ) -> None:
        """Adds a job that may begin at `ready_s`."""
        self._number += 1
        heappush(self._jobs, Job(ready_s, self._number, minutes, flow, key, act))

    def take(self, now_s: float) -> Job | None:
        """The next job that may begin now."""
        if self._jobs and self._jobs[0].ready_s <= now_s:
            return heappop(self._jobs)
        return None

    def busy(self, now_s: float, month_end_s: tuple[float, float] | None) -> bool:
        """Whether clerks hurry: in the month-end window, or before a high pile."""
        if len(self._jobs) > BACKLOG_JOBS and self._jobs[0].ready_s <= now_s:
            return True
        return month_end_s is not None and month_end_s[0] <= now_s < month_end_s[1]


def head_count(minutes: float, company: Company) -> int:
    """How many clerks so much keying in this run needs at the mean load; at least one a shift."""
    days = len(_days(company))
    return max(len(SHIFTS), math.ceil(minutes / (max(1, days) * PRODUCTIVE_MIN * MEAN_LOAD)))


def staff(count: int, pile: Pile, company: Company) -> Iterator[Begin]:
    """Starts the clerks, spread over the shifts."""
    for number in range(count):
        clerk = f"clerk-{number + 1}"
        script = partial(clerking, clerk, SHIFTS[number % len(SHIFTS)], pile, company)
        yield Begin(Scripted("clerk", clerk, 0.0, script))


def clerking(clerk: str, shift: tuple[str, str], pile: Pile, company: Company) -> Script:
    """One clerk, shift after shift; a job that was begun is finished."""
    calendar = company.calendar
    for day in _days(company):
        until_s = calendar.at(day, shift[1])
        now_s: float = yield Until(calendar.at(day, shift[0]))
        while now_s < until_s:
            job = pile.take(now_s)
            if job is None:
                now_s = yield Until(min(now_s + IDLE_S, until_s))
                continue
            busy = pile.busy(now_s, calendar.month_end_s)
            yield Until(now_s + job.minutes * 60.0 * 480.0 / PRODUCTIVE_MIN)
            yield Spent("clerk", "rekey", job.minutes, job.flow, job.key)
            yield from job.act(clerk, busy)
            now_s = yield Until(0.0)


def _days(company: Company) -> tuple[date, ...]:
    calendar = company.calendar
    last = calendar.time.local_date(calendar.end_s - DAY_S / 2, calendar.hq.zone)
    return calendar.business_days(calendar.first_day, last)
