"""Time bills: posting a header's parts, comparing with what stands, undoing by reversal, never by edit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import inf
from typing import Any

from pipeline.connectors.netsuite import literal
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Item, Outcome
from pipeline.services import Services
from pipeline.translation import time
from pipeline.translation.time import Part
from pipeline.workflows import approved
from pipeline.workflows.posted import Posted
from pipeline.workflows.refusals import refused_outcome
from pipeline.workflows.source_records import LINES

Row = Mapping[str, Any]
_KIND = "timeBill"
_COLUMNS = (
    "id, externalid, custbody_source_key, custbody_source_part, custbody_source_version, custbody_reverses,"
    " trandate, subsidiary, employee, customer, hours, rate"
)


class TimeBills:
    """Writes time bills for the stream of timecards."""

    def __init__(self, services: Services, posted: Posted) -> None:
        self._services = services
        self._posted = posted

    async def post(
        self, header: Row, parts: Sequence[Part], item: Item, compare: bool, deadline_s: float
    ) -> None:
        """Every part at this version stands afterwards, and no other version. Raises as `apply`."""
        self._posted.begin(item.key, item.version)
        try:
            missing = await self._compared(header, parts, item, deadline_s) if compare else parts
            await self._put(header, missing, item, deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period" or self._services.plain:
                raise _worth(refused, parts) from None
            await self._services.periods.refresh(deadline_s)
            missing = await self._compared(header, parts, item, deadline_s)
            await self._put(header, missing, item, deadline_s)

    async def undo(self, header: Row, item: Item, deadline_s: float) -> None:
        """Nothing of the header stands afterwards. Raises as `apply`."""
        if self._services.plain:
            return
        try:
            await self._reverse_all(header, item, deadline_s)
        except RefusedError as refused:
            if refused.cause != "closed_period":
                raise
            await self._services.periods.refresh(deadline_s)
            await self._reverse_all(header, item, deadline_s)
        self._posted.undone(item.key)

    async def _reverse_all(self, header: Row, item: Item, deadline_s: float) -> None:
        for bill in await self._standing(item.key, deadline_s):
            await self._reverse(header, bill, item, deadline_s)

    async def built(self, item: Item) -> list[dict[str, Any]] | Outcome:
        """The bodies of a header's bills for a batch, or why there are none."""
        header = item.record or {}
        parts = time.parts(header[LINES])
        try:
            approved.check_approval(header, time.worth_minor(parts))
            bills = time.bills(header)
            return [
                {"externalId": _external_id(part, item), **await self._body(bills, part, item, inf)}
                for part in parts
            ]
        except RefusedError as refused:
            return refused_outcome(item, refused)
        except UnreachableError as failed:
            return Outcome(item, "failed", failed.cause, failed.detail)

    async def safely(self, apply: Callable[[Item], Awaitable[Outcome]], item: Item) -> Outcome:
        """One of many: its failure is an outcome and stops no other."""
        try:
            return await apply(item)
        except RefusedError as refused:
            return refused_outcome(item, refused)
        except UnreachableError as failed:
            return Outcome(item, "failed", failed.cause, failed.detail)

    async def _put(self, header: Row, parts: Sequence[Part], item: Item, deadline_s: float) -> None:
        if not parts:
            return
        step, put, bills = self._services.trail.step, self._services.netsuite.put, time.bills(header)
        for part in parts:
            body = await self._body(bills, part, item, deadline_s)
            step("time", item.key, item.version, "sent", part.part)
            await put(_KIND, _external_id(part, item), body, deadline_s)
        step("time", item.key, item.version, "posted", f"{len(parts)} time bills")

    async def _body(self, bills: time.Bills, part: Part, item: Item, deadline_s: float) -> dict[str, Any]:
        periods = self._services.periods
        posting = periods.known(bills.entity, part.day)
        if posting is None:
            posting = await periods.posting(bills.entity, part.day, deadline_s=deadline_s)
        if posting.moved_from:
            detail = f"{part.part}: {posting.moved_from} -> {posting.period}"
            self._services.trail.step("time", item.key, item.version, "moved", detail)
        return bills.of(part, posting.period, posting.moved_from)

    async def _compared(
        self, header: Row, parts: Sequence[Part], item: Item, deadline_s: float
    ) -> list[Part]:
        """Undo what stands of other versions or parts; the parts that do not stand yet."""
        wanted = {part.part: part for part in parts}
        standing = await self._standing(item.key, deadline_s)
        held: dict[str, Row] = {}
        for bill in standing:
            part = wanted.get(str(bill.get("custbody_source_part", "")))
            right = part is not None and time.whole(bill.get("custbody_source_version")) == item.version
            if part is None or not right or part.part in held or not _equal(bill, part):
                await self._reverse(header, bill, item, deadline_s)
            else:
                held[part.part] = bill
        self._posted.alone(item.key, item.version)
        return [part for part in parts if part.part not in held]

    async def _standing(self, key: str, deadline_s: float) -> list[dict[str, Any]]:
        rows = await self._services.netsuite.suiteql(
            f"SELECT {_COLUMNS} FROM timebill WHERE custbody_source_key = {literal(key)}", deadline_s
        )
        undone = {row["custbody_reverses"] for row in rows if row.get("custbody_reverses")}
        return [row for row in rows if not row.get("custbody_reverses") and row["id"] not in undone]

    async def _reverse(self, header: Row, bill: Row, item: Item, deadline_s: float) -> None:
        posting = await self._services.periods.posting(
            str(bill["subsidiary"]), str(bill["trandate"]), deadline_s=deadline_s
        )
        body = time.reversal(bill, posting.period, posting.moved_from)
        await self._services.netsuite.put(_KIND, f"R|{bill['id']}", body, deadline_s)
        self._services.trail.step("time", item.key, item.version, "reversed", str(bill.get("externalid", "")))


def _external_id(part: Part, item: Item) -> str:
    """The same for the same source record, part and version: a replay meets the record that it made."""
    return f"{item.key}|{part.part}|{item.version}"


def _equal(bill: Row, part: Part) -> bool:
    return round(float(bill["hours"]) * 100) == part.hours_centi


def _worth(refused: RefusedError, parts: Sequence[Part]) -> RefusedError:
    """The refusal with the money that waits for it, so that the desk takes the largest first."""
    amount = refused.amount_minor or time.worth_minor(parts)
    return RefusedError(
        refused.cause, refused.detail, refused.audience, amount, refused.owner, refused.system
    )
