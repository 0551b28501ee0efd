"""The opening of a firm: what its systems hold at BD-10, a pure function of (firm, scenario, seed)."""

from __future__ import annotations

from mocks.opening import Entity, Opening, PeriodState, PostedTime, Rate
from scenarios.calendar import Calendar
from scenarios.firm import Firm
from scenarios.ground import Ground
from scenarios.portfolio import portfolio
from scenarios.staff import staff


def ground_of(firm: Firm, calendar: Calendar, seed: int) -> Ground:
    """Staff and running projects on the calendar's first day."""
    first = calendar.first_day
    people = staff(firm, seed, str(first))
    running = portfolio(firm, seed, people, first, calendar.period)
    busy = calendar.month_end_s is not None
    return Ground(
        firm=firm,
        calendar=calendar,
        seed=seed,
        staff=people,
        customers=running.customers,
        projects=running.projects,
        milestones=running.milestones,
        instalments=running.instalments,
        assignments=running.assignments,
        holding=running.holding,
        busy=busy,
        quarter_end=busy and calendar.period[5:] in {"03", "06", "09", "12"},
    )


def opening_of(ground: Ground, posted: tuple[PostedTime, ...]) -> Opening:
    """Everything that stands when the run begins; hours and money to date end with the period before."""
    firm, calendar = ground.firm, ground.calendar
    return Opening(
        period=calendar.period,
        hq_zone=firm.hq_zone,
        entities=tuple(Entity(e.entity, e.name, e.currency, e.zone, e.country) for e in firm.entities),
        rates=rates_of(firm),
        periods=tuple(PeriodState(*lock) for lock in calendar.locks),
        customers=ground.customers,
        workers=ground.staff.workers,
        projects=ground.projects,
        milestones=ground.milestones,
        instalments=ground.instalments,
        assignments=ground.assignments,
        posted_time=posted,
    )


def rates_of(firm: Firm) -> tuple[Rate, ...]:
    """Each currency once, at its period-end rate."""
    found = {"USD": "1", **{entity.currency: entity.to_usd for entity in firm.entities}}
    return tuple(Rate(currency, to_usd) for currency, to_usd in found.items())
