"""Who is put on which project: teams for won deals, more people on running projects, and first work for
hires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kernel.luck import pick, poisson
from kernel.time import DAY_S
from scenarios.acts import Deal, Staffing, WorkerChange
from scenarios.ground import Ground

_HOURS = 11
_HIRE_HOURS = 24


def staffing(
    ground: Ground, won: tuple[Deal, ...], changes: tuple[WorkerChange, ...]
) -> tuple[Staffing, ...]:
    """All assignments saved in the run, in order of time; `by` is the project's manager."""
    found = (*_teams(ground, won), *_running(ground), *_hires(ground, changes))
    return tuple(sorted(found, key=lambda act: (act.at_s, act.assignment)))


def _teams(ground: Ground, won: tuple[Deal, ...]) -> Iterator[Staffing]:
    size = ground.firm.assignments_per_head * ground.firm.consultants / max(1, len(ground.projects))
    for deal in won:
        entity, lead = str(deal.given["entity"]), _lead(deal)
        heads = ground.staff.consultants[entity]
        count = 1 + poisson(ground.draw("team.size", deal.opportunity), size - 1) if size > 1 else 1
        team = dict.fromkeys(
            pick(ground.draw("team.member", f"{deal.opportunity}#{n}"), heads) for n in range(count)
        )
        start = _word(deal, "start")
        for worker in team:
            at_s = _after_win(ground, deal, worker, entity)
            yield _act(
                ground,
                deal.project,
                deal.opportunity,
                worker,
                _bill(deal),
                _HOURS,
                start,
                _word(deal, "end"),
                at_s,
                lead,
            )


def _running(ground: Ground) -> Iterator[Staffing]:
    """New people on running projects."""
    calendar, firm = ground.calendar, ground.firm
    running = [p for p in ground.projects if not p.project.startswith("HOLD-")]
    taken = {(a.project, a.worker) for a in ground.assignments}
    for key, day in ground.arrivals(
        "staffing", firm.running_staffing * firm.heads, calendar.first_day, calendar.last_day
    ):
        project = pick(ground.draw("staffing.project", key), running)
        worker = pick(ground.draw("staffing.worker", key), ground.staff.consultants[project.entity])
        if (project.project, worker) in taken or date.fromisoformat(project.end) <= day:
            continue
        taken.add((project.project, worker))
        at_s = ground.office("staffing", key, day, project.entity)
        rate = (project.bill_rate_minor, project.currency)
        start = str(day + timedelta(days=1))
        yield _act(
            ground,
            project.project,
            "",
            worker,
            rate,
            _HOURS,
            start,
            project.end,
            at_s,
            project.project_manager,
        )


def _hires(ground: Ground, changes: tuple[WorkerChange, ...]) -> Iterator[Staffing]:
    """Each hire gets a first project of the entity, on the first day of work or the day after the entry."""
    for change in changes:
        if change.kind != "hire":
            continue
        entry = ground.calendar.time.local_date(change.at_s, ground.calendar.place(change.entity).zone)
        first = max(date.fromisoformat(change.effective), entry + timedelta(days=1))
        first = ground.next_business_day(first, change.entity)
        projects = [
            p
            for p in ground.projects
            if p.entity == change.entity and p.end > str(first) and p.bill_rate_minor
        ]
        if not projects or first > ground.calendar.last_day:
            continue
        project = pick(ground.draw("hire.project", change.worker), projects)
        at_s = ground.office("hire.staffing", change.worker, first, change.entity)
        rate = (project.bill_rate_minor, project.currency)
        yield _act(
            ground,
            project.project,
            "",
            change.worker,
            rate,
            _HIRE_HOURS,
            str(first),
            project.end,
            at_s,
            project.project_manager,
        )


def _act(
    ground: Ground,
    project: str,
    opportunity: str,
    worker: str,
    rate: tuple[int, str],
    hours: int,
    start: str,
    end: str,
    at_s: float,
    lead: str,
) -> Staffing:
    name = f"A-{project}-{worker}"
    return Staffing(
        name, project, opportunity, worker, "Consultant", rate[0], rate[1], hours, start, end, at_s, lead
    )


def _after_win(ground: Ground, deal: Deal, worker: str, entity: str) -> float:
    key, firm = f"{deal.opportunity}|{worker}", ground.firm
    wait_s = DAY_S * ground.span("team.wait", key, firm.staffing_days, firm.staffing_days * 3)
    day = ground.calendar.time.local_date(
        (deal.decided_at_s or 0.0) + wait_s, ground.calendar.place(entity).zone
    )
    at_s = ground.office("team.wait", key, ground.next_business_day(day, entity), entity)
    return max(at_s, deal.decided_at_s or 0.0)


def _word(deal: Deal, name: str) -> str:
    value = deal.given[name]
    return str(deal.complete[name] if value is None else value)


def _lead(deal: Deal) -> str:
    return _word(deal, "project_manager")


def _bill(deal: Deal) -> tuple[int, str]:
    return int(deal.given["bill_rate_minor"]), str(deal.given["currency"])
