"""Readers of facts: for each kind, how the source is asked for changes and for keys, and who tells of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import Outcome
from pipeline.services import Services
from pipeline.translation import expense, facts, time

Fact = dict[str, Any]
_CONTROLS = ("milestones", "instalments", "budgets")
Pages = AsyncGenerator[list[Fact], None]


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

    def told(self, outcome: Outcome) -> Fact | str | None:
        """What an item that passed tells: the fact, or its key, or nothing."""
        ...


class _Psa:
    """What the kinds of the PSA share."""

    kind = ""
    source = "salesforce"

    def __init__(self, services: Services, object_: str, key: str, fields: str, condition: str) -> None:
        self._salesforce = services.salesforce
        self._bulk_rows = services.settings.bulk_rows
        self._object = object_
        self._key = key
        self._fields = fields
        self._condition = condition

    def _fact(self, row: Mapping[str, Any]) -> Fact:
        raise NotImplementedError

    async def changed(self, since_s: float, until_s: float) -> Pages:
        """Pages of facts whose records were saved in the window; many come by Bulk 2.0."""
        stamp = self._salesforce.stamp
        soql = (
            f"SELECT {self._fields} FROM {self._object} WHERE LastModifiedDate >= {stamp(since_s)}"
            f" AND LastModifiedDate < {stamp(until_s)}{self._condition}"
        )
        async with aclosing(self._salesforce.pages(soql, bulk_above=self._bulk_rows)) as pages:
            async for page in pages:
                yield [self._fact(row) for row in page]

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        wanted = ", ".join(soql_text(key) for key in keys)
        soql = f"SELECT {self._fields} FROM {self._object} WHERE {self._key} IN ({wanted})"
        return [self._fact(row) for row in await self._salesforce.rows(soql)]


_DECIDED = " AND (pse__Status__c = 'Approved' OR ERP_Posted_Version__c > 0)"


class TimeFacts(_Psa):
    """Approved timecards."""

    kind = "time_approved"

    def __init__(self, services: Services) -> None:
        super().__init__(services, time.OBJECT, time.KEY, time.FIELDS, _DECIDED)

    def _fact(self, row: Mapping[str, Any]) -> Fact:
        return facts.time_fact(row)

    def told(self, outcome: Outcome) -> Fact | str | None:
        """A timecard that passed carries its header."""
        item = outcome.item
        if item.stream != "timecards":
            return None
        return facts.time_fact(item.record) if item.record else item.key


class ExpenseFacts(_Psa):
    """Approved expense reports."""

    kind = "expense"

    def __init__(self, services: Services) -> None:
        super().__init__(services, expense.OBJECT, expense.KEY, expense.FIELDS, _DECIDED)

    def _fact(self, row: Mapping[str, Any]) -> Fact:
        return facts.expense_fact(row)

    def told(self, outcome: Outcome) -> Fact | str | None:
        """A report that passed carries its header."""
        item = outcome.item
        if item.stream != "expenses":
            return None
        return facts.expense_fact(item.record) if item.record else item.key


class ProjectFacts(_Psa):
    """Projects and their terms."""

    kind = "project"

    def __init__(self, services: Services) -> None:
        super().__init__(services, "pse__Proj__c", "Project_Key__c", facts.PROJECT_FIELDS, "")

    def _fact(self, row: Mapping[str, Any]) -> Fact:
        return facts.project_fact(row)

    def told(self, outcome: Outcome) -> Fact | str | None:
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
