"""The company that people work in: its calendar, opening and working hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from kernel.luck import lognormal, luck
from kernel.time import HOUR_S
from mocks.opening import Opening
from scenarios.calendar import DAY, Calendar
from scenarios.firm import Firm

FIRST_H, LAST_H = 9, 18
"""The working day of most people, local hours (assumption)."""


class Company(NamedTuple):
    """What every script knows; `consultants` sizes the exception desk and the clerks' office.

    How people answer refusals are figures of the `firm`, all times `reaction_factor`.
    """

    seed: int
    calendar: Calendar
    opening: Opening
    consultants: int
    firm: Firm = Firm()

    def draw(self, purpose: str, key: str) -> float:
        """A uniform draw of a person about one thing, the same whatever the model."""
        return luck(self.seed, purpose, key)

    def fix_s(self, key: str) -> float:
        """Seconds until somebody has put right what the screen refused for this key."""
        firm = self.firm
        minutes = lognormal(self.draw("people.fix", key), firm.fix_min, firm.fix_p90_min)
        return minutes * 60.0 * firm.reaction_factor

    @property
    def exception_min(self) -> float:
        """Minutes of a person at the desk for one exception."""
        return self.firm.exception_min * self.firm.reaction_factor

    @property
    def exception_again_s(self) -> float:
        """Seconds until an exception that is still open comes up again."""
        return self.firm.exception_again_h * HOUR_S * self.firm.reaction_factor

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
        firm = self.firm
        hours = lognormal(self.draw("people.owner", key), firm.owner_h, firm.owner_p90_h)
        return self.after_working_hours(now_s, hours * firm.reaction_factor, entity)

    def _local(self, now_s: float, entity: str) -> date:
        return self.calendar.time.local_date(now_s, self.calendar.place(entity).zone)
