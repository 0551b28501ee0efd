"""In which run of a schedule something was paid, would have been, and was: the model against reality.

A hand-over was paid in a run where its recorded payment lies within one hour of the run's instant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
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


def same_run_share(
    history: History, schedule: ScheduleSetting, posted: Mapping[str, float], start_unix_s: float
) -> float:
    """The share of paid hand-overs whose posting lands in exactly the run in which they were really paid.

    `posted` maps the report's business key (`report_key`) to the instant of its posting in the ERP's
    journal, seconds since the start. What was not posted counts as a miss.
    """
    runs = run_instants(schedule, history.first_at, history.last_at)
    paid = history.paid
    hits = 0
    for case in paid:
        at_s = posted.get(report_key(case))
        if at_s is None or case.paid_at is None:
            continue
        run = _recorded_run(runs, case.paid_at)
        hits += run is not None and 0.0 <= start_unix_s + at_s - run <= WITHIN_S
    return hits / len(paid) if paid else 0.0


def report_key(case: Case) -> str:
    """The business key under which a case is played."""
    return f"E-{case.case}"


def _recorded_run(runs: Sequence[float], paid_at: float) -> float | None:
    """The run within one hour of a payment, None where it was paid outside the schedule."""
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
