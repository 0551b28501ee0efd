"""A scenario's own schedule for a workflow; every pattern that schedules then uses it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ScheduleSetting:
    """Runs at `times` (`HH:MM`, in `zone`) on `weekdays` (0 = Monday; none = every day), or every
    `every_min` minutes.

    A run takes only what was handed over at least `cut_off_h` hours before it. `zone` "" is headquarters'.
    `cut_off_runs`: the runs at the approval cut-offs take place besides, as without an own schedule.
    """

    times: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    zone: str = ""
    cut_off_h: float = 0.0
    every_min: float | None = None
    cut_off_runs: bool = True

    def at(self, hq_zone: str) -> ScheduleSetting:
        """The schedule with its zone."""
        return self if self.zone else replace(self, zone=hq_zone)
