"""Many won deals at once: NetSuite's async batches, then the PSA's collections, opened last of all.

customers ─> jobs (dimensions where one lacks) ─> ids by SuiteQL ─> projects ─> children ─> open
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import Item, Outcome, Result
from pipeline.services import Services
from pipeline.translation.deal import Deal, customer_body, dimension_body, job_body
from pipeline.translation.project import (
    ACCOUNT,
    PROJECT,
    STANDING,
    Child,
    Standing,
    children,
    opening_values,
    project_values,
    standing_of,
    standing_values,
)
from pipeline.workflows.quote_saga import lacks_dimension, terms
from pipeline.workflows.refusals import bulk_outcome

_KEYS = 200
Failed = dict[str, Result]
Ids = Mapping[str, str]


class Bulk:
    """One run's deals. `failed` holds the first failure of each opportunity; who is in it goes no further."""

    def __init__(self, services: Services, work: Sequence[tuple[Item, Deal]]) -> None:
        self._services = services
        self._work = work
        self._failed: Failed = {}

    async def run(self) -> list[Outcome]:
        """Set all up; one outcome per item. Raises UnreachableError where nothing could be read."""
        standing = await standings(self._services, [deal.opportunity for _, deal in self._work])
        for item, deal in self._work:
            self._services.trail.step("project", item.key, deal.version, "sent", "customer")
        await self._customers()
        await self._jobs(standing)
        left = self._left()
        customers = await _ids(self._services, "customer", [deal.customer for deal in left])
        jobs = await _ids(self._services, "job", [deal.project for deal in left])
        await self._projects(standing, customers, jobs)
        return [self._outcome(item, deal) for item, deal in self._work]

    def _left(self) -> list[Deal]:
        return [deal for _, deal in self._work if deal.opportunity not in self._failed]

    def _fail(self, opportunity: str, result: Result) -> None:
        self._failed.setdefault(opportunity, result)

    def _outcome(self, item: Item, deal: Deal) -> Outcome:
        return bulk_outcome(item, self._failed.get(deal.opportunity), deal.amount_minor)

    async def _customers(self) -> None:
        """Each customer once, as its newest deal has it."""
        bodies = {
            deal.customer: {**customer_body(deal), "externalId": deal.customer} for deal in self._left()
        }
        results = await self._services.netsuite.batch("customer", list(bodies.values()))
        refused = {result.key: result for result in results if not result.ok}
        for deal in self._left():
            if deal.customer in refused:
                self._fail(deal.opportunity, refused[deal.customer])

    async def _jobs(self, standing: Mapping[str, Standing]) -> None:
        deals = {deal.project: deal for deal in self._left()}
        bodies = {
            deal.project: {
                **job_body(deal, *terms(deal, standing.get(deal.project))),
                "externalId": deal.project,
            }
            for deal in deals.values()
        }
        results = await self._services.netsuite.batch("job", list(bodies.values()))
        again = [deals[result.key] for result in results if lacks_dimension(result.cause, result.detail)]
        if again:
            rows = {d.practice: {**dimension_body(d), "externalId": d.practice} for d in again}
            await self._services.netsuite.batch("classification", list(rows.values()))
            second = await self._services.netsuite.batch("job", [bodies[deal.project] for deal in again])
            results = [
                *(result for result in results if not lacks_dimension(result.cause, result.detail)),
                *second,
            ]
        for result in results:
            if not result.ok:
                self._fail(deals[result.key].opportunity, result)

    async def _projects(self, standing: Mapping[str, Standing], customers: Ids, jobs: Ids) -> None:
        """Born closed, then children, then open; what stands open already is only told the ids again."""
        born = [deal for deal in self._left() if not _opened(standing, deal)]
        rows = [{"Project_Key__c": deal.project, **project_values(deal)} for deal in born]
        records = await self._written(PROJECT, rows, {deal.project: deal for deal in born})
        await self._children([deal for deal in born if deal.project in records], records)
        await self._accounts(customers)
        last = []
        for deal in self._left():
            if deal.project not in jobs or deal.customer not in customers:
                self._fail(deal.opportunity, Result(deal.project, False, "", "unknown", "no ids in the ERP"))
                continue
            tell = standing_values if _opened(standing, deal) else _opening
            values = tell(deal, customers[deal.customer], jobs[deal.project])
            last.append({"Project_Key__c": deal.project, **values})
        await self._written(PROJECT, last, {deal.project: deal for deal in self._left()})

    async def _accounts(self, customers: Ids) -> None:
        """New customers learn their ids."""
        new = {
            deal.customer: deal
            for deal in self._left()
            if not deal.erp_customer and deal.customer in customers
        }
        rows = [{ACCOUNT[1]: key, "ERP_Customer_Id__c": customers[key]} for key in new]
        await self._written(ACCOUNT, rows, new)

    async def _children(self, deals: Iterable[Deal], records: Ids) -> None:
        """Milestones, instalments, budgets and requests, object by object."""
        groups: dict[tuple[str, str], list[tuple[Deal, Child]]] = {}
        for deal in deals:
            for child in children(deal):
                groups.setdefault((child.object, child.field), []).append((deal, child))
        for (object_, field), members in groups.items():
            rows = [
                {field: child.key, **child.values, "pse__Project__c": records[deal.project]}
                for deal, child in members
            ]
            await self._written((object_, field), rows, {child.key: deal for deal, child in members})

    async def _written(
        self, where: tuple[str, str], rows: Sequence[Mapping[str, object]], owners: Mapping[str, Deal]
    ) -> dict[str, str]:
        """Upsert rows; key to record id of those that went well."""
        records: dict[str, str] = {}
        for result in await self._services.salesforce.upsert_many(*where, rows) if rows else ():
            if result.ok:
                records[result.key] = result.record
            else:
                self._fail(owners[result.key].opportunity, result)
        return records


def _opening(deal: Deal, customer_id: str, job_id: str) -> dict[str, object]:
    return opening_values(customer_id, job_id)


def _opened(standing: Mapping[str, Standing], deal: Deal) -> bool:
    held = standing.get(deal.project)
    return held is not None and held.opened


async def standings(services: Services, opportunities: Sequence[str]) -> dict[str, Standing]:
    """What the PSA holds of these deals' projects, by project key."""
    found: dict[str, Standing] = {}
    for start in range(0, len(opportunities), _KEYS):
        keys = ", ".join(soql_text(f"P-{key}") for key in opportunities[start : start + _KEYS])
        soql = f"SELECT {', '.join(STANDING)} FROM pse__Proj__c WHERE Project_Key__c IN ({keys})"
        for row in await services.salesforce.rows(soql):
            found[row["Project_Key__c"]] = standing_of(row)
    return found


async def _ids(services: Services, kind: str, keys: Iterable[str]) -> dict[str, str]:
    """Internal ids by external id: a batch's answers do not name them."""
    wanted = list(dict.fromkeys(keys))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _KEYS):
        among = ", ".join(literal(key) for key in wanted[start : start + _KEYS])
        query = f"SELECT id, externalid FROM {kind} WHERE externalid IN ({among})"
        found.update((row["externalid"], row["id"]) for row in await services.netsuite.suiteql(query))
    return found
