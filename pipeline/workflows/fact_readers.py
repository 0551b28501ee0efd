"""Readers of facts: for each kind, how the source is asked for changes and for keys, and who tells of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, NamedTuple, Protocol

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import Outcome
from pipeline.services import Services
from pipeline.translation import expense, facts, time

Fact = dict[str, Any]
_CONTROLS = ("milestones", "instalments", "budgets")
Pages = AsyncGenerator[list[Fact], None]
Make = Callable[[Mapping[str, Any]], Fact]
Tell = Callable[[Outcome], Fact | str | None]


class Reader(Protocol):
    """Reads one kind of fact."""

    kind: str
    source: str

    def changed(self, since_s: float, until_s: float) -> Pages:
        """Pages of facts whose records were saved in the window."""
        ...

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        ...

    @property
    def told(self) -> Tell:
        """What an item that passed tells: the fact, or its key, or nothing."""
        ...


class Asked(NamedTuple):
    """What the PSA is asked for: an object with its key and fields, and which records count."""

    object: str
    key: str
    fields: str
    condition: str = ""


class PsaFacts:
    """Facts of the PSA: `make` translates a record, `told` says what an item that passed tells."""

    source = "salesforce"

    def __init__(self, services: Services, kind: str, asked: Asked, make: Make, told: Tell) -> None:
        self._salesforce = services.salesforce
        self._bulk_rows = services.settings.bulk_rows
        self._asked = asked
        self._make = make
        self.kind = kind
        self.told = told

    async def changed(self, since_s: float, until_s: float) -> Pages:
        """Pages of facts whose records were saved in the window; many come by Bulk 2.0."""
        stamp, asked = self._salesforce.stamp, self._asked
        soql = (
            f"SELECT {asked.fields} FROM {asked.object} WHERE LastModifiedDate >= {stamp(since_s)}"
            f" AND LastModifiedDate < {stamp(until_s)}{asked.condition}"
        )
        async with aclosing(self._salesforce.pages(soql, bulk_above=self._bulk_rows)) as pages:
            async for page in pages:
                yield list(map(self._make, page))

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        asked = self._asked
        wanted = ", ".join(soql_text(key) for key in keys)
        soql = f"SELECT {asked.fields} FROM {asked.object} WHERE {asked.key} IN ({wanted})"
        return list(map(self._make, await self._salesforce.rows(soql)))


_DECIDED = " AND (pse__Status__c = 'Approved' OR ERP_Posted_Version__c > 0)"
_TIME = Asked(time.OBJECT, time.KEY, time.FIELDS, _DECIDED)
_EXPENSES = Asked(expense.OBJECT, expense.KEY, expense.FIELDS, _DECIDED)
_PROJECTS = Asked("pse__Proj__c", "Project_Key__c", facts.PROJECT_FIELDS)


def time_facts(services: Services) -> PsaFacts:
    """Approved timecards."""
    told = _of_items("timecards", facts.time_fact)
    return PsaFacts(services, "time_approved", _TIME, facts.time_fact, told)


def expense_facts(services: Services) -> PsaFacts:
    """Approved expense reports."""
    told = _of_items("expenses", facts.expense_fact)
    return PsaFacts(services, "expense", _EXPENSES, facts.expense_fact, told)


def project_facts(services: Services) -> PsaFacts:
    """Projects and their terms."""
    return PsaFacts(services, "project", _PROJECTS, facts.project_fact, _project_of)


def _of_items(stream: str, make: Make) -> Tell:
    """An item of the stream that passed carries its header, which is the fact, or its key only."""

    def told(outcome: Outcome) -> Fact | str | None:
        item = outcome.item
        if item.stream != stream:
            return None
        return make(item.record) if item.record else item.key

    return told


def _project_of(outcome: Outcome) -> str | None:
    """A deal that was set up, or a control that changed a contract, names its project."""
    item = outcome.item
    if item.stream == "deals":
        return f"P-{item.key}"
    return item.key.partition(":")[0] if item.stream in _CONTROLS else None


class LedgerFacts:
    """Released invoices, or revenue journals, of the ERP."""

    source = "netsuite"

    def __init__(self, services: Services, kind: str) -> None:
        self._netsuite = services.netsuite
        self._stamp = services.salesforce.stamp
        self.kind = kind

    async def changed(self, since_s: float, until_s: float) -> Pages:
        """One page of facts whose records were saved in the window."""
        yield await self._facts(
            f"lastmodifieddate >= {literal(self._stamp(since_s))}"
            f" AND lastmodifieddate < {literal(self._stamp(until_s))}"
        )

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        return await self._facts(f"custbody_source_key IN ({', '.join(map(literal, keys))})")

    def told(self, outcome: Outcome) -> Fact | str | None:
        """The ERP's facts come from the ERP: a release there is no item of the pipeline."""
        return None

    async def _facts(self, condition: str) -> list[Fact]:
        table = "invoice" if self.kind == "invoice" else "journalentry"
        own = "tranid" if self.kind == "invoice" else "custbody_revenue_amount"
        rows = await self._netsuite.suiteql(
            "SELECT custbody_source_key, custbody_source_version, BUILTIN.DF(job) AS job, subsidiary,"
            f" postingperiod, currency, {own}, lastmodifieddate FROM {table}"
            f" WHERE approvalstatus = 'approved' AND {condition}"
        )
        return [facts.ledger_fact(row, self.kind) for row in rows if row.get("custbody_source_key")]


class WorkerFacts:
    """Workers of the HCM: what was entered, and what took effect, in a window."""

    kind = "worker"
    source = "workday"

    def __init__(self, services: Services) -> None:
        self._workday = services.workday

    async def changed(self, since_s: float, until_s: float) -> Pages:
        """Pages of facts by both windows."""
        for updated, effective in (((since_s, until_s), None), (None, (since_s, until_s))):
            async with aclosing(self._workday.changes(updated, effective)) as pages:
                async for page in pages:
                    yield [facts.worker_fact(worker) for worker in page if worker.get("Name")]

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        workers = await self._workday.named(list(keys))
        return [facts.worker_fact(worker) for worker in workers if worker.get("Name")]

    def told(self, outcome: Outcome) -> Fact | str | None:
        """The HCM's facts come from the HCM."""
        return None
