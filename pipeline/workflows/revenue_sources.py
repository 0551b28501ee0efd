"""What revenue is computed from, as of a cut: contracts, change orders, approved hours, cost rates by day.

All of it is read from the sources, nothing from what was posted: lateness elsewhere makes none wrong;
and as it was at the cut, so that a run that is made up late finds what it would have found in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import date, timedelta
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

from kernel.money import minor
from pipeline.services import Services
from pipeline.settings import RevenueRun
from pipeline.translation.approval import APPROVED, is_entitled
from pipeline.translation.revenue import Contract, Cost
from pipeline.translation.time import DAYS, week
from pipeline.translation.worker import Worker, worker_key, worker_of
from pipeline.workflows.as_of import former_values

_UNKNOWN = Cost(0, "USD")
_NEVER = "9999"
"""Later than any day."""
_DEAL, _HEADER = "pse__Opportunity__r", "pse__Timecard_Header__r"
_PROJECTS = (
    "SELECT Id, pse__Opportunity__c,"
    " Project_Key__c, Entity__c, CurrencyIsoCode, Billing_Method__c, Contract_Amount__c,"
    " pse__Planned_Hours__c, pse__Start_Date__c, pse__End_Date__c, Hours_To_Date__c, Cost_To_Date__c,"
    " Revenue_To_Date__c, Opportunity_Key__c, pse__Opportunity__r.Amount,"
    " pse__Opportunity__r.Planned_Hours__c, pse__Opportunity__r.Start_Date__c,"
    " pse__Opportunity__r.End_Date__c FROM pse__Proj__c WHERE CreatedDate <= {cut}"
)
_CHANGES = (
    "SELECT pse__Project__r.Project_Key__c, pse__Amount__c, Hours__c, Approved_At__c FROM pse__Budget__c"
    " WHERE pse__Type__c = 'Change Request' AND pse__Status__c = 'Approved'"
)
_SPLITS = (
    "SELECT Id, pse__Status__c, pse__Start_Date__c, pse__Bill_Rate__c, pse__Timecard_Header__c,"
    " pse__Timecard_Header__r.Worker_Key__c,"
    " pse__Timecard_Header__r.Project_Key__c, pse__Timecard_Header__r.Approved_At__c,"
    " pse__Timecard_Header__r.Approved_By__c, pse__Timecard_Header__r.Approver_Key__c,"
    " pse__Timecard_Header__r.Submitter__c,"
    f" {', '.join(DAYS)} FROM pse__Timecard__c"
    " WHERE CreatedDate <= {cut}"
    " AND (pse__End_Date__c >= {first} OR pse__Timecard_Header__r.Approved_At__c >= {start})"
)


class Hours(NamedTuple):
    """A counted part before its cost is known."""

    project: str
    worker: str
    day: str
    hours_centi: int
    bill_rate_minor: int


class Sources(NamedTuple):
    """Everything as of one cut. `rates` answers a worker's cost on a day."""

    contracts: Sequence[Contract]
    hours: Mapping[str, Sequence[Hours]]
    rates: Rates


class Rates:
    """Cost rates by worker and day: the last day's, and what stood before each change."""

    def __init__(self, last: Mapping[str, Worker]) -> None:
        self._last = last
        self._before: dict[str, list[tuple[str, Worker | None]]] = {}
        self._standing = {key: Cost(worker.cost_rate_minor, worker.currency) for key, worker in last.items()}

    def add(self, worker: str, change_day: str, before: Worker | None) -> None:
        """Until the day before `change_day`, this stood. To be added in order of day."""
        self._before.setdefault(worker, []).append((change_day, before))

    def on(self, worker: str, day: str) -> Cost:
        """The rate effective on the day; before the first one known, that one; 0 for who is unknown to HR."""
        for change_day, before in self._before.get(worker, ()):
            if day < change_day and before is not None:
                return Cost(before.cost_rate_minor, before.currency)
        return self._standing.get(worker, _UNKNOWN)

    def last(self, worker: str) -> Worker | None:
        """The worker on the last day."""
        return self._last.get(worker)


