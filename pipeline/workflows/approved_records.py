"""Approved records as items: how timecards and expense reports are heard of, read, compared and written back.

The two streams differ in what an approval makes of them in the ERP; what leads there and back is the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any

from pipeline.connectors.salesforce import soql_text
from pipeline.item import FORCED, Back, Item
from pipeline.services import Services
from pipeline.translation.time import whole
from pipeline.workflows import approved, sweeps
from pipeline.workflows.posted import Posted
from pipeline.workflows.source_records import Shape, SourceRecords

Row = Mapping[str, Any]
Holds = Callable[[str], Awaitable[sweeps.Held]]
"""What the ERP holds of records that fit a condition."""


class ApprovedRecords:
    """Headers of one shape with their lines, as items of one stream."""

    def __init__(self, services: Services, stream: str, shape: Shape, posted: Posted) -> None:
        self._services = services
        self._time = services.settings.time
        self._stream = stream
        self._shape = shape
        self._source = SourceRecords(services.salesforce, shape)
        self._posted = posted

    def from_hook(self, body: Row) -> Item | None:
        """A thin item; None where the save decided nothing, such as a bill that was written."""
        record = body.get("record") or {}
        return self._heard(str(body.get("key") or ""), record) if "pse__Status__c" in record else None

    def from_event(self, payload: Row) -> Item | None:
        """A thin item; None for an event that names no record."""
        return self._heard(str(payload.get(self._shape.key) or ""), payload)

    def _heard(self, key: str, values: Row) -> Item | None:
        if not key:
            return None
        return approved.thin_item(self._stream, key, values, asyncio.get_running_loop().time())

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Records that were approved, or recalled after posting, with their lines."""
        key, stamp = self._shape.key, self._services.salesforce.stamp
        window = approved.unposted_in_window if self._services.plain else approved.in_window
        condition = window(stamp(since_s), stamp(until_s))
        async with aclosing(self._source.where(condition)) as pages:
            async for page in pages:
                due = [row for row in page if self._due(row)]
                yield [approved.item_of(self._stream, row[key], row, self._time) for row in due]

    def _due(self, record: Row) -> bool:
        """Whether anything is to do: the written-back version differs from the approved one."""
        told = told_version(record)
        wanted = whole(record["Version__c"]) if approved.is_approved(record) else 0
        return told != wanted or self._posted.version(record[self._shape.key], told) != wanted

    async def read(self, item: Item, deadline_s: float = inf) -> tuple[Item, Row] | None:
        """The item as the source now has it, and its record; a forced one stays forced. None: no such one."""
        record = item.record or await self._source.one(item.key, deadline_s)
        if record is None:
            return None
        read = approved.item_of(self._stream, item.key, record, self._time)
        return (read._replace(mark=item.mark) if item.mark == FORCED else read), record

    def is_new(self, item: Item) -> bool:
        """Whether a read item is an approval of which nothing else can stand: it needs no comparison."""
        record = item.record
        if record is None or item.mark == FORCED or not approved.is_approved(record):
            return False
        key, version = record[self._shape.key], whole(record["Version__c"])
        return not self._posted.others(key, version, told_version(record))

    async def sweep(
        self, since_s: float, until_s: float, holds: Holds, wanted: Callable[[Row], int]
    ) -> list[Item]:
        """Forced items of what was saved in the window and does not stand as `wanted`, whole and alone."""
        stamp = self._services.salesforce.stamp
        held = await holds(sweeps.saved_since(stamp(since_s)))
        rows = await self._compared(approved.in_window(stamp(since_s), stamp(until_s)))
        suspects = {
            name: row for name, row in rows.items() if sweeps.differs(row, wanted(row), held.get(name, {}))
        }
        found = await self._differ(suspects, holds, wanted)
        return [Item(self._stream, name, mark=FORCED, order=name) for name in found]

    async def differing(self, keys: Sequence[str], holds: Holds, wanted: Callable[[Row], int]) -> list[str]:
        """Of these keys, those that do not stand as `wanted`, whole and alone."""
        rows: dict[str, Row] = {}
        for some in sweeps.chunks(keys):
            rows |= await self._compared(f"{self._shape.key} IN ({', '.join(map(soql_text, some))})")
        return await self._differ(rows, holds, wanted)

    async def _compared(self, condition: str) -> dict[str, Row]:
        """What a comparison needs of the headers that fit, by key."""
        rows: dict[str, Row] = {}
        async with aclosing(self._source.compared(condition)) as pages:
            async for page in pages:
                rows.update((row[self._shape.key], row) for row in page)
        return rows

    async def _differ(self, rows: Mapping[str, Row], holds: Holds, wanted: Callable[[Row], int]) -> list[str]:
        """The keys of those that differ from what the ERP holds under their names."""
        found: list[str] = []
        for keys in sweeps.chunks(list(rows)):
            held = await holds(sweeps.named(keys))
            found += [
                name for name in keys if sweeps.differs(rows[name], wanted(rows[name]), held.get(name, {}))
            ]
        return found

    def written(self, record: Row, version: int) -> tuple[Back, ...]:
        """The written-back version; none (empty) where nothing stands any more."""
        key = str(record[self._shape.key])
        values = {
            "ERP_Posted_Version__c": version or None,
            "ERP_Ids__c": f"{key}|{version}" if version else None,
            "Integration_Error__c": None,
        }
        return (Back(self._shape.object, self._shape.key, key, values),)


def told_version(record: Row) -> int:
    """The version that the source believes to be posted; 0 for none."""
    return whole(record.get("ERP_Posted_Version__c"))
