"""What happens on running projects: milestones, change orders, changed billing schedules, subcontractors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kernel.luck import pick
from kernel.money import times
from kernel.time import HOUR_S
from mocks.opening import Project
from scenarios.acts import ChangeOrder, MilestoneDone, PurchaseRequest, ScheduleChange
from scenarios.ground import Ground
from scenarios.schedules import OPEN


def milestones(ground: Ground) -> tuple[MilestoneDone, ...]:
    """Open milestones whose target falls into the run: completed up to three days later, then approved."""
    projects = {project.project: project for project in ground.projects}
    found = []
    for milestone in ground.milestones:
        target = date.fromisoformat(milestone.target)
        if milestone.status != OPEN or target > ground.calendar.last_day:
            continue
        project, key = projects[milestone.project], milestone.milestone
        day = target + timedelta(days=int(4 * ground.draw("milestone.lag", key)))
        day = ground.next_business_day(day, project.entity)
        done_s = ground.office("milestone", key, day, project.entity)
        found.append(
            MilestoneDone(
                milestone=key,
                project=project.project,
                date=str(day),
                complete_at_s=done_s,
                approve_at_s=_approval(ground, key, done_s, project.entity),
                approver=_manager(ground, project),
                by=project.project_manager,
            )
        )
    return tuple(sorted(found, key=lambda act: (act.complete_at_s, act.milestone)))


def change_orders(ground: Ground) -> tuple[ChangeOrder, ...]:
    """Approved change orders: 3 to 12 % of the contract (assumption), at the project's rate."""
    found, numbers = [], dict[str, int]()
    for key, day, project in _picked(ground, "change_order", ground.firm.change_orders):
        number = numbers[project.project] = numbers.get(project.project, 0) + 1
        hours = max(8, round(project.planned_hours * (0.03 + 0.09 * ground.draw("change_order.size", key))))
        found.append(
            ChangeOrder(
                change_order=f"{project.project}-X{number}",
                project=project.project,
                amount_minor=hours * project.bill_rate_minor,
                hours=hours,
                approver=_manager(ground, project),
                date=str(day),
                at_s=ground.office("change_order", key, day, project.entity),
            )
        )
    return tuple(sorted(found, key=lambda act: (act.at_s, act.change_order)))


def schedule_changes(ground: Ground) -> tuple[ScheduleChange, ...]:
    """Open instalments that move by a month or change by up to 10 % (assumption); each at most once."""
    waiting = [i for i in ground.instalments if i.status == OPEN and i.date > str(ground.calendar.first_day)]
    projects = {project.project: project for project in ground.projects}
    found: dict[str, ScheduleChange] = {}
    a_month = ground.firm.schedule_changes * ground.firm.scale
    for key, day in ground.arrivals("schedule", a_month, ground.calendar.first_day, ground.calendar.last_day):
        later = [i for i in waiting if i.date > str(day + timedelta(days=1))]
        if not later:
            break
        chosen = pick(ground.draw("schedule.which", key), later)
        project, moves = projects[chosen.project], ground.draw("schedule.what", key) < 0.5
        moved = date.fromisoformat(chosen.date) + timedelta(days=30 if moves else 0)
        factor = 1.0 if moves else 0.9 + 0.2 * ground.draw("schedule.amount", key)
        amount = times(chosen.amount_minor, factor, project.currency)
        at_s = ground.office("schedule", key, day, project.entity)
        act = ScheduleChange(
            chosen.instalment, chosen.project, amount, str(moved), at_s, project.project_manager
        )
        found.setdefault(chosen.instalment, act)
    return tuple(sorted(found.values(), key=lambda act: (act.at_s, act.instalment)))


def purchase_requests(ground: Ground) -> tuple[PurchaseRequest, ...]:
    """A request for each contractor who starts, on a running project."""
    found, numbers = [], dict[str, int]()
    a_month = (
        ground.firm.contractor_starts
        * ground.firm.contractor_factor
        * ground.firm.heads
        / max(ground.firm.scale, 1e-9)
    )
    for key, day, project in _picked(ground, "purchase", a_month):
        number = numbers[project.project] = numbers.get(project.project, 0) + 1
        hours = 80 + 40 * int(8 * ground.draw("purchase.hours", key))
        found.append(
            PurchaseRequest(
                request=f"{project.project}-R{number}",
                project=project.project,
                vendor=f"AGENCY{1 + int(8 * ground.draw('purchase.agency', key))}",
                amount_minor=times(hours * project.bill_rate_minor, ground.firm.cost_share, project.currency),
                currency=project.currency,
                hours=hours,
                approver=_manager(ground, project),
                at_s=ground.office("purchase", key, day, project.entity),
            )
        )
    return tuple(sorted(found, key=lambda act: (act.at_s, act.request)))


def _picked(ground: Ground, purpose: str, a_month: float) -> Iterator[tuple[str, date, Project]]:
    """(key, day, a project that runs on that day and bills something)."""
    running = [project for project in ground.projects if project.bill_rate_minor]
    first, last = ground.calendar.first_day, ground.calendar.last_day
    for key, day in ground.arrivals(purpose, a_month * ground.firm.scale, first, last):
        project = pick(ground.draw(f"{purpose}.project", key), running)
        if project.end > str(day):
            yield key, day, project


def _approval(ground: Ground, key: str, done_s: float, entity: str) -> float:
    wait_s = HOUR_S * ground.span(
        "milestone.approval", key, ground.firm.milestone_approval_h, ground.firm.milestone_approval_h * 3
    )
    day = ground.calendar.time.local_date(done_s + wait_s, ground.calendar.place(entity).zone)
    at_s = ground.office("milestone.approval", key, ground.next_business_day(day, entity), entity)
    return max(at_s, done_s + 900.0)


def _manager(ground: Ground, project: Project) -> str:
    """The project manager's manager, who is another person."""
    return ground.staff.by_key[project.project_manager].manager
