"""Timecards: an approved header becomes one time bill per split and day; a recalled one is reversed.

read -> approved? -> approver checked -> other versions undone -> parts posted -> written back
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any

from kernel.money import minor
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome, Result
from pipeline.services import Services
from pipeline.translation import time
from pipeline.workflows import approved, sweeps
from pipeline.workflows.posted import Posted
from pipeline.workflows.refusals import refused_outcome
from pipeline.workflows.source_records import LINES, Shape, SourceRecords
from pipeline.workflows.stream import Channel, Hook
from pipeline.workflows.time_bills import TimeBills

Row = Mapping[str, Any]
_RECALLED = approved.recalled("Saved", "Rejected")
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
    hooks = (
        Hook("timecard-approved", time.OBJECT, approved.WHEN, "update"),
        Hook("timecard-recalled", time.OBJECT, _RECALLED, "update"),
    )
    channels = (
        Channel("timecards", time.OBJECT, approved.WHEN, (time.KEY, *approved.ENRICHED)),
        Channel("timecards-recalled", time.OBJECT, _RECALLED, (time.KEY, *approved.ENRICHED)),
    )
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._time = services.settings.time
        self._records = SourceRecords(services.salesforce, _SHAPE)
        self._posted = Posted(services.store, self.name)
        self._bills = TimeBills(services, self._posted)

    def from_hook(self, hook: str, body: Row) -> Item | None:
        """A thin item; None where the save decided nothing, such as a bill that was written."""
        record = body.get("record") or {}
        return self._heard(str(body.get("key") or ""), record) if "pse__Status__c" in record else None

    def from_event(self, payload: Row) -> Item | None:
        """A thin item; None for a card of which nothing stands and that is not approved."""
        return self._heard(str(payload.get(time.KEY) or ""), payload)

    def _heard(self, key: str, values: Row) -> Item | None:
        if not key:
            return None
        return approved.thin_item(self.name, key, values, asyncio.get_running_loop().time())

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Headers that were approved, or recalled after posting, with their splits."""
        stamp = self._services.salesforce.stamp
        window = approved.unposted_in_window if self._services.plain else approved.in_window
        condition = window(stamp(since_s), stamp(until_s))
        async with aclosing(self._records.where(condition)) as pages:
            async for page in pages:
                items = [approved.item_of(self.name, row[time.KEY], row, self._time) for row in page]
                yield [item for item in items if item.record is not None and self._due(item.record)]

    def _due(self, header: Row) -> bool:
        """Whether anything is to do: the written-back version differs from the approved one."""
        told = time.whole(header.get("ERP_Posted_Version__c"))
        wanted = time.whole(header["Version__c"]) if approved.is_approved(header) else 0
        return self._posted.version(header[time.KEY], told) != wanted or told != wanted

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Bring the ERP to what the header now says. Raises UnreachableError."""
        header = item.record or await self._records.one(item.key, deadline_s)
        if header is None:
            return Outcome(item, "skipped", detail="no such timecard")
        item = self._as_read(item, header)
        try:
            return await self._brought(item, header, deadline_s)
        except RefusedError as refused:
            return refused_outcome(item, refused)

    async def _brought(self, item: Item, header: Row, deadline_s: float) -> Outcome:
        told = time.whole(header.get("ERP_Posted_Version__c"))
        posted = self._posted.version(item.key, told)
        if not approved.is_approved(header):
            if not posted and item.mark != FORCED:
                return Outcome(item, "skipped", detail="not approved")
            await self._bills.undo(header, item, deadline_s)
            return Outcome(item, backs=_written(header, 0))
        if posted == told == item.version and item.mark != FORCED:
            return Outcome(item, "skipped", detail="posted already")
        parts = time.parts(header[LINES])
        approved.check_approval(header, time.worth_minor(parts))
        compare = item.mark == FORCED or self._posted.others(item.key, item.version, told)
        await self._bills.post(header, parts, item, compare and not self._services.plain, deadline_s)
        return Outcome(item, backs=_written(header, item.version))

    def _as_read(self, item: Item, header: Row) -> Item:
        """The item with what the source says now; a forced one stays forced."""
        read = approved.item_of(self.name, item.key, header, self._time)
        return read._replace(mark=item.mark) if item.mark == FORCED else read

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """New approvals by async batches; whatever needs a comparison goes one by one."""
        outcomes: list[Outcome] = []
        simple: list[Item] = []
        for item in items:
            if item.record is not None and self._is_new(item.record) and item.mark != FORCED:
                simple.append(item)
            else:
                outcomes.append(await self._bills.safely(self.apply, item))
        return [*outcomes, *await self._bulk(simple)]

    def _is_new(self, header: Row) -> bool:
        told = time.whole(header.get("ERP_Posted_Version__c"))
        others = self._posted.others(header[time.KEY], time.whole(header["Version__c"]), told)
        return approved.is_approved(header) and not others

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
            return Outcome(item, backs=_written(item.record or {}, item.version))
        if any(result.cause == "closed_period" for result in bad):
            await self._services.periods.refresh()
            return await self._bills.safely(self.apply, item._replace(mark=FORCED))
        worst = next((result for result in bad if not result.transient), bad[0])
        state = "failed" if worst.transient else "refused"
        amount = time.worth_minor(time.parts((item.record or {}).get(LINES, ())))
        return Outcome(item, state, worst.cause, worst.detail, amount_minor=amount)

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Headers whose hours in the ERP, net of reversals, are not the approved ones."""
        stamp, netsuite = self._services.salesforce.stamp, self._services.netsuite
        window = approved.in_window(stamp(since_s), stamp(until_s))
        held = await sweeps.net_hours(netsuite, sweeps.saved_since(stamp(since_s)))
        suspects: dict[str, Row] = {}
        async with aclosing(self._records.compared(window)) as pages:
            async for page in pages:
                suspects.update((row[time.KEY], row) for row in page if _differs(row, held))
        found: list[Item] = []
        for keys in sweeps.chunks(list(suspects)):
            held = await sweeps.net_hours(netsuite, sweeps.named(keys))
            found.extend(
                Item(self.name, key, mark=FORCED, order=key) for key in keys if _differs(suspects[key], held)
            )
        return found


def _differs(header: Row, held: sweeps.Held) -> bool:
    wanted = minor(header.get("pse__Total_Hours__c") or 0)
    return sweeps.differs(header, wanted, held.get(header[time.KEY], {}))


def _written(header: Row, version: int) -> tuple[Back, ...]:
    """The written-back version; none (empty) where nothing stands any more."""
    key = str(header[time.KEY])
    values = {
        "ERP_Posted_Version__c": version or None,
        "ERP_Ids__c": f"{key}|{version}" if version else None,
        "Integration_Error__c": None,
    }
    return (Back(time.OBJECT, time.KEY, key, values),)
