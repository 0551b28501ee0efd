"""Schedules as instants: daily times in a zone, weekdays, or every so many minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kernel.time import BusinessTime
from pipeline.settings import CUT_OFF_WORKFLOWS, Schedule, Settings


def instants(time: BusinessTime, schedule: Schedule, zone: str, after_s: float = -1.0) -> Iterator[float]:
    """The run instants after `after_s`, for ever."""
    if schedule.every_min > 0:
        step_s = schedule.every_min * 60.0
        number = int(after_s // step_s) + 1
        while True:
            yield number * step_s
            number += 1
    zone = schedule.zone or zone
    day = time.local_date(max(after_s, 0.0), zone)
    while True:
        if not schedule.weekdays or day.weekday() in schedule.weekdays:
            for clock in sorted(schedule.times):
                at_s = time.at(day, clock, zone)
                if at_s > after_s:
                    yield at_s
        day += timedelta(days=1)


def runs(settings: Settings, workflow: str) -> Iterator[float]:
    """A workflow's batch runs: its schedule's, and the cut-off runs unless the schedule leaves them out."""
    schedule = settings.schedule(workflow)
    daily = instants(settings.time, schedule, settings.hq_zone)
    extra = settings.cut_off_runs if workflow in CUT_OFF_WORKFLOWS and schedule.cut_off_runs else ()
    waiting = sorted(extra)
    for at_s in daily:
        while waiting and waiting[0] < at_s:
            yield waiting.pop(0)
        if waiting and waiting[0] == at_s:
            waiting.pop(0)
        yield at_s
