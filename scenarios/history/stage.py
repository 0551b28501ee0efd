"""A history on the stage: its calendar, the ground on which it happened, and its cases as expense reports.

Each case is submitted when the log says, and approved at the recorded hand-over: from then on it is due. A
case whose final approval the log does not know is approved by its own submitter, so that the audit reports
it as unauthorised.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.errors import InputError
from kernel.luck import luck, pick
from kernel.money import minor, smallest, times
from mocks.opening import Project
from scenarios.acts import Line, Report, Workload
from scenarios.calendar import Calendar, plain
from scenarios.firm import Firm
from scenarios.ground import Ground
from scenarios.history.cases import Case, History
from scenarios.history.runs import report_key
from scenarios.opening_of import ground_of
from scenarios.period import hq_of, places_of
from scenarios.portfolio import METHODS
from scenarios.scenario import Scenario
from scenarios.workload.finance import shifts

AFTER_DAYS = 10
_YEAR = timedelta(days=366)


def calendar_of(scenario: Scenario, firm: Firm, log: History) -> Calendar:
    """From the day before the first event to ten days after the last one, or as the scenario says."""
    zone = ZoneInfo(firm.hq_zone)
    first = scenario.first_day or _day(log.first_at, zone) - timedelta(days=1)
    last = scenario.last_day or _day(log.last_at, zone) + timedelta(days=AFTER_DAYS)
    return plain(first, last, hq_of(firm), places_of(firm))


def history_ground(firm: Firm, calendar: Calendar, seed: int) -> Ground:
    """The firm's ground with projects that live as long as the log and bill nothing."""
    ground = ground_of(firm, calendar, seed)
    start, end = str(calendar.first_day - _YEAR), str(calendar.last_day + _YEAR)
    projects = tuple(_lasting(p, start, end) for p in ground.projects)
    assignments = tuple(a._replace(start=start, end=end, bill_rate_minor=0) for a in ground.assignments)
    return replace(ground, projects=projects, assignments=assignments, milestones=(), instalments=())


def _lasting(project: Project, start: str, end: str) -> Project:
    changed = project._replace(
        start=start, end=end, billing_method=METHODS[0], contract_minor=0, bill_rate_minor=0
    )
    return changed._replace(hours_to_date_centi=0, cost_to_date_minor=0, revenue_to_date_minor=0)


def within(log: History, calendar: Calendar) -> History:
    """The history inside the calendar; the cases outside are counted as skipped. Raises InputError if none
    is left."""
    start, end = calendar.time.start_unix_s, calendar.time.start_unix_s + calendar.end_s
    kept = tuple(case for case in log.cases if start <= case.submitted_at and case.handed_over_at < end)
    if not kept:
        raise InputError(log.source, "no case lies in the scenario's days", "widen first_day and last_day")
    skipped = dict(log.skipped)
    if len(kept) < len(log.cases):
        skipped["outside the scenario's days"] = len(log.cases) - len(kept)
    return log._replace(cases=kept, skipped=skipped)


def history_workload(ground: Ground, log: History) -> Workload:
    """Every case of the log as an expense report; nobody does anything else."""
    staff = {a.worker: a.project for a in ground.assignments}
    heads = sorted(staff)
    leads = {p.project: p for p in ground.projects}
    reports = []
    for case in log.cases:
        worker = pick(luck(ground.seed, "history.worker", case.case), heads)
        project = leads[staff[worker]]
        reports.append(
            _report(ground, case, worker, project.project, project.project_manager, project.entity)
        )
    reports.sort(key=lambda report: (report.submit_at_s, report.report))
    return Workload(reports=tuple(reports), shifts=shifts(ground), holding=ground.holding)


def _report(ground: Ground, case: Case, worker: str, project: str, approver: str, entity: str) -> Report:
    start = ground.calendar.time.start_unix_s
    submit_s, approve_s = case.submitted_at - start, case.handed_over_at - start
    own = case.approved_at is None
    day = str(ground.calendar.time.local_date(submit_s, ground.calendar.place(entity).zone))
    currency = ground.firm.entity(entity).currency
    amount = max(smallest(currency), times(minor(case.amount), 1, currency))
    line = Line(1, "Travel", day, amount, True, "as recorded", False, "")
    return Report(
        report=report_key(case),
        worker=worker,
        project=project,
        opportunity="",
        entity=entity,
        currency=currency,
        lines=(line,),
        repaired=None,
        approver=worker if own else approver,
        submit_at_s=max(0.0, min(submit_s, approve_s - 60.0)),
        rejected="",
        resubmit_h=0.0,
        recall_h=None,
        approve_at_s=approve_s,
        submitter_approves=own,
    )


def _day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()
