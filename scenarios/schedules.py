"""Milestones of a fixed-price project and the instalments of a retainer: what is due when under the
contract."""

from __future__ import annotations

from datetime import date, timedelta

from kernel.money import part
from mocks.opening import Instalment, Milestone, Project
from scenarios.calendar import last_of
from scenarios.firm import Firm

OPEN, INVOICED = "Open", "Billed"
_PHASES = ("Kick-off", "Design", "Build", "Test", "Go-live", "Hand-over")


def milestones_of(firm: Firm, project: Project, first_day: date) -> list[Milestone]:
    """Equal milestones spread over the project; those before `first_day` are invoiced. None for other
    methods."""
    if project.billing_method != "Fixed Price":
        return []
    count = max(1, int(firm.milestones_per_project))
    start, length = date.fromisoformat(project.start), _length(project)
    found = []
    for number in range(1, count + 1):
        target = start + timedelta(days=length * number // count)
        amount = part(project.contract_minor, number, count, project.currency)
        name = _PHASES[(number - 1) % len(_PHASES)]
        status = INVOICED if target < first_day else OPEN
        found.append(
            Milestone(f"{project.project}-M{number}", project.project, name, amount, str(target), status)
        )
    return found


def instalments_of(project: Project, first_day: date) -> list[Instalment]:
    """Monthly instalments, each dated the last day of the month before the one it pays (invoiced in
    advance)."""
    if project.billing_method != "Retainer":
        return []
    dates, day, end = [], date.fromisoformat(project.start).replace(day=1), date.fromisoformat(project.end)
    while day <= end:
        dates.append(day - timedelta(days=1))
        day = last_of(str(day)[:7]) + timedelta(days=1)
    found = []
    for number, due in enumerate(dates, 1):
        amount = part(project.contract_minor, number, len(dates), project.currency)
        status = INVOICED if due < first_day else OPEN
        found.append(Instalment(f"{project.project}-I{number}", project.project, amount, str(due), status))
    return found


def _length(project: Project) -> int:
    return (date.fromisoformat(project.end) - date.fromisoformat(project.start)).days
