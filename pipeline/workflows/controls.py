"""Billing controls: each changed milestone, instalment, change order and purchase request stands in the ERP.

One PUT each; a change order also alters the job's contract, a purchase request is a purchase order. What the
pipeline itself made with a new project is taken like anybody's: nothing here writes back into these records.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from math import inf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.connectors.salesforce import soql_text
from pipeline.failures import RefusedError
from pipeline.item import FORCED, Back, Item, Outcome, Result
from pipeline.services import Services
from pipeline.translation.control import (
    BUDGET_FIELDS,
    BUDGETS,
    INSTALMENT_FIELDS,
    MILESTONE_FIELDS,
    Control,
    budget_of,
    contract_body,
    control_body,
    instalment_of,
    key_of,
    milestone_of,
    order_body,
    project_of,
)
from pipeline.workflows.refusals import bulk_outcome, refused_outcome
from pipeline.workflows.stream import NOTHING, Channel, Hook, error_on

_CONTROL = "customrecord_billing_control"
_ORDER = "purchaseOrder"
_KEYS = 200


@dataclass(frozen=True, slots=True)
class Source:
    """One object of the PSA whose records, or those that fit `when`, are controls."""

    name: str
    object: str
    field: str
    fields: tuple[str, ...]
    control_of: Callable[[Mapping[str, Any]], Control]
    when: Mapping[str, Sequence[Any]]
    keys: str


_CONTROLS = {"pse__Type__c": list(BUDGETS)}
SOURCES = (
    Source(
        "milestones", "pse__Milestone__c", "Milestone_Key__c", MILESTONE_FIELDS, milestone_of, NOTHING, "*-M*"
    ),
    Source(
        "instalments", "Instalment__c", "Instalment_Key__c", INSTALMENT_FIELDS, instalment_of, NOTHING, "*-I*"
    ),
    Source("budgets", "pse__Budget__c", "Budget_Key__c", BUDGET_FIELDS, budget_of, _CONTROLS, "*-X*,*-R*"),
)


class Controls:
    """The stream of one source. Items are keyed `<project>:<control>` and ordered by project."""

    workflow = "billing_and_revenue"
    flow = "control"
    source = "salesforce"
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services, source: Source) -> None:
        self._services = services
        self._source = source
        self.name = source.name
        self.keys = source.keys
        fields = (source.field, "Version__c")
        self.hooks = (Hook(f"{source.name}-saved", source.object, source.when, own=True, fields=fields),)
        self.channels = (Channel(source.name, source.object, source.when, fields, own=True),)

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """A thin item, read when it is worked on. A save without a new version says nothing."""
        record = body.get("record") or {}
        return self._thin(str(body.get("key") or "")) if "Version__c" in record else None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """A thin item, read when it is worked on. A save without a new version says nothing."""
        header = payload["ChangeEventHeader"]
        if header["changeType"] != "CREATE" and "Version__c" not in header["changedFields"]:
            return None
        return self._thin(str(payload.get(self._source.field) or ""))

    def _thin(self, key: str) -> Item | None:
        if not key:
            return None
        at_s = asyncio.get_running_loop().time()
        return Item(self.name, key_of(key), order=project_of(key), handed_s=at_s)

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Controls saved in the window."""
        stamp = self._services.salesforce.stamp
        condition = f"LastModifiedDate >= {stamp(since_s)} AND LastModifiedDate < {stamp(until_s)}"
        return self._pages(condition)

    async def _pages(self, condition: str) -> AsyncGenerator[list[Item], None]:
        soql = f"SELECT {', '.join(self._source.fields)} FROM {self._source.object} WHERE {condition}"
        async with aclosing(self._services.salesforce.pages(soql)) as pages:
            async for rows in pages:
                yield [self._whole(row) for row in rows]

    def _whole(self, row: Mapping[str, Any]) -> Item:
        control = self._source.control_of(row)
        mark = f"v{control.version} {control.status} {control.amount_minor} {control.date}"
        handed_s = self._services.settings.time.seconds(row["LastModifiedDate"])
        order = project_of(control.control)
        return Item(self.name, control.key, control.version, mark, order, row, handed_s)

    async def _read(self, item: Item, deadline_s: float) -> Item | None:
        """The item with its record."""
        if item.record is not None:
            return item
        condition = f"{self._source.field} = {soql_text(_name(item.key))}"
        soql = f"SELECT {', '.join(self._source.fields)} FROM {self._source.object} WHERE {condition}"
        rows = await self._services.salesforce.rows(soql, deadline_s)
        return self._whole(rows[0]) if rows else None

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """One PUT (two for a change order). Raises UnreachableError; a refusal is an outcome."""
        read = await self._read(item, deadline_s)
        control = self._source.control_of(read.record or {}) if read else None
        if read is None or control is None or not control.kind:
            return Outcome(item, "skipped")
        self._services.trail.step(self.flow, read.key, read.version, "sent")
        try:
            await self._write(control, deadline_s)
        except RefusedError as refused:
            return refused_outcome(read, refused)
        return Outcome(read)

    async def _write(self, control: Control, deadline_s: float) -> None:
        netsuite = self._services.netsuite
        if control.kind == "purchase_request":
            await self._order(control, deadline_s)
        else:
            await netsuite.put(_CONTROL, control.key, control_body(control), deadline_s)
        if control.kind == "change_order":
            await netsuite.patch("job", f"eid:{control.project}", contract_body(control), deadline_s)

    async def _order(self, control: Control, deadline_s: float) -> None:
        """Dated in the entity's books; where the period closed meanwhile, once more in the next."""
        netsuite = self._services.netsuite
        try:
            await netsuite.put(_ORDER, control.key, await self._order_body(control), deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period":
                raise
            await self._services.periods.refresh()
            await netsuite.put(_ORDER, control.key, await self._order_body(control), deadline_s)

    async def _order_body(self, control: Control) -> dict[str, Any]:
        period, moved_from = await self._services.periods.posting(control.entity, control.date, "ar_gl")
        return order_body(control, period, moved_from)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """On the record that was saved."""
        return error_on(self._source.object, self._source.field, _name(item.key), refusal)

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """Controls in batches, then the contracts of jobs, newest version last, and purchase orders."""
        outcomes: list[Outcome] = []
        work: dict[str, tuple[Item, Control]] = {}
        for item in items:
            read = await self._read(item, inf)
            control = self._source.control_of(read.record or {}) if read else None
            if read is None or control is None or not control.kind:
                outcomes.append(Outcome(item, "skipped"))
            else:
                work[control.key] = (read, control)
        stale = await self._stale([control for _, control in work.values()])
        failed = await self._written(stale)
        told = {control.key for control in stale}
        return [
            *outcomes,
            *(
                bulk_outcome(item, failed.get(key)) if key in told else Outcome(item, "skipped")
                for key, (item, _) in work.items()
            ),
        ]

    async def _written(self, controls: Sequence[Control]) -> dict[str, Result]:
        """The first failure of each control that has one."""
        rows = [c for c in controls if c.kind != "purchase_request"]
        orders = [c for c in controls if c.kind == "purchase_request"]
        results = await self._batch(_CONTROL, [{"externalId": c.key, **control_body(c)} for c in rows])
        bodies = [{"externalId": c.key, **await self._order_body(c)} for c in orders]
        results += await self._batch(_ORDER, bodies)
        failed = {result.key: result for result in results if not result.ok}
        contracts = {
            c.project: c for c in sorted(rows, key=lambda c: c.contract_version) if c.contract_version
        }
        jobs = await self._batch("job", [{"externalId": p, **contract_body(c)} for p, c in contracts.items()])
        refused = {result.key: result for result in jobs if not result.ok}
        failed.update({c.key: refused[c.project] for c in rows if c.project in refused})
        return failed

    async def _batch(self, kind: str, bodies: Sequence[Mapping[str, Any]]) -> list[Result]:
        return await self._services.netsuite.batch(kind, bodies) if bodies else []

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Controls whose version does not stand in the ERP."""
        return await self._differ([item async for page in self.changed(since_s, until_s) for item in page])

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        names = [_name(key) for key in keys]
        items: list[Item] = []
        for start in range(0, len(names), _KEYS):
            among = ", ".join(map(soql_text, names[start : start + _KEYS]))
            condition = f"{self._source.field} IN ({among})"
            items += [item async for page in self._pages(condition) for item in page]
        return [item.key for item in await self._differ(items)]

    async def _differ(self, items: Sequence[Item]) -> list[Item]:
        due = [(item, self._source.control_of(item.record or {})) for item in items]
        stale = {control.key for control in await self._stale([c for _, c in due if c.kind])}
        return [item._replace(mark=FORCED) for item, control in due if control.key in stale]

    async def _stale(self, controls: Sequence[Control]) -> list[Control]:
        """Those whose version does not stand in the ERP (other saves of a record say nothing new there)."""
        held = await self._held(_CONTROL, [c.key for c in controls if c.kind != "purchase_request"])
        held |= await self._held(_ORDER, [c.key for c in controls if c.kind == "purchase_request"])
        return [control for control in controls if held.get(control.key) != str(control.version)]

    async def _held(self, kind: str, keys: Sequence[str]) -> dict[str, str]:
        """Key to the version that the ERP holds."""
        found: dict[str, str] = {}
        for among in _among(keys):
            query = (
                f"SELECT custbody_source_key, custbody_source_version FROM {kind}"
                f" WHERE custbody_source_key IN ({among})"
            )
            for row in await self._services.netsuite.suiteql(query):
                found[row["custbody_source_key"]] = row.get("custbody_source_version", "")
        return found


def _name(key: str) -> str:
    """The control's own name within its business key."""
    return key.rpartition(":")[2]


def _among(keys: Sequence[str]) -> Iterable[str]:
    for start in range(0, len(keys), _KEYS):
        yield ", ".join(literal(key) for key in keys[start : start + _KEYS])
