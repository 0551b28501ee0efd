"""In which run of a schedule something was paid, would have been, and was: the model against reality.

A hand-over was paid in a run where its recorded payment lies within one hour of the run's instant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scenarios.history.cases import HOUR_S, Case, History
from scenarios.schedule import ScheduleSetting

WITHIN_S = HOUR_S


def run_instants(schedule: ScheduleSetting, from_at: float, until_at: float) -> list[float]:
    """The runs as Unix seconds from the day of `from_at` to 30 days after `until_at`."""
    zone = ZoneInfo(schedule.zone)
    day = datetime.fromtimestamp(from_at, zone).date()
    last = datetime.fromtimestamp(until_at, zone).date() + timedelta(days=30)
    found = []
    while day <= last:
        if not schedule.weekdays or day.weekday() in schedule.weekdays:
            found += [_instant(day, clock, zone) for clock in schedule.times]
        day += timedelta(days=1)
    return sorted(found)


def schedule_share(history: History, schedule: ScheduleSetting) -> float:
    """The share of paid hand-overs that the bare schedule explains: first run at or after hand-over plus
    cut-off."""
    runs = run_instants(schedule, history.first_at, history.last_at)
    paid = history.paid
    hits = sum(
        _near(case.paid_at, _first(runs, case.handed_over_at + schedule.cut_off_h * HOUR_S)) for case in paid
    )
    return hits / len(paid) if paid else 0.0


class SameRun(NamedTuple):
    """Of the paid hand-overs: those posted in exactly the run in which they were really paid, and what
    explains the rest. The counts sum to `paid`."""

    paid: int
    same: int = 0
    outside: int = 0
    earlier: int = 0
    later: int = 0
    unapproved: int = 0
    never: int = 0

    @property
    def share(self) -> float:
        """The share in the same run."""
        return self.same / self.paid if self.paid else 0.0

    def __str__(self) -> str:
        told = (
            ("posted in exactly the run in which they were really paid", self.same),
            ("really paid outside every run of the schedule", self.outside),
            ("posted before the run in which they were really paid", self.earlier),
            ("posted after it", self.later),
            ("never posted, since the log knows no final approval", self.unapproved),
            ("never posted for another reason", self.never),
        )
        parts = [f"{what} {count:,} ({count / self.paid:.1%})" for what, count in told if count]
        return "; ".join([f"paid hand-overs {self.paid:,}", *parts])


def same_run(
    history: History, schedule: ScheduleSetting, posted: Mapping[str, float], start_unix_s: float
) -> SameRun:
    """Which paid hand-overs are posted in exactly the run in which they were really paid, and which are not.

    `posted` maps the report's business key (`report_key`) to the instant of its posting in the ERP's
    journal, seconds since the start.
    """
    runs = run_instants(schedule, history.first_at, history.last_at)
    counts = Counter[str]()
    for case in history.paid:
        at_s = posted.get(report_key(case))
        counts[_why(case, None if at_s is None else start_unix_s + at_s, runs)] += 1
    return SameRun(len(history.paid), **counts)


def _why(case: Case, posted_at: float | None, runs: Sequence[float]) -> str:
    """A field of SameRun. A payment outside the schedule can be met by no run."""
    run = _recorded_run(runs, case.paid_at)
    if run is None:
        return "outside"
    if posted_at is None:
        return "never" if case.approved_at is not None else "unapproved"
    if posted_at < run:
        return "earlier"
    return "same" if posted_at - run <= WITHIN_S else "later"


def report_key(case: Case) -> str:
    """The business key under which a case is played."""
    return f"E-{case.case}"


def _recorded_run(runs: Sequence[float], paid_at: float | None) -> float | None:
    """The run within one hour of a payment, None where it was paid outside the schedule."""
    if paid_at is None:
        return None
    place = bisect_left(runs, paid_at)
    near = [run for run in runs[max(0, place - 1) : place + 1] if abs(paid_at - run) <= WITHIN_S]
    return min(near, key=lambda run: abs(paid_at - run)) if near else None


def _first(runs: Sequence[float], at: float) -> float:
    place = bisect_left(runs, at)
    return runs[place] if place < len(runs) else float("inf")


def _near(paid_at: float | None, run: float) -> bool:
    return paid_at is not None and abs(paid_at - run) <= WITHIN_S


def _instant(day: date, clock: str, zone: ZoneInfo) -> float:
    hour, minute = (int(part) for part in clock.split(":"))
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return local.astimezone(UTC).timestamp()
