"""Timecards: an approved header becomes one time bill per split and day; a recalled one is reversed.

read -> approved? -> approver checked -> other versions undone -> parts posted -> written back
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any

from kernel.money import minor
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome, Result
from pipeline.services import Services
from pipeline.translation import time
from pipeline.workflows import approved, sweeps
from pipeline.workflows.approved_records import ApprovedRecords, told_version
from pipeline.workflows.posted import Posted
from pipeline.workflows.refusals import bulk_outcome, refused_outcome
from pipeline.workflows.source_records import LINES, Shape
from pipeline.workflows.stream import Channel, Hook, error_on
from pipeline.workflows.time_bills import TimeBills

Row = Mapping[str, Any]
_RECALLED = approved.recalled("Saved", "Rejected")
_TOLD = (time.KEY, *approved.ENRICHED)
_SHAPE = Shape(
    time.OBJECT,
    time.KEY,
    time.FIELDS,
    f"{time.KEY}, Version__c, pse__Status__c, pse__Total_Hours__c",
    "pse__Timecard__c",
    time.SPLIT_FIELDS,
    "pse__Timecard_Header__r",
)


class Timecards:
    """The stream of timecard headers."""

    name = "timecards"
    workflow = "time_and_expense"
    flow = "time"
    source = "salesforce"
    keys = "T-*"
    hooks = (
        Hook("timecard-approved", time.OBJECT, approved.WHEN, "update", fields=_TOLD),
        Hook("timecard-recalled", time.OBJECT, _RECALLED, "update", fields=_TOLD),
    )
    channels = (
        Channel("timecards", time.OBJECT, approved.WHEN, _TOLD),
        Channel("timecards-recalled", time.OBJECT, _RECALLED, _TOLD),
    )
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._posted = Posted(services.store, self.name)
        self._records = ApprovedRecords(services, self.name, _SHAPE, self._posted)
        self._bills = TimeBills(services, self._posted)

    def from_hook(self, hook: str, body: Row) -> Item | None:
        """A thin item; None where the save decided nothing."""
        return self._records.from_hook(body)

    def from_event(self, payload: Row) -> Item | None:
        """A thin item."""
        return self._records.from_event(payload)

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Headers that were approved, or recalled after posting, with their splits."""
        return self._records.changed(since_s, until_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Bring the ERP to what the header now says. Raises UnreachableError."""
        found = await self._records.read(item, deadline_s)
        if found is None:
            return Outcome(item, "skipped", detail="no such timecard")
        item, header = found
        try:
            return await self._brought(item, header, deadline_s)
        except RefusedError as refused:
            return refused_outcome(item, refused)

    async def _brought(self, item: Item, header: Row, deadline_s: float) -> Outcome:
        told = told_version(header)
        posted = self._posted.version(item.key, told)
        if not approved.is_approved(header):
            if not posted and item.mark != FORCED:
                return Outcome(item, "skipped", detail="not approved")
            await self._bills.undo(header, item, deadline_s)
            return Outcome(item, backs=self._records.written(header, 0))
        if posted == told == item.version and item.mark != FORCED:
            return Outcome(item, "skipped", detail="posted already")
        parts = time.parts(header[LINES])
        approved.check_approval(header, time.worth_minor(parts))
        compare = item.mark == FORCED or self._posted.others(item.key, item.version, told)
        await self._bills.post(header, parts, item, compare and not self._services.plain, deadline_s)
        return Outcome(item, backs=self._records.written(header, item.version))

    def shown(self, item: Item, refusal: str) -> Back | None:
        """On the header, where its approver looks once more."""
        return error_on(_SHAPE.object, _SHAPE.key, item.key, refusal)

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """New approvals by async batches; whatever needs a comparison goes one by one."""
        outcomes: list[Outcome] = []
        simple: list[Item] = []
        for item in items:
            if self._records.is_new(item):
                simple.append(item)
            else:
                outcomes.append(await self._bills.safely(self.apply, item))
        return [*outcomes, *await self._bulk(simple)]

    async def _bulk(self, items: Sequence[Item]) -> list[Outcome]:
        rows: list[dict[str, Any]] = []
        owners: list[Item] = []
        refused: list[Outcome] = []
        for item in items:
            built = await self._bills.built(item)
            if isinstance(built, Outcome):
                refused.append(built)
                continue
            self._posted.begin(item.key, item.version)
            self._services.trail.step(self.flow, item.key, item.version, "sent", "in bulk")
            rows.extend(built)
            owners.extend([item] * len(built))
        results = await self._services.netsuite.batch("timeBill", rows)
        by_key: dict[str, list[Result]] = {}
        for owner, result in zip(owners, results, strict=True):
            by_key.setdefault(owner.key, []).append(result)
        done = {outcome.item.key for outcome in refused}
        outcomes = [
            await self._concluded(item, by_key.get(item.key, [])) for item in items if item.key not in done
        ]
        return [*refused, *outcomes]

    async def _concluded(self, item: Item, results: Sequence[Result]) -> Outcome:
        """One header's results: a period that was closed in between is worth a second, single try."""
        bad = [result for result in results if not result.ok]
        if not bad:
            self._services.trail.step(self.flow, item.key, item.version, "posted", f"{len(results)} in bulk")
            return Outcome(item, backs=self._records.written(item.record or {}, item.version))
        if any(result.cause == "closed_period" for result in bad):
            await self._services.periods.refresh()
            return await self._bills.safely(self.apply, item._replace(mark=FORCED))
        worst = next((result for result in bad if not result.transient), bad[0])
        return bulk_outcome(item, worst, time.worth_minor(time.parts((item.record or {}).get(LINES, ()))))

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Headers whose hours in the ERP, net of reversals, are not the approved ones."""
        holds = partial(sweeps.net_hours, self._services.netsuite)
        return await self._records.sweep(since_s, until_s, holds, _hours)

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        return await self._records.differing(keys, partial(sweeps.net_hours, self._services.netsuite), _hours)


def _hours(header: Row) -> int:
    return minor(header.get("pse__Total_Hours__c") or 0)
