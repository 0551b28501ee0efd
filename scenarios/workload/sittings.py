"""When approvers sit: the first day of a week, most other days, every day around a busy month-end, and before
the approval cut-off."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from scenarios.acts import Sitting
from scenarios.ground import Ground

LOOK_BACK_DAYS = 24
_MONDAY = (10.0, 17.0)
_OTHER = (9.0, 17.5)
_REMINDED_H = 4.0


class Diaries:
    """The sittings of every approver, past ones too (they say what was approved before the start)."""

    def __init__(self, ground: Ground) -> None:
        self._times: Mapping[str, list[float]] = {
            lead: sorted(_times(ground, lead, entity))
            for entity, leads in ground.staff.project_managers.items()
            for lead in leads
        }

    def after(self, approver: str, at_s: float) -> float:
        """The first sitting after an instant; infinity where there is none."""
        times = self._times.get(approver, [])
        place = bisect_right(times, at_s)
        return times[place] if place < len(times) else float("inf")

    def sittings(self) -> tuple[Sitting, ...]:
        """All from the start on, in order of time."""
        found = [Sitting(who, at_s) for who, times in self._times.items() for at_s in times if at_s >= 0.0]
        return tuple(sorted(found, key=lambda sitting: (sitting.at_s, sitting.approver)))


def _times(ground: Ground, lead: str, entity: str) -> Iterator[float]:
    calendar = ground.calendar
    cut_off, busy = _close_days(ground, entity)
    first = calendar.first_day - timedelta(days=LOOK_BACK_DAYS)
    for day in calendar.business_days(first, calendar.last_day, entity):
        key = f"{lead}@{day}"
        if day == cut_off:
            yield ground.instant(
                day, 12.0 - _REMINDED_H + (_REMINDED_H - 0.25) * ground.draw("sitting.cut_off", key), entity
            )
        first_of_week = calendar.place_in_week(day, entity) == 0
        if first_of_week or day in busy or ground.draw("sitting.day", key) < ground.firm.sitting_share:
            from_h, until_h = _MONDAY if first_of_week else _OTHER
            yield ground.instant(day, from_h + (until_h - from_h) * ground.draw("sitting.hour", key), entity)


def _close_days(ground: Ground, entity: str) -> tuple[date | None, frozenset[date]]:
    if not ground.calendar.numbered:
        return None, frozenset()
    bd = ground.calendar.bd
    return bd(1, entity), frozenset(bd(n, entity) for n in (-1, 1, 2, 3)) if ground.busy else frozenset()