class RevenueSources:
    """Reads the sources for a run of `period`, the one whose revenue is recognised."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._time = services.settings.time
        self.period = services.settings.period

    @cached_property
    def last_day(self) -> str:
        """The period's last day."""
        year, month = int(self.period[:4]), int(self.period[5:7])
        return str(date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))

    async def read(self, run: RevenueRun) -> Sources:
        """All of it. Raises RefusedError and UnreachableError."""
        contracts = await self._contracts(run)
        entity_of = {contract.project: contract.entity for contract in contracts}
        hours = await self._hours(run, entity_of)
        days = [part.day for parts in hours.values() for part in parts]
        rates = await self._rates(run, min(days, default=self.last_day))
        return Sources(contracts, hours, rates)

    async def _contracts(self, run: RevenueRun) -> list[Contract]:
        salesforce, cut_s = self._services.salesforce, run.at_s
        orders = await self._orders(cut_s)
        rows = await salesforce.rows(_PROJECTS.format(cut=self._time.stamp(cut_s)))
        projects = await former_values(salesforce, "pse__Proj__c", cut_s)
        deals = await former_values(salesforce, "Opportunity", cut_s)
        contracts = []
        for row in rows:
            if row.get("Billing_Method__c"):
                deal = {**(row.get(_DEAL) or {}), **deals.get(row.get("pse__Opportunity__c") or "", {})}
                own = {**row, **projects.get(row["Id"], {}), _DEAL: deal}
                contracts.append(_contract(own, orders.get(row["Project_Key__c"])))
        return contracts

    async def _orders(self, cut_s: float) -> dict[str, _Extra]:
        """Amounts and hours, by project, of the change orders approved by the cut."""
        orders: dict[str, _Extra] = {}
        for row in await self._services.salesforce.rows(_CHANGES):
            if self._time.seconds(row["Approved_At__c"]) <= cut_s:
                project = row["pse__Project__r"]["Project_Key__c"]
                had = orders.get(project, _Extra(0, 0))
                orders[project] = _Extra(
                    had.amount_minor + minor(row["pse__Amount__c"] or 0),
                    had.hours_centi + _centi(row.get("Hours__c")),
                )
        return orders

    async def _hours(self, run: RevenueRun, entity_of: Mapping[str, str]) -> dict[str, list[Hours]]:
        """Counted parts by project."""
        counted: dict[str, list[Hours]] = {}
        for row in await self._splits(run.at_s):
            header = row[_HEADER]
            project, worker = header["Project_Key__c"], header["Worker_Key__c"]
            first = self._first_day(header["Approved_At__c"], entity_of.get(project, ""))
            rate = minor(row.get("pse__Bill_Rate__c") or 0)
            counted.setdefault(project, []).extend(
                Hours(project, worker, day, centi, rate)
                for day, centi in _days(row)
                if first <= day <= self.last_day
            )
        return counted

    async def _splits(self, cut_s: float) -> list[dict[str, Any]]:
        """Splits that stood approved by somebody entitled at the cut, as they then were."""
        salesforce, stamp = self._services.salesforce, self._time.stamp
        soql = _SPLITS.format(cut=stamp(cut_s), first=f"{self.period}-01", start=stamp(0.0))
        rows = await salesforce.rows(soql)
        splits = await former_values(salesforce, "pse__Timecard__c", cut_s)
        headers = await former_values(salesforce, "pse__Timecard_Header__c", cut_s)
        stood = []
        for row in rows:
            split = {**row, **splits.get(row["Id"], {})}
            header = {**row[_HEADER], **headers.get(row["pse__Timecard_Header__c"], {})}
            if split["pse__Status__c"] == APPROVED and is_entitled(header):
                stood.append({**split, _HEADER: header})
        return stood

    def _first_day(self, approved_at: str, entity: str) -> str:
        """From which day on hours belong to the period: earlier periods are closed, so theirs move into it.

        What was approved before the start belongs where it is dated; after the entity's lock, nowhere here.
        """
        approved_s = self._time.seconds(approved_at)
        if approved_s < 0.0:
            return f"{self.period}-01"
        return _NEVER if approved_s >= self._services.settings.time_locks.get(entity, inf) else ""

    async def _rates(self, run: RevenueRun, first_day: str) -> Rates:
        """As known at the cut: everybody on the last day, and whoever changed since, before each change."""
        entered = self._time.stamp(run.at_s)
        last: dict[str, Worker] = {}
        async with aclosing(self._services.workday.everyone(on=self.last_day, entered=entered)) as pages:
            async for page in pages:
                last.update((worker.worker, worker) for given in page if (worker := worker_of(given)))
        rates = Rates(last)
        for day, keys in sorted((await self._changed(first_day, run.at_s)).items()):
            before = str(date.fromisoformat(day) - timedelta(days=1))
            found = await self._services.workday.named(list(keys), on=before, entered=entered)
            held = {worker.worker: worker for given in found if (worker := worker_of(given))}
            for key in keys:
                rates.add(key, day, held.get(key))
        return rates

    async def _changed(self, first_day: str, cut_s: float) -> dict[str, dict[str, None]]:
        """Workers by the day on which something changed for them, after the first day and by the last."""
        low = self._time.at(date.fromisoformat(first_day), "00:00", "UTC") - 86400.0
        high = self._time.at(date.fromisoformat(self.last_day), "00:00", "UTC") + 2 * 86400.0
        changed: dict[str, dict[str, None]] = {}
        async with aclosing(self._services.workday.changes(None, (low, high))) as pages:
            async for page in pages:
                for given in page:
                    for line in given["log"]:
                        day = line["effective"]
                        known = self._time.seconds(line["entered"]) <= cut_s
                        if known and first_day < day <= self.last_day:
                            changed.setdefault(day, {})[worker_key(given)] = None
        return changed


