"""The desks of the org's people: every verb of roles.CRM and roles.PSA, gathered from one file a noun."""

from __future__ import annotations

from collections.abc import Mapping

from mocks.opening import Opening
from mocks.salesforce.approvals import Approvals
from mocks.salesforce.billing import Billing
from mocks.salesforce.clerks import Clerks
from mocks.salesforce.contracts import Contracts
from mocks.salesforce.exceptions import Exceptions
from mocks.salesforce.expenses import Expenses
from mocks.salesforce.exports import Exports
from mocks.salesforce.ground import Ground, Verb
from mocks.salesforce.opportunities import Opportunities
from mocks.salesforce.org import Org
from mocks.salesforce.owed import Owed
from mocks.salesforce.projects import Projects
from mocks.salesforce.publisher import Publisher
from mocks.salesforce.reports import Reports
from mocks.salesforce.staffing import Staffing
from mocks.salesforce.timesheets import Timesheets
from mocks.salesforce.work import Work


class Desks:
    """All of them over one org."""

    def __init__(
        self, org: Org, owed: Owed, work: Work, expenses: Expenses, publisher: Publisher, opening: Opening
    ) -> None:
        ground = Ground(org)
        exports = Exports(ground, expenses, owed)
        self._desks = (
            Opportunities(ground),
            Projects(ground),
            Staffing(ground, publisher),
            Timesheets(ground),
            Reports(ground, expenses),
            Approvals(ground, work),
            Contracts(ground),
            Billing(ground, work, expenses, publisher),
            Exceptions(ground),
            Clerks(ground),
            exports,
        )

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {name: verb for desk in self._desks for name, verb in desk.verbs().items()}
