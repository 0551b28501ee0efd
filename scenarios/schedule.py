"""A scenario's own schedule for a workflow; every pattern that schedules then uses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScheduleSetting:
    """Runs at `times` (`HH:MM`, in `zone`) on `weekdays` (0 = Monday; none = every day), or every
    `every_min` minutes.

    A run takes only what was handed over at least `cut_off_h` hours before it.
    """

    times: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    zone: str = "America/New_York"
    cut_off_h: float = 0.0
    every_min: float | None = None
