"""Billing runs, finance's two sittings a day, period locks and the shifts of the exception desk."""

from __future__ import annotations

from datetime import date

from scenarios.acts import BillingRun, FinanceSitting, Lock, Shift
from scenarios.ground import Ground

FIRST_RUNS = (1, 2, 3, 5, 7)
PARTIAL_FROM = 3
LAST = 15
_RUN, _RELEASE_H = "10:00", 2.0
_SITTINGS = ("11:00", "16:00")
_SHIFT = ("08:00", "18:00")


def billing_runs(ground: Ground) -> tuple[BillingRun, ...]:
    """BD+1, +2, +3, +5, +7 at 10:00, then each business day; from BD+3 for what is approved."""
    calendar = ground.calendar
    if not calendar.numbered:
        return ()
    cut_off, found = str(calendar.period_end), []
    for number in (*FIRST_RUNS, *range(FIRST_RUNS[-1] + 1, LAST + 1)):
        at_s = calendar.bd_at(number, _RUN)
        release_s = at_s + 3600.0 * _RELEASE_H * ground.draw("billing.release", str(number))
        found.append(
            BillingRun(
                at_s, cut_off, number >= PARTIAL_FROM, ground.staff.billing_manager, float(round(release_s))
            )
        )
    return tuple(found)


def finance_sittings(ground: Ground) -> tuple[FinanceSitting, ...]:
    """11:00 and 16:00 at headquarters on every business day."""
    return tuple(
        FinanceSitting(ground.calendar.at(day, clock), ground.staff.finance)
        for day in _business_days(ground)
        for clock in _SITTINGS
    )


def locks(ground: Ground) -> tuple[Lock, ...]:
    """Finance locks time and expense, then the ledgers, entity by entity."""
    found = []
    for close in ground.calendar.closes:
        for ledger, at_s in (("time", close.time_lock_s), ("ar_gl", close.ledger_lock_s)):
            found.append(Lock(at_s, close.entity, ground.calendar.period, ledger, ground.staff.finance))
    return tuple(sorted(found))


def shifts(ground: Ground) -> tuple[Shift, ...]:
    """The exception desk, 08 to 18 at headquarters on every business day."""
    return tuple(
        Shift(person, ground.calendar.at(day, _SHIFT[0]), ground.calendar.at(day, _SHIFT[1]))
        for day in _business_days(ground)
        for person in ground.staff.desk
    )


def _business_days(ground: Ground) -> tuple[date, ...]:
    return ground.calendar.business_days(ground.calendar.first_day, ground.calendar.last_day)
