"""Invoices: one in the ERP per released billing event, pending approval; and never again once it stands.

A person who presses the release button waits for one SuiteQL check and one PUT, and reads the reasons.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf, isinf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome
from pipeline.services import Services
from pipeline.translation.invoice import (
    EVENT_FIELDS,
    ITEM_FIELDS,
    Event,
    Line,
    amount_minor,
    event_of,
    invoice_body,
    line_of,
)
from pipeline.workflows.invoice_check import lacking
from pipeline.workflows.refusals import bulk_outcome, refused_outcome
from pipeline.workflows.stream import Channel, Hook, error_on

_EVENT = "pse__Billing_Event__c"
_RELEASED = {"pse__Is_Released__c": [True]}
_TOLD = ("pse__Event_Key__c", "Project_Key__c", "Version__c")
_KEYS = 200
_ASKED = "asked"
Whole = tuple[Event, list[Line]]


class Invoices:
    """Released billing events; ordered by project."""

    name = "invoices"
    workflow = "billing_and_revenue"
    flow = "invoice"
    source = "salesforce"
    keys = "B-*"
    hooks = (Hook("billing-released", _EVENT, _RELEASED, mode="sync", fields=_TOLD),)
    channels = (Channel("billing", _EVENT, _RELEASED, _TOLD),)
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sent = services.store.table("invoices_sent")

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """A thin item: event and lines are read when it is worked on. Its release may not be saved yet."""
        item = self._thin(str(body.get("key") or ""), body.get("record") or {})
        return item._replace(mark=f"{_ASKED} {item.handed_s}") if item else None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """A thin item: event and lines are read when it is worked on."""
        return self._thin(str(payload.get("pse__Event_Key__c") or ""), payload)

    def _thin(self, key: str, values: Mapping[str, Any]) -> Item | None:
        if not key:
            return None
        order = str(values.get("Project_Key__c") or key)
        version = int(values.get("Version__c") or 1)
        return Item(self.name, key, version, order=order, handed_s=asyncio.get_running_loop().time())

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Events released and saved in the window."""
        stamp = self._services.salesforce.stamp
        window = f"LastModifiedDate >= {stamp(since_s)} AND LastModifiedDate < {stamp(until_s)}"
        return self._pages(window)

    async def _pages(self, condition: str) -> AsyncGenerator[list[Item], None]:
        soql = (
            f"SELECT {', '.join(EVENT_FIELDS)} FROM pse__Billing_Event__c WHERE pse__Is_Released__c = TRUE"
            f" AND {condition}"
        )
        if self._services.plain:
            soql += " AND ERP_Invoice_Id__c = NULL"
        async with aclosing(self._services.salesforce.pages(soql)) as pages:
            async for rows in pages:
                yield [self._whole(row) for row in rows]

    def _whole(self, row: Mapping[str, Any]) -> Item:
        event = event_of(row)
        handed_s = self._services.settings.time.seconds(row["LastModifiedDate"])
        return Item(self.name, event.event, event.version, f"v{event.version}", event.project, row, handed_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """One invoice. Raises UnreachableError; a refusal carries its reasons."""
        if self._stands(item):
            return Outcome(item, "skipped")
        whole = await self._read(item.key, deadline_s)
        if whole is None or not (whole[0].released or item.mark.startswith(_ASKED)):
            return Outcome(item, "skipped")
        event, lines = whole
        item = item._replace(version=event.version)
        if self._stands(item):
            return Outcome(item, "skipped")
        try:
            if not isinf(deadline_s):
                await self._check(event, lines, deadline_s)
            record = await self._put(event, lines, deadline_s)
        except RefusedError as refused:
            return refused_outcome(item, refused)
        self._send(event)
        return Outcome(item, backs=_told(item.key, record) if self._services.plain else ())

    def _stands(self, item: Item) -> bool:
        """Whether this version was confirmed by the ERP: it is finance's from then on. A script forgets."""
        if self._services.plain:
            return False
        sent: int = self._sent.get(item.key, 0)
        return 0 < item.version <= sent

    def _send(self, event: Event) -> None:
        self._sent.put(event.event, event.version)
        self._services.store.commit()
        self._step(event, "confirmed")

    def _step(self, event: Event, what: str) -> None:
        self._services.trail.step(self.flow, event.event, event.version, what)

    async def _read(self, key: str, deadline_s: float) -> Whole | None:
        """The event and its lines, in one composite."""
        event = f"SELECT {', '.join(EVENT_FIELDS)} FROM {_EVENT}"
        lines = f"SELECT {', '.join(ITEM_FIELDS)} FROM pse__Billing_Event_Item__c"
        events, items = await self._services.salesforce.queries(
            [
                f"{event} WHERE pse__Event_Key__c = {soql_text(key)}",
                f"{lines} WHERE pse__Billing_Event__r.pse__Event_Key__c = {soql_text(key)}",
            ],
            deadline_s,
        )
        return (event_of(events[0]), [line_of(row) for row in items]) if events else None

    async def _check(self, event: Event, lines: Sequence[Line], deadline_s: float) -> None:
        """One SuiteQL: what is billed stands in the ERP. Raises RefusedError with the reasons."""
        reasons = await lacking(self._services.netsuite, event, lines, deadline_s)
        if reasons:
            detail = f"Not in the ERP yet: {', '.join(reasons)}"
            raise RefusedError("missing_reference", detail, "caller", amount_minor(lines))

    async def _put(self, event: Event, lines: Sequence[Line], deadline_s: float) -> str:
        body = await self._body(event, lines)
        netsuite = self._services.netsuite
        self._step(event, "sent")
        try:
            return await netsuite.put("invoice", event.event, body, deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period":
                raise
            await self._services.periods.refresh()
            return await netsuite.put("invoice", event.event, await self._body(event, lines), deadline_s)

    async def _body(self, event: Event, lines: Sequence[Line]) -> dict[str, Any]:
        period, moved_from = await self._services.periods.posting(event.entity, event.date, "ar_gl")
        return invoice_body(event, lines, period, moved_from)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """On the billing event."""
        return error_on(_EVENT, "pse__Event_Key__c", item.key, refusal)

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """One run's invoices: lines by SOQL, documents in batches."""
        await self._services.periods.refresh()
        due = [item for item in items if not self._stands(item)]
        outcomes = [Outcome(item, "skipped") for item in items if self._stands(item)]
        wholes = await self._read_many(due)
        by_key = {item.key: item for item in due}
        outcomes += [Outcome(by_key[key], "skipped") for key in by_key if key not in wholes]
        bodies = [
            {"externalId": key, **await self._body(event, lines)} for key, (event, lines) in wholes.items()
        ]
        for event, _ in wholes.values():
            self._step(event, "sent")
        for result in await self._services.netsuite.batch("invoice", bodies) if bodies else ():
            event, lines = wholes[result.key]
            if result.ok:
                self._send(event)
            failed = None if result.ok else result
            outcomes.append(bulk_outcome(by_key[result.key], failed, amount_minor(lines)))
        return outcomes

    async def _read_many(self, items: Sequence[Item]) -> dict[str, Whole]:
        """Released events with their lines, by key; what came without its record is read."""
        wholes: dict[str, Whole] = {}
        for item in items:
            if item.record is None:
                whole = await self._read(item.key, inf)
                if whole is not None and whole[0].released:
                    wholes[item.key] = whole
            else:
                wholes[item.key] = (event_of(item.record), [])
        keys = [item.key for item in items if item.record is not None]
        for start in range(0, len(keys), _KEYS):
            among = ", ".join(soql_text(key) for key in keys[start : start + _KEYS])
            soql = (
                f"SELECT {', '.join(ITEM_FIELDS)} FROM pse__Billing_Event_Item__c"
                f" WHERE pse__Billing_Event__r.pse__Event_Key__c IN ({among})"
            )
            for row in await self._services.salesforce.rows(soql):
                wholes[row["pse__Billing_Event__r"]["pse__Event_Key__c"]][1].append(line_of(row))
        return wholes

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Released events without an invoice."""
        absent = await self._absent([item async for page in self.changed(since_s, until_s) for item in page])
        for item in absent:
            self._sent.drop(item.key)
        return [item._replace(mark=FORCED) for item in absent]

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        items: list[Item] = []
        for start in range(0, len(keys), _KEYS):
            among = ", ".join(map(soql_text, keys[start : start + _KEYS]))
            items += [item async for page in self._pages(f"pse__Event_Key__c IN ({among})") for item in page]
        return [item.key for item in await self._absent(items)]

    async def _absent(self, items: Sequence[Item]) -> list[Item]:
        held: dict[str, None] = {}
        for start in range(0, len(items), _KEYS):
            among = ", ".join(literal(item.key) for item in items[start : start + _KEYS])
            query = f"SELECT custbody_source_key FROM invoice WHERE custbody_source_key IN ({among})"
            for row in await self._services.netsuite.suiteql(query):
                held[row["custbody_source_key"]] = None
        return [item for item in items if item.key not in held]


def _told(key: str, record: str) -> tuple[Back, ...]:
    """The id alone: the number comes when finance releases it."""
    return (Back(_EVENT, "pse__Event_Key__c", key, {"ERP_Invoice_Id__c": record}),)
