"""Revenue runs: one immutable journal per project, period and run, booking what the run adds.

    read at the cut ─> cumulative per project ─> delta to the run before ─> kept ─> journals

What a run found is kept before it is posted: an ERP that is down delays journals, it changes none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

from pipeline.connectors.netsuite import literal
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome
from pipeline.services import Services
from pipeline.settings import RevenueRun
from pipeline.translation.revenue import Contract, Journal, Part, cost, cumulative, journal_body
from pipeline.workflows.refusals import bulk_outcome
from pipeline.workflows.revenue_sources import Hours, RevenueSources, Sources
from pipeline.workflows.stream import Channel, Hook

_JOURNAL = "journalEntry"
_KEYS = 200


class Booked(NamedTuple):
    """Figures up to a run: revenue, the period's cost, and what subcontractors are owed of that."""

    revenue_minor: int
    cost_minor: int
    owed: Mapping[str, int]


class Revenue:
    """The runs as one stream; the same in every pattern."""

    name = "revenue"
    workflow = "billing_and_revenue"
    flow = "revenue"
    source = "salesforce"
    keys = "*"
    hooks: tuple[Hook, ...] = ()
    channels: tuple[Channel, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sources = RevenueSources(services)
        self._booked = services.store.table("revenue_booked")
        self._journals = services.store.table("revenue_journals")
        self._posted = services.store.table("revenue_posted")
        self._runs = sorted(services.settings.revenue_runs, key=lambda run: run.at_s)
        self.instants_s = tuple(run.at_s for run in self._runs)

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """None: runs have their times."""
        return None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """None: runs have their times."""
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Computes every run that is due and was not yet; journals not confirmed yet, oldest run first."""
        now_s = asyncio.get_running_loop().time()
        for run in self._runs:
            if run.at_s <= now_s and self._booked.get(run.name) is None:
                await self._compute(run)
        left = [journal for _, journal in self._journals.items() if not self._posted.get(journal.key)]
        if left:
            yield [self._item(journal) for journal in left]

    async def _compute(self, run: RevenueRun) -> None:
        """Keep a run's journals. Raises RefusedError and UnreachableError."""
        sources = await self._sources.read(run)
        place = self._runs.index(run)
        before = self._booked.get(self._runs[place - 1].name, {}) if place else {}
        booked: dict[str, Booked] = {}
        journals: list[Journal] = []
        for contract in sources.contracts:
            now = self._earned(contract, sources)
            then = before.get(contract.project) or Booked(contract.revenue_before_minor, 0, {})
            booked[contract.project] = now
            if now.revenue_minor != then.revenue_minor:
                journals.append(self._journal(contract, run, now, then))
        for journal in journals:
            self._journals.put(journal.key, journal)
        self._booked.put(run.name, booked)
        self._services.store.commit()

    def _earned(self, contract: Contract, sources: Sources) -> Booked:
        hours = sources.hours.get(contract.project, ())
        parts = [_part(one, sources) for one in hours]
        workers = dict.fromkeys(part.worker for part in parts)
        last_day = {worker: sources.rates.on(worker, self._sources.last_day) for worker in workers}
        rates = self._services.settings.rates
        owed: dict[str, int] = {}
        spent = 0
        for part in parts:
            amount = cost(part, contract.currency, rates)
            spent += amount
            who = sources.rates.last(part.worker)
            if who is not None and who.kind == "contractor":
                owed[who.worker] = owed.get(who.worker, 0) + amount
        revenue = cumulative(contract, parts, last_day, rates, self._sources.period)
        return Booked(revenue, spent, owed)

    def _journal(self, contract: Contract, run: RevenueRun, now: Booked, then: Booked) -> Journal:
        accruals = tuple(
            (who, amount - then.owed.get(who, 0))
            for who, amount in sorted(now.owed.items())
            if amount != then.owed.get(who, 0)
        )
        return Journal(
            project=contract.project,
            entity=contract.entity,
            currency=contract.currency,
            billing_method=contract.billing_method,
            period=self._sources.period,
            run=run.name,
            amount_minor=now.revenue_minor - then.revenue_minor,
            day=self._sources.last_day,
            cost_minor=now.cost_minor - then.cost_minor,
            accruals=accruals,
        )

    def _item(self, journal: Journal) -> Item:
        handed_s = next(run.at_s for run in self._runs if run.name == journal.run)
        return Item(self.name, journal.key, 1, "posted", journal.project, None, handed_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """One journal. Raises RefusedError and UnreachableError."""
        journal = self._journals.get(item.key)
        if journal is None:
            return Outcome(item, "skipped")
        netsuite = self._services.netsuite
        self._services.trail.step(self.flow, item.key, 1, "sent")
        try:
            await netsuite.put(_JOURNAL, item.key, await self._body(journal), deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period":
                raise
            await self._services.periods.refresh()
            await netsuite.put(_JOURNAL, item.key, await self._body(journal), deadline_s)
        self._confirmed(item.key)
        return Outcome(item)

    def _confirmed(self, key: str) -> None:
        self._posted.put(key, True)
        self._services.store.commit()

    async def _body(self, journal: Journal) -> dict[str, Any]:
        posting = await self._services.periods.posting(journal.entity, journal.day, "ar_gl")
        return journal_body(journal, posting.period, posting.moved_from)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """A run's journals in batches."""
        await self._services.periods.refresh()
        by_key = {item.key: item for item in items}
        journals = [journal for key in by_key if (journal := self._journals.get(key)) is not None]
        bodies = [{"externalId": journal.key, **await self._body(journal)} for journal in journals]
        for journal in journals:
            self._services.trail.step(self.flow, journal.key, 1, "sent")
        results = await self._services.netsuite.batch(_JOURNAL, bodies) if bodies else []
        for result in results:
            if result.ok:
                self._confirmed(result.key)
        outcomes = [
            bulk_outcome(
                by_key[result.key],
                None if result.ok else result,
                abs(self._journals.get(result.key).amount_minor),
            )
            for result in results
        ]
        told = {result.key for result in results}
        return [*outcomes, *(Outcome(item, "skipped") for key, item in by_key.items() if key not in told)]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Runs that were missed are made up with their own cut; journals that the ERP lacks are posted."""
        now_s = asyncio.get_running_loop().time()
        for run in self._runs:
            if run.at_s < now_s and self._booked.get(run.name) is None:
                await self._compute(run)
        absent = await self._absent([journal for _, journal in self._journals.items()])
        return [self._item(one)._replace(mark=FORCED) for one in absent]

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """Journals of these keys that the ERP lacks."""
        journals = [journal for key in keys if (journal := self._journals.get(key)) is not None]
        return [journal.key for journal in await self._absent(journals)]

    async def _absent(self, journals: Sequence[Journal]) -> list[Journal]:
        held: dict[str, None] = {}
        for start in range(0, len(journals), _KEYS):
            among = ", ".join(literal(journal.key) for journal in journals[start : start + _KEYS])
            query = f"SELECT custbody_source_key FROM journalentry WHERE custbody_source_key IN ({among})"
            for row in await self._services.netsuite.suiteql(query):
                held[row["custbody_source_key"]] = None
        return [journal for journal in journals if journal.key not in held]


def _part(hours: Hours, sources: Sources) -> Part:
    rate = sources.rates.on(hours.worker, hours.day)
    return Part(hours.worker, hours.hours_centi, hours.bill_rate_minor, rate)
