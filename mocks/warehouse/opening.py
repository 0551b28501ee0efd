"""The opening as the warehouse holds it: every fact of the other systems, visible before the run begins."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.money import worth
from mocks.opening import Opening, PostedTime, Project, Worker
from mocks.warehouse.shelf import Fact, Shelf

_BEFORE_S = -40 * 86400.0


def load(shelf: Shelf, opening: Opening) -> None:
    """Workers and projects, then posted time in order of approval."""
    for fact in (*_workers(opening), *_projects(opening), *_time(opening)):
        shelf.put(fact)


def _workers(opening: Opening) -> Iterator[Fact]:
    for worker in opening.workers:
        values = {**worker._asdict(), "active": True}
        yield Fact("workday", worker.worker, 1, "worker", _BEFORE_S, _BEFORE_S, values)


def _projects(opening: Opening) -> Iterator[Fact]:
    for project in opening.projects:
        values = {**project._asdict(), "contract_version": 1, "status": "open"}
        yield Fact("salesforce", project.project, 1, "project", _BEFORE_S, _BEFORE_S, values)


def _time(opening: Opening) -> Iterator[Fact]:
    rates = {(a.project, a.worker): a.bill_rate_minor for a in opening.assignments}
    projects = {project.project: project for project in opening.projects}
    workers = {worker.worker: worker for worker in opening.workers}
    for posted in sorted(opening.posted_time, key=lambda posted: posted.approved_at_s):
        project = projects[posted.project]
        rate_minor = rates.get((posted.project, posted.worker), project.bill_rate_minor)
        yield _timecard(posted, project, workers[posted.worker], rate_minor)


def _timecard(posted: PostedTime, project: Project, worker: Worker, rate_minor: int) -> Fact:
    hours = sum(posted.hours_centi)
    values = {
        "project": posted.project,
        "worker": posted.worker,
        "entity": project.entity,
        "week_start": posted.week_start,
        "hours_centi": hours,
        "billable_centi": hours,
        "bill_minor": worth(rate_minor, hours, project.currency),
        "currency": project.currency,
        "cost_minor": worth(worker.cost_rate_minor, hours, worker.currency),
        "cost_currency": worker.currency,
    }
    at_s = min(posted.approved_at_s, 0.0)
    return Fact("salesforce", posted.timecard, 1, "time_approved", posted.approved_at_s, at_s, values)
