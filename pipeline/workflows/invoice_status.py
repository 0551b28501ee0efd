"""Invoice status: what finance released in the ERP, with its number, goes back to the PSA's billing event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from math import inf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.item import Back, Item, Outcome
from pipeline.services import Services
from pipeline.workflows.stream import Channel, Hook

_SELECT = "SELECT id, custbody_source_key, tranid, trandate, lastmodifieddate FROM invoice"
_EVENT = ("pse__Billing_Event__c", "pse__Event_Key__c")
_KEYS = 200


class InvoiceStatus:
    """Released invoices; NetSuite calls nobody here, so every pattern but batch polls it."""

    name = "invoice_status"
    workflow = "billing_and_revenue"
    flow = "invoice"
    source = "netsuite"
    keys = "B-*"
    hooks: tuple[Hook, ...] = ()
    channels: tuple[Channel, ...] = ()
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services) -> None:
        self._services = services

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """None: there is no hook."""
        return None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """None: there is no channel."""
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Invoices that finance released in the window: one query, whatever it finds."""
        stamp = self._services.settings.time.stamp
        query = (
            f"{_SELECT} WHERE approvalstatus = 'approved'"
            f" AND lastmodifieddate >= '{stamp(since_s)}' AND lastmodifieddate < '{stamp(until_s)}'"
        )
        rows = await self._services.netsuite.suiteql(query)
        if rows:
            yield [self._item(row) for row in rows if row.get("custbody_source_key")]

    def _item(self, row: Mapping[str, Any]) -> Item:
        handed_s = self._services.settings.time.seconds(row["lastmodifieddate"])
        key, number = row["custbody_source_key"], row.get("tranid", "")
        return Item(self.name, key, 1, number, key, row, handed_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """The values to write back; the pattern sends them."""
        row = item.record
        if row is None:
            query = (
                f"{_SELECT} WHERE custbody_source_key = {literal(item.key)} AND approvalstatus = 'approved'"
            )
            rows = await self._services.netsuite.suiteql(query, deadline_s)
            if not rows:
                return Outcome(item, "skipped")
            row = rows[0]
        values = {
            "ERP_Invoice_Id__c": row["id"],
            "pse__Invoice_Number__c": row["tranid"],
            "pse__Invoice_Date__c": row["trandate"],
            "pse__Invoiced__c": True,
        }
        return Outcome(item, backs=(Back(*_EVENT, item.key, values),))

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """One outcome each: the write-back goes out in collections."""
        return [await self.apply(item) for item in items]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Released invoices whose number the PSA does not show, however long ago their events were saved."""
        return await self._untold(f"LastModifiedDate < {self._services.salesforce.stamp(until_s)}")

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        found: list[str] = []
        for start in range(0, len(keys), _KEYS):
            among = ", ".join(map(soql_text, keys[start : start + _KEYS]))
            found += [item.key for item in await self._untold(f"pse__Event_Key__c IN ({among})")]
        return found

    async def _untold(self, condition: str) -> list[Item]:
        soql = (
            "SELECT pse__Event_Key__c FROM pse__Billing_Event__c WHERE pse__Is_Released__c = TRUE"
            f" AND pse__Invoice_Number__c = NULL AND {condition}"
        )
        keys = [row["pse__Event_Key__c"] for row in await self._services.salesforce.rows(soql)]
        items: list[Item] = []
        for start in range(0, len(keys), _KEYS):
            among = ", ".join(literal(key) for key in keys[start : start + _KEYS])
            query = f"{_SELECT} WHERE custbody_source_key IN ({among}) AND approvalstatus = 'approved'"
            items += [self._item(row) for row in await self._services.netsuite.suiteql(query)]
        return items
