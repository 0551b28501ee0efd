"""Readers of facts: for each kind, how the source is asked for changes and for keys, and who tells of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, NamedTuple, Protocol

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import Item
from pipeline.services import Services
from pipeline.translation import expense, facts, time
from pipeline.translation.worker import is_hired

Fact = dict[str, Any]
_CONTROLS = ("milestones", "instalments", "budgets")
Pages = AsyncGenerator[list[Fact], None]
Make = Callable[[Mapping[str, Any]], Fact]
Told = Mapping[str, Callable[[Item], Fact | str]]
"""Stream to what an item of it that passed tells: the fact, or its key."""


KEYS: Mapping[str, str] = {
    "time_approved": "T-*",
    "expense": "E-*",
    "project": "P*",
    "invoice": "B-*",
    "revenue": "P*",
    "worker": "W*",
}
"""Kind to the shape of its facts' keys."""


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


class Asked(NamedTuple):
    """What the PSA is asked for: an object with its key and fields, and which records count."""

    object: str
    key: str
    fields: str
    condition: str = ""


class PsaFacts:
    """Facts of the PSA: `make` translates a record, `told` says what items of the pipeline tell of it."""

    source = "salesforce"

    def __init__(self, services: Services, kind: str, asked: Asked, make: Make, told: Told) -> None:
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
_OPENED = " AND ERP_Job_Id__c != NULL"
"""A project that is being set up, or could not be, is none yet: its ids are written when it opens."""
_PROJECTS = Asked("pse__Proj__c", "Project_Key__c", facts.PROJECT_FIELDS, _OPENED)


def time_facts(services: Services) -> PsaFacts:
    """Approved timecards."""
    told = {"timecards": partial(_carried, facts.time_fact)}
    return PsaFacts(services, "time_approved", _TIME, facts.time_fact, told)


def expense_facts(services: Services) -> PsaFacts:
    """Approved expense reports."""
    told = {"expenses": partial(_carried, facts.expense_fact)}
    return PsaFacts(services, "expense", _EXPENSES, facts.expense_fact, told)


def project_facts(services: Services) -> PsaFacts:
    """Projects and their terms."""
    told = {"deals": _won, **dict.fromkeys(_CONTROLS, _controlled)}
    return PsaFacts(services, "project", _PROJECTS, facts.project_fact, told)


def _carried(make: Make, item: Item) -> Fact | str:
    """A header's item carries the header, from which the fact is made."""
    return make(item.record) if item.record else item.key


def _won(deal: Item) -> str:
    """A deal that was set up names its project."""
    return f"P-{deal.key}"


def _controlled(control: Item) -> str:
    """A control that changed a contract names its project."""
    return control.key.partition(":")[0]


class LedgerFacts:
    """Released invoices, or revenue journals, of the ERP; a release there is no item of the pipeline."""

    source = "netsuite"

    def __init__(self, services: Services, kind: str) -> None:
        self._netsuite = services.netsuite
        self._stamp = services.salesforce.stamp
        self.kind = kind
        table, own = (
            ("invoice", "tranid") if kind == "invoice" else ("journalentry", "custbody_revenue_amount")
        )
        self._select = (
            "SELECT custbody_source_key, custbody_source_version, BUILTIN.DF(job) AS job, subsidiary,"
            f" postingperiod, currency, {own}, lastmodifieddate FROM {table}"
            " WHERE approvalstatus = 'approved' AND"
        )

    async def changed(self, since_s: float, until_s: float) -> Pages:
        """One page of facts whose records were saved in the window; none where nothing was."""
        stamp = self._stamp
        found = await self._facts(
            f"lastmodifieddate >= '{stamp(since_s)}' AND lastmodifieddate < '{stamp(until_s)}'"
        )
        if found:
            yield found

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        return await self._facts(f"custbody_source_key IN ({', '.join(map(literal, keys))})")

    async def _facts(self, condition: str) -> list[Fact]:
        rows = await self._netsuite.suiteql(f"{self._select} {condition}")
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
                    yield [facts.worker_fact(worker) for worker in page if is_hired(worker)]

    async def of(self, keys: Sequence[str]) -> list[Fact]:
        """The facts of these keys."""
        workers = await self._workday.named(list(keys))
        return [facts.worker_fact(worker) for worker in workers if is_hired(worker)]
