"""The ground that opening and workload stand on: firm, calendar, staff, running projects, and instants of
people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kernel.luck import lognormal, luck, poisson, weighted
from kernel.time import HOUR_S
from mocks.opening import Assignment, Customer, Instalment, Milestone, Project
from scenarios.calendar import Calendar
from scenarios.firm import Firm, LegalEntity
from scenarios.staff import Staff

WORK_DAYS_A_MONTH = 21.0
BACKLOG_S = 600.0
_OFFICE_HOURS = (
    (9, 1.2),
    (10, 1.5),
    (11, 1.4),
    (12, 0.6),
    (13, 0.9),
    (14, 1.4),
    (15, 1.3),
    (16, 1.2),
    (17, 0.8),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """`projects`, `milestones`, ... are those of the opening. `busy` = month-end multipliers of people are
    on."""

    firm: Firm
    calendar: Calendar
    seed: int
    staff: Staff
    customers: tuple[Customer, ...]
    projects: tuple[Project, ...]
    milestones: tuple[Milestone, ...]
    instalments: tuple[Instalment, ...]
    assignments: tuple[Assignment, ...]
    holding: Mapping[str, str]
    busy: bool
    quarter_end: bool
    _midnights: dict[tuple[date, str], float] = field(default_factory=dict)

    def draw(self, purpose: str, key: str) -> float:
        """A uniform draw of this seed."""
        return luck(self.seed, purpose, key)

    def span(self, purpose: str, key: str, median: float, p90: float) -> float:
        """A lognormal duration, in the unit given."""
        return lognormal(luck(self.seed, purpose, key), median, p90)

    def instant(self, day: date, hour: float, entity: str = "") -> float:
        """Seconds at an hour of a day in the entity's zone (counted from its midnight)."""
        midnight = self._midnights.get((day, entity))
        if midnight is None:
            midnight = self._midnights[(day, entity)] = self.calendar.at(day, "00:00", entity)
        return float(round(midnight + hour * HOUR_S))

    def office(self, purpose: str, key: str, day: date, entity: str = "") -> float:
        """Some instant of office hours on that day.

        A morning further east is over when headquarters' first day begins: then it is just after the backlog.
        """
        hour = weighted(luck(self.seed, f"{purpose}.hour", key), _OFFICE_HOURS)
        minute = luck(self.seed, f"{purpose}.minute", key)
        at_s = self.instant(day, hour + minute, entity)
        return at_s if at_s >= BACKLOG_S else float(round(BACKLOG_S * (1.0 + minute)))

    def next_business_day(self, day: date, entity: str = "") -> date:
        """That day, or the first business day after it."""
        while not self.calendar.is_business_day(day, entity):
            day += timedelta(days=1)
        return day

    def arrivals(
        self,
        purpose: str,
        a_month: float,
        first: date,
        last: date,
        weight: Callable[[date], float] | None = None,
    ) -> Iterator[tuple[str, date]]:
        """(key, day) of a Poisson stream over the business days at headquarters; keys are unique per
        purpose."""
        mean = a_month / WORK_DAYS_A_MONTH
        for day in self.calendar.business_days(first, last):
            today = mean if weight is None else mean * weight(day)
            for number in range(poisson(self.draw(purpose, str(day)), today)):
                yield f"{day}#{number}", day

    def entity_of(self, purpose: str, key: str) -> LegalEntity:
        """A legal entity by its share of heads."""
        shares = [(entity, entity.share) for entity in self.firm.entities]
        return weighted(self.draw(f"{purpose}.entity", key), shares)

    def backlog(self, key: str, at_s: float) -> float:
        """The instant itself, or for one before the start some instant of the first ten minutes."""
        return at_s if at_s >= 0.0 else float(round(BACKLOG_S * self.draw("backlog", key)))