class _Extra(NamedTuple):
    """What change orders add."""

    amount_minor: int
    hours_centi: int


def _contract(row: Mapping[str, Any], orders: _Extra | None) -> Contract:
    """A win's terms are its opportunity's; an older project's own ones hold its change orders already."""
    orders = orders or _Extra(0, 0)
    deal = row[_DEAL] if row.get("Opportunity_Key__c") else None
    value, planned = minor(row.get("Contract_Amount__c") or 0), _centi(row.get("pse__Planned_Hours__c"))
    start, end = row.get("pse__Start_Date__c"), row.get("pse__End_Date__c")
    if deal:
        value = minor(deal.get("Amount") or 0) + orders.amount_minor
        planned = _centi(deal.get("Planned_Hours__c")) + orders.hours_centi
        start, end = deal.get("Start_Date__c"), deal.get("End_Date__c")
    return Contract(
        project=row["Project_Key__c"],
        entity=row.get("Entity__c") or "",
        currency=row.get("CurrencyIsoCode") or "",
        billing_method=row["Billing_Method__c"],
        value_minor=value,
        planned_centi=planned,
        start=start or "",
        end=end or "",
        hours_before_centi=_centi(row.get("Hours_To_Date__c")),
        cost_before_minor=minor(row.get("Cost_To_Date__c") or 0),
        revenue_before_minor=minor(row.get("Revenue_To_Date__c") or 0),
    )


def _days(row: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(date, hours in hundredths) of each day of a split that has hours."""
    for day, field in week(row["pse__Start_Date__c"]):
        hours = row.get(field)
        if hours and (centi := minor(hours)):
            yield day, centi


def _centi(hours: Any) -> int:
    return minor(hours or 0)
