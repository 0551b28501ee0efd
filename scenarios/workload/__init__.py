"""The workload: a pure function of (firm, scenario, seed) that yields what people do, as flat values.

It takes no model: whatever integrates the systems, people do and mean to do the same.
"""

from __future__ import annotations

from scenarios.acts import Operation, Workload
from scenarios.ground import Ground
from scenarios.workload.deals import deals
from scenarios.workload.delivery import change_orders, milestones, purchase_requests, schedule_changes
from scenarios.workload.expenses import reports
from scenarios.workload.finance import billing_runs, finance_sittings, locks, shifts
from scenarios.workload.sittings import Diaries
from scenarios.workload.staffing import staffing
from scenarios.workload.timesheets import Timesheets, bookings, timesheets
from scenarios.workload.workers import worker_changes


def workload(ground: Ground, operations: tuple[Operation, ...] = ()) -> tuple[Workload, Timesheets]:
    """All acts on this ground, and the timesheets (whose posted part belongs to the opening)."""
    decided = deals(ground)
    changes = worker_changes(ground)
    teams = staffing(ground, tuple(deal for deal in decided if deal.won), changes)
    booked = bookings(ground, teams, changes)
    diaries = Diaries(ground)
    sheets = timesheets(ground, booked, diaries)
    found = Workload(
        deals=decided,
        staffing=tuple(act for act in teams if act.at_s < ground.calendar.end_s),
        changes=changes,
        weeks=sheets.weeks,
        reports=reports(ground, booked),
        sittings=diaries.sittings(),
        milestones=milestones(ground),
        change_orders=change_orders(ground),
        schedule_changes=schedule_changes(ground),
        purchase_requests=purchase_requests(ground),
        billing_runs=billing_runs(ground),
        finance_sittings=finance_sittings(ground),
        locks=locks(ground),
        shifts=shifts(ground),
        operations=operations,
        holding=ground.holding,
    )
    return found, sheets
