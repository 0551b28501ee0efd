"""Quote to project: a won services deal becomes an open project, with customer, job and dimension in ERP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome
from pipeline.services import Services
from pipeline.translation.deal import FIELDS, Deal, deal_of, missing
from pipeline.workflows.quote_bulk import Bulk, standings
from pipeline.workflows.quote_saga import Saga, demand
from pipeline.workflows.refusals import refused_outcome
from pipeline.workflows.stream import Channel, Hook, Stream, error_on

_WON = {"StageName": ["Closed Won"]}
_TOLD = ("Opportunity_Key__c", "Version__c")
_KEYS = 200


def streams(services: Services) -> tuple[Stream, ...]:
    """The workflow's one stream."""
    return (Deals(services),)


class Deals:
    """Won deals, from every save of a Closed Won opportunity: one completed later comes again by its save."""

    name = "deals"
    workflow = "quote_to_project"
    flow = "project"
    source = "salesforce"
    keys = "O*"
    hooks = (Hook("deal-won", "Opportunity", _WON, fields=_TOLD),)
    channels = (Channel("deals", "Opportunity", _WON, _TOLD),)
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saga = Saga(services)

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """A thin item: the deal is read when it is worked on."""
        record = body.get("record") or {}
        return self._thin(str(body.get("key") or record.get("Opportunity_Key__c") or ""), record)

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """A thin item: the deal is read when it is worked on."""
        return self._thin(str(payload.get("Opportunity_Key__c") or ""), payload)

    def _thin(self, key: str, values: Mapping[str, Any]) -> Item | None:
        if not key:
            return None
        version = values.get("Version__c")
        at_s = asyncio.get_running_loop().time()
        mark = "" if version is None else f"v{int(version)}"
        return Item(self.name, key, int(version or 0), mark, key, handed_s=at_s)

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Deals won and saved in the window, whole."""
        stamp = self._services.salesforce.stamp
        window = f"LastModifiedDate >= {stamp(since_s)} AND LastModifiedDate < {stamp(until_s)}"
        return self._pages(window)

    async def _pages(self, condition: str) -> AsyncGenerator[list[Item], None]:
        soql = (
            f"SELECT {', '.join(FIELDS)} FROM Opportunity"
            f" WHERE StageName = 'Closed Won' AND Services__c = TRUE AND {condition}"
        )
        async with aclosing(self._services.salesforce.pages(soql)) as pages:
            async for rows in pages:
                yield [self._whole(row) for row in rows]

    def _whole(self, row: Mapping[str, Any]) -> Item:
        deal = deal_of(row)
        handed_s = self._services.settings.time.seconds(row["LastModifiedDate"])
        return Item(
            self.name, deal.opportunity, deal.version, f"v{deal.version}", deal.opportunity, row, handed_s
        )

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Set one deal up. Raises UnreachableError; a refusal is an outcome of the version read."""
        deal, standing = await self._saga.read(item.key, deadline_s)
        if deal is None or not due(deal):
            return Outcome(item, "skipped")
        if self._services.plain and standing is not None and standing.opened:
            return Outcome(item, "skipped", detail="set up already")
        item = item._replace(version=deal.version)
        try:
            demand(deal)
            await self._saga.run(deal, standing, deadline_s)
        except RefusedError as refused:
            return refused_outcome(item, refused)
        return Outcome(item)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """On the opportunity, at which its owner still looks."""
        return error_on("Opportunity", "Opportunity_Key__c", item.key, refusal)

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """Set many up; what lacks an attribute is refused at once."""
        outcomes: list[Outcome] = []
        work: list[tuple[Item, Deal]] = []
        for item in items:
            deal = deal_of(item.record) if item.record else (await self._saga.read(item.key, inf))[0]
            if deal is None or not due(deal):
                outcomes.append(Outcome(item, "skipped"))
                continue
            try:
                demand(deal)
            except RefusedError as refused:
                outcomes.append(refused_outcome(item._replace(version=deal.version), refused))
            else:
                work.append((item._replace(version=deal.version), deal))
        return [*outcomes, *(await Bulk(self._services, work).run() if work else ())]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Deals whose project or job is absent, closed or other than the deal says."""
        return await self._differ([item async for page in self.changed(since_s, until_s) for item in page])

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        items: list[Item] = []
        for start in range(0, len(keys), _KEYS):
            among = ", ".join(map(soql_text, keys[start : start + _KEYS]))
            items += [item async for page in self._pages(f"Opportunity_Key__c IN ({among})") for item in page]
        return [item.key for item in await self._differ(items)]

    async def _differ(self, items: Sequence[Item]) -> list[Item]:
        deals = [(item, deal_of(item.record or {})) for item in items]
        standing = await standings(self._services, [deal.opportunity for _, deal in deals])
        jobs = await self._jobs([deal.project for _, deal in deals if deal.project in standing])
        return [
            item._replace(record=None, mark=FORCED)
            for item, deal in deals
            if missing(deal)
            or deal.project not in standing
            or not standing[deal.project].opened
            or jobs.get(deal.project) != deal.po_number
        ]

    async def _jobs(self, projects: Sequence[str]) -> dict[str, str]:
        """Active jobs of the ERP, project key to purchase order number."""
        found: dict[str, str] = {}
        for start in range(0, len(projects), _KEYS):
            among = ", ".join(literal(key) for key in projects[start : start + _KEYS])
            query = (
                "SELECT externalid, custentity_po_number FROM job"
                f" WHERE externalid IN ({among}) AND isinactive = 'F'"
            )
            for row in await self._services.netsuite.suiteql(query):
                found[row["externalid"]] = row.get("custentity_po_number", "")
        return found


def due(deal: Deal) -> bool:
    """Whether the deal asks for a project at all."""
    return deal.won and deal.services
