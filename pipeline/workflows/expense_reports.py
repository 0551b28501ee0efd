"""Expense reports: an approved report becomes one document in the ERP; a policy error holds all of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import FORCED, Back, Item, Outcome
from pipeline.services import Services
from pipeline.translation import expense
from pipeline.translation.time import entity_of, whole
from pipeline.workflows import approved, sweeps
from pipeline.workflows.approved_records import ApprovedRecords, told_version
from pipeline.workflows.posted import Posted
from pipeline.workflows.refusals import bulk_outcome, refused_outcome
from pipeline.workflows.source_records import LINES, Shape
from pipeline.workflows.stream import Channel, Hook, error_on

Row = Mapping[str, Any]
_RECALLED = approved.recalled("Draft", "Rejected")
_TOLD = (expense.KEY, *approved.ENRICHED)
_SHAPE = Shape(
    expense.OBJECT,
    expense.KEY,
    expense.FIELDS,
    expense.FIELDS,
    "pse__Expense__c",
    expense.LINE_FIELDS,
    "pse__Expense_Report__r",
)
_KINDS = {"ExpRept": "expenseReport", "VendBill": "vendorBill"}


class ExpenseReports:
    """The stream of expense reports."""

    name = "expenses"
    workflow = "time_and_expense"
    flow = "expense"
    source = "salesforce"
    keys = "E-*"
    hooks = (
        Hook("expense-approved", expense.OBJECT, approved.WHEN, "update", fields=_TOLD),
        Hook("expense-recalled", expense.OBJECT, _RECALLED, "update", fields=_TOLD),
    )
    channels = (
        Channel("expenses", expense.OBJECT, approved.WHEN, _TOLD),
        Channel("expenses-recalled", expense.OBJECT, _RECALLED, _TOLD),
    )
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._posted = Posted(services.store, self.name)
        self._records = ApprovedRecords(services, self.name, _SHAPE, self._posted)

    def from_hook(self, hook: str, body: Row) -> Item | None:
        """A thin item; None where the save decided nothing."""
        return self._records.from_hook(body)

    def from_event(self, payload: Row) -> Item | None:
        """A thin item."""
        return self._records.from_event(payload)

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Reports that were approved, or recalled after posting, with their lines."""
        return self._records.changed(since_s, until_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Bring the ERP to what the report now says. Raises UnreachableError."""
        found = await self._records.read(item, deadline_s)
        if found is None:
            return Outcome(item, "skipped", detail="no such report")
        item, report = found
        try:
            return await self._brought(item, report, deadline_s)
        except RefusedError as refused:
            return refused_outcome(item, refused)

    async def _brought(self, item: Item, report: Row, deadline_s: float) -> Outcome:
        told = told_version(report)
        posted = self._posted.version(item.key, told)
        if not approved.is_approved(report):
            if not posted and item.mark != FORCED:
                return Outcome(item, "skipped", detail="not approved")
            await self._undone(item, deadline_s)
            return Outcome(item, backs=self._records.written(report, 0))
        if posted == told == item.version and item.mark != FORCED:
            return Outcome(item, "skipped", detail="posted already")
        self._check(report, item)
        await self._post(report, item, told, deadline_s)
        return Outcome(item, backs=self._records.written(report, item.version))

    def _check(self, report: Row, item: Item) -> None:
        """Approval, then policy: an error goes to the approver, a warning into the trail."""
        amount = expense.total_minor(report[LINES])
        approved.check_approval(report, amount)
        errors, warnings = expense.policy(report[LINES])
        if errors:
            owner = str(report.get("Approver_Key__c") or "")
            raise RefusedError("policy", "; ".join(errors), "approver", amount, owner)
        for warning in warnings:
            self._services.trail.step(self.flow, item.key, item.version, "warning", warning)

    async def _undone(self, item: Item, deadline_s: float) -> None:
        """Nothing of the report stands afterwards, in whichever period the reversal is dated."""
        try:
            await self._undo(item, 0, deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period":
                raise
            await self._services.periods.refresh(deadline_s)
            await self._undo(item, 0, deadline_s)

    async def _post(self, report: Row, item: Item, told: int, deadline_s: float) -> None:
        compare = item.mark == FORCED or self._posted.others(item.key, item.version, told)
        self._posted.begin(item.key, item.version)
        try:
            if not (compare and await self._undo(item, item.version, deadline_s)):
                await self._put(report, item, deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period" or self._services.plain:
                amount = expense.total_minor(report[LINES])
                raise RefusedError(
                    refused.cause, refused.detail, refused.audience, amount, system=refused.system
                ) from None
            await self._services.periods.refresh(deadline_s)
            if not await self._undo(item, item.version, deadline_s):
                await self._put(report, item, deadline_s)

    async def _put(self, report: Row, item: Item, deadline_s: float) -> None:
        body = await self._body(report, item, deadline_s)
        self._services.trail.step(self.flow, item.key, item.version, "sent")
        await self._services.netsuite.put(
            expense.kind_of(report), f"{item.key}|{item.version}", body, deadline_s
        )
        self._services.trail.step(self.flow, item.key, item.version, "posted")

    async def _body(self, report: Row, item: Item, deadline_s: float) -> dict[str, Any]:
        day = expense.day_of(report, report[LINES])
        posting = await self._services.periods.posting(entity_of(report), day, deadline_s=deadline_s)
        if posting.moved_from:
            detail = f"{posting.moved_from} -> {posting.period}"
            self._services.trail.step(self.flow, item.key, item.version, "moved", detail)
        return expense.document(report, report[LINES], day, posting.period, posting.moved_from)

    async def _undo(self, item: Item, keep: int, deadline_s: float) -> bool:
        """Reverse what stands but for the version to keep; whether that one stands."""
        if self._services.plain:
            return False
        kept = False
        for row in await self._standing(item.key, deadline_s):
            if keep and not kept and whole(row.get("custbody_source_version")) == keep:
                kept = True
                continue
            await self._reverse(_KINDS[row["type"]], row["id"], item, deadline_s)
        if keep:
            self._posted.alone(item.key, keep)
        else:
            self._posted.undone(item.key)
        return kept

    async def _standing(self, key: str, deadline_s: float) -> list[dict[str, Any]]:
        rows = await self._services.netsuite.suiteql(
            "SELECT id, type, custbody_source_version, custbody_reverses FROM transaction"
            f" WHERE type IN ('ExpRept', 'VendBill') AND custbody_source_key = {literal(key)}",
            deadline_s,
        )
        undone = {row["custbody_reverses"] for row in rows if row.get("custbody_reverses")}
        return [row for row in rows if not row.get("custbody_reverses") and row["id"] not in undone]

    async def _reverse(self, kind: str, record: str, item: Item, deadline_s: float) -> None:
        standing = await self._services.netsuite.get(kind, record, deadline_s)
        if standing is None:
            return
        entity, day = expense.posted_where(standing)
        posting = await self._services.periods.posting(entity, day, deadline_s=deadline_s)
        body = expense.reversal(standing, posting.period, posting.moved_from)
        await self._services.netsuite.put(kind, f"R|{record}", body, deadline_s)
        self._services.trail.step(self.flow, item.key, item.version, "reversed", record)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """On the header, where its approver looks once more."""
        return error_on(_SHAPE.object, _SHAPE.key, item.key, refusal)

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """New approvals by async batches, one per record type; comparisons go one by one."""
        outcomes: list[Outcome] = []
        rows: dict[str, list[tuple[Item, dict[str, Any]]]] = {"expenseReport": [], "vendorBill": []}
        for item in items:
            report = item.record
            if report is None or not self._records.is_new(item):
                outcomes.append(await self._safely(item))
                continue
            try:
                self._check(report, item)
                body = {"externalId": f"{item.key}|{item.version}", **await self._body(report, item, inf)}
                rows[expense.kind_of(report)].append((item, body))
                self._posted.begin(item.key, item.version)
            except (RefusedError, UnreachableError) as failed:
                outcomes.append(_failed(item, failed))
        for kind, pairs in rows.items():
            outcomes.extend(await self._batch(kind, pairs))
        return outcomes

    async def _batch(self, kind: str, pairs: Sequence[tuple[Item, dict[str, Any]]]) -> list[Outcome]:
        for item, _ in pairs:
            self._services.trail.step(self.flow, item.key, item.version, "sent", "in bulk")
        results = await self._services.netsuite.batch(kind, [body for _, body in pairs])
        outcomes = []
        for (item, _), result in zip(pairs, results, strict=True):
            if result.ok:
                self._services.trail.step(self.flow, item.key, item.version, "posted", "in bulk")
                outcomes.append(Outcome(item, backs=self._records.written(item.record or {}, item.version)))
            elif result.cause == "closed_period":
                await self._services.periods.refresh()
                outcomes.append(await self._safely(item._replace(mark=FORCED)))
            else:
                amount = expense.total_minor((item.record or {}).get(LINES, ()))
                outcomes.append(bulk_outcome(item, result, amount))
        return outcomes

    async def _safely(self, item: Item) -> Outcome:
        try:
            return await self.apply(item)
        except (RefusedError, UnreachableError) as failed:
            return _failed(item, failed)

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Reports whose approved version does not stand, or that stand and are not approved."""
        holds = partial(sweeps.live_documents, self._services.netsuite)
        return await self._records.sweep(since_s, until_s, holds, _one)

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        holds = partial(sweeps.live_documents, self._services.netsuite)
        return await self._records.differing(keys, holds, _one)


def _one(report: Row) -> int:
    """One document stands for a report."""
    return 1


def _failed(item: Item, failed: RefusedError | UnreachableError) -> Outcome:
    if isinstance(failed, RefusedError):
        return refused_outcome(item, failed)
    return Outcome(item, "failed", failed.cause, failed.detail)
