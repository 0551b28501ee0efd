"""The cast: everybody on the stage, for a workload of acts and the company they work in."""

from __future__ import annotations

from collections.abc import Collection

from scenarios.acts import Workload
from scenarios.people import clerks as clerical
from scenarios.people.approvers import approvers
from scenarios.people.billers import billers
from scenarios.people.company import Company
from scenarios.people.delivery import delivery
from scenarios.people.exception_desk import exception_desk
from scenarios.people.finance import finance
from scenarios.people.hr import hr
from scenarios.people.operators import operators
from scenarios.people.papers import papers
from scenarios.people.sellers import sellers
from scenarios.people.timekeepers import timekeepers
from scenarios.people.travellers import travellers
from scenarios.script import Scripted


def people(workload: Workload, company: Company) -> tuple[Scripted, ...]:
    """Everyone who acts whatever the model, in order of their first act."""
    known = papers(workload)
    everybody = (
        *sellers(workload, company),
        *hr(workload),
        *delivery(workload, company),
        *timekeepers(workload, company),
        *travellers(workload, company),
        *approvers(workload, company, known),
        *billers(workload, company),
        *finance(workload, company),
        *exception_desk(workload, company, known),
        *operators(workload),
    )
    return tuple(sorted(everybody, key=lambda scripted: (scripted.starts_s, scripted.name)))


def clerks(workload: Workload, company: Company, workflows: Collection[str]) -> tuple[Scripted, ...]:
    """The people of the `manual` baseline for these workflows."""
    return clerical.clerks(workload, company, papers(workload), workflows)


def watchers(workload: Workload, company: Company, workflows: Collection[str]) -> tuple[Scripted, ...]:
    """The people who reconcile these workflows where nothing monitors them."""
    return clerical.watchers(company, papers(workload), workflows)
