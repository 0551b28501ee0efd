"""The company that people work in: its calendar, opening and working hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from kernel.luck import lognormal, luck
from kernel.time import HOUR_S
from mocks.opening import Opening
from scenarios.calendar import DAY, Calendar

FIRST_H, LAST_H = 9, 18
"""The working day of most people, local hours (assumption)."""

FIX_MEDIAN_S, FIX_P90_S = 15 * 60.0, 4 * HOUR_S
"""How long a person takes who sees a refusal on the screen (semantics §3)."""

OWNER_MEDIAN_H, OWNER_P90_H = 6.0, 18.0
"""Working hours until an owner settles what the desk sent on: median semantics §3, p90 an assumption."""


class Company(NamedTuple):
    """What every script knows; `consultants` sizes the exception desk and the clerks' office."""

    seed: int
    calendar: Calendar
    opening: Opening
    consultants: int

    def draw(self, purpose: str, key: str) -> float:
        """A uniform draw of a person about one thing, the same whatever the model."""
        return luck(self.seed, purpose, key)

    def fix_s(self, key: str) -> float:
        """Seconds until somebody has put right what the screen refused for this key."""
        return lognormal(self.draw("people.fix", key), FIX_MEDIAN_S, FIX_P90_S)

    def next_morning(self, now_s: float, entity: str, who: str) -> float:
        """When this person sits down on the next working day (within the first hour)."""
        calendar = self.calendar
        day = self._local(now_s, entity) + DAY
        while not calendar.is_business_day(day, entity):
            day += DAY
        return calendar.at(day, f"{FIRST_H:02d}:00", entity) + self.draw("people.morning", who) * HOUR_S

    def after_working_hours(self, now_s: float, hours: float, entity: str = "") -> float:
        """The instant when so many working hours of that entity have passed."""
        calendar, left_s, day = self.calendar, hours * HOUR_S, self._local(now_s, entity)
        while True:
            if calendar.is_business_day(day, entity):
                from_s = max(now_s, calendar.at(day, f"{FIRST_H:02d}:00", entity))
                until_s = calendar.at(day, f"{LAST_H:02d}:00", entity)
                if until_s - from_s >= left_s:
                    return from_s + left_s
                left_s -= max(0.0, until_s - from_s)
            day += timedelta(days=1)

    def owner_s(self, now_s: float, key: str, entity: str = "") -> float:
        """When the owner has settled what the desk sent on at `now_s`."""
        hours = lognormal(self.draw("people.owner", key), OWNER_MEDIAN_H, OWNER_P90_H)
        return self.after_working_hours(now_s, hours, entity)

    def _local(self, now_s: float, entity: str) -> date:
        return self.calendar.time.local_date(now_s, self.calendar.place(entity).zone)
