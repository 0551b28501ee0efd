"""One won deal, step by step: customer, job with its dimension, PSA project with ids, opened last of all.

    read and validate ─> PUT customer ─> PUT job ─> composite(s): create ... open
                                            └──────── a later step fails and somebody waits: close the job

Each step is an upsert and kept in the store, so a replay goes on where it stopped. Where a caller waits
(API), nothing goes on later by itself: the job is closed again, and the next save or retry opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isinf
from typing import Any

from kernel.money import minor
from pipeline import patience
from pipeline.connectors.salesforce import DATA, soql_text
from pipeline.failures import RefusedError, TooManyError, UnreachableError
from pipeline.services import Services
from pipeline.translation.deal import (
    FIELDS,
    Deal,
    customer_body,
    deal_of,
    dimension_body,
    job_body,
    missing,
)
from pipeline.translation.project import PROJECT, STANDING, Standing, composites, standing_of, standing_values

Given = Mapping[str, Any]


class Saga:
    """Sets up the project of one deal, once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = services.store.table("quote_saga")

    async def read(self, opportunity: str, deadline_s: float) -> tuple[Deal | None, Standing | None]:
        """The deal and what the PSA already holds of its project, in one composite."""
        deal = (
            f"SELECT {', '.join(FIELDS)} FROM Opportunity WHERE Opportunity_Key__c = {soql_text(opportunity)}"
        )
        project = (
            f"SELECT {', '.join(STANDING)} FROM pse__Proj__c"
            f" WHERE Project_Key__c = {soql_text('P-' + opportunity)}"
        )
        deals, projects = await self._services.salesforce.queries([deal, project], deadline_s)
        return (deal_of(deals[0]) if deals else None), (standing_of(projects[0]) if projects else None)

    async def run(self, deal: Deal, standing: Standing | None, deadline_s: float = inf) -> None:
        """Every step still to do. Raises RefusedError and UnreachableError, compensated where one waits."""
        done = self._resumed(deal)
        await self._customer(deal, done, deadline_s)
        try:
            await self._job(deal, standing, done, deadline_s)
            await self._project(deal, standing, done, deadline_s)
        except (RefusedError, UnreachableError):
            if not isinf(deadline_s):
                await self._close(deal)
            raise
        self._kept.drop(deal.project)
        self._services.store.commit()

    def _resumed(self, deal: Deal) -> dict[str, Any]:
        """What an earlier attempt at this very version did."""
        kept = None if self._services.plain else self._kept.get(deal.project)
        if kept is None or kept["version"] != deal.version:
            return {"version": deal.version}
        return dict(kept)

    def _keep(self, deal: Deal, done: dict[str, Any], step: str, record: str) -> None:
        done[step] = record
        self._kept.put(deal.project, dict(done))
        self._services.store.commit()
        self._note(deal, "written", f"{step} {record}")

    async def _customer(self, deal: Deal, done: dict[str, Any], deadline_s: float) -> None:
        if "customer" in done:
            return
        if self._services.plain and deal.erp_customer:
            done["customer"] = deal.erp_customer
        else:
            self._note(deal, "sent", "customer")
            body = customer_body(deal)
            record = await self._services.netsuite.put("customer", deal.customer, body, deadline_s)
            self._keep(deal, done, "customer", record)

    async def _job(
        self, deal: Deal, standing: Standing | None, done: dict[str, Any], deadline_s: float
    ) -> None:
        if "job" in done:
            return
        netsuite = self._services.netsuite
        self._note(deal, "sent", "job")
        body = job_body(deal, *terms(deal, standing))
        try:
            record = await netsuite.put("job", deal.project, body, deadline_s)
        except RefusedError as refused:
            if not lacks_dimension(refused.cause, refused.detail):
                raise
            await netsuite.put("classification", deal.practice, dimension_body(deal), deadline_s)
            record = await netsuite.put("job", deal.project, body, deadline_s)
        self._keep(deal, done, "job", record)

    async def _project(
        self, deal: Deal, standing: Standing | None, done: dict[str, Any], deadline_s: float
    ) -> None:
        salesforce = self._services.salesforce
        self._note(deal, "sent", "project")
        if standing is not None and standing.opened:
            values = standing_values(deal, done["customer"], done["job"])
            await salesforce.upsert(*PROJECT, deal.project, values, deadline_s)
        else:
            await self._create(deal, done["customer"], done["job"], deadline_s)
        self._keep(deal, done, "project", deal.project)

    async def _create(self, deal: Deal, customer: str, job: str, deadline_s: float) -> None:
        """The project and its children; once more in smaller composites where the org takes no larger."""
        salesforce = self._services.salesforce
        while True:
            try:
                for subrequests in composites(
                    deal, customer, job, DATA.rstrip("/"), salesforce.subrequests.size
                ):
                    await salesforce.together(subrequests, deadline_s)
            except TooManyError:
                continue
            return

    async def _close(self, deal: Deal) -> None:
        """Compensate. The caller's time is over, not the job's: it is closed without a deadline."""
        self._kept.drop(deal.project)
        self._services.store.commit()
        try:
            with patience.anew():
                await self._services.netsuite.patch("job", f"eid:{deal.project}", {"isInactive": True})
        except (RefusedError, UnreachableError) as failed:
            self._note(deal, "compensation failed", failed.detail)
        else:
            self._note(deal, "compensated", "job closed")

    def _note(self, deal: Deal, what: str, detail: str) -> None:
        self._services.trail.step("project", deal.opportunity, deal.version, what, detail)


def demand(deal: Deal) -> None:
    """Raise RefusedError where a mandatory attribute is missing."""
    lacking = missing(deal)
    if lacking:
        detail = f"Please complete before the project can be set up: {', '.join(lacking)}."
        raise RefusedError("missing_attribute", detail, "owner", deal.amount_minor, deal.owner)


def terms(deal: Deal, standing: Standing | None) -> tuple[int, int]:
    """Contract amount and version: the deal's at birth, the PSA's from then on."""
    if standing is None or not standing.opened:
        return deal.amount_minor, 1
    return minor(standing.contract_amount), standing.contract_version


def lacks_dimension(cause: str, detail: str) -> bool:
    """Whether the ERP refused a job because nobody set up its practice as a dimension yet."""
    return cause == "missing_reference" and "classification" in detail
