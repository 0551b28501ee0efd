"""How long an item usually waits at most for the next start, by pattern: from the settings alone, so no
evidence.

    scheduled or polled every T hours      0.95 T, the 95th percentile of a uniform wait
    pushed by a hook or a channel          0

It is the theory that the report's choices are held against (`reports/choice.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.models import Model
from pipeline.settings import Schedule, Settings

_BRIDGED = {"worker_alignment": "workday", "portfolio_reporting": "netsuite"}
"""Workflows whose source has neither hook nor channel: push is a poll there."""
_SHARE = 0.95


def waits(
    settings: Settings, models: Iterable[Model], workflows: Iterable[str]
) -> dict[str, dict[str, float]]:
    """Workflow to pattern to hours; patterns that nobody integrates are left out."""
    tables = [model.workflows for model in models]
    return {
        workflow: {
            pattern: wait
            for pattern in dict.fromkeys(table[workflow] for table in tables)
            if (wait := _wait(settings, workflow, pattern)) is not None
        }
        for workflow in workflows
    }


def _wait(settings: Settings, workflow: str, pattern: str) -> float | None:
    """Of a double pattern the shorter, since its second way exists to be quicker."""
    known: Mapping[str, float] = {
        "batch": _SHARE * longest_gap_h(settings.schedule(workflow)),
        "api": _polled(settings, workflow, "api"),
        "event": _polled(settings, workflow, "event"),
    }
    parts = [known[part] for part in pattern.split("+") if part in known]
    return min(parts, default=None)


def _polled(settings: Settings, workflow: str, pattern: str) -> float:
    if workflow not in _BRIDGED:
        return 0.0
    return _SHARE * settings.interval_s(pattern, workflow, _BRIDGED[workflow]) / 3600.0


def longest_gap_h(schedule: Schedule) -> float:
    """The longest time between two runs, days that are left out counted."""
    if schedule.every_min:
        return schedule.every_min / 60.0
    days = schedule.weekdays or tuple(range(7))
    starts = sorted(24.0 * day + _hour(time) for day in days for time in schedule.times)
    following = [*starts[1:], starts[0] + 168.0]
    return max(later - earlier for earlier, later in zip(starts, following, strict=True))


def _hour(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60.0
