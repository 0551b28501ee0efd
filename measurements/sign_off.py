"""The close sign-off sheet: approved against posted against invoiced, by entity, each difference by its key.

Approved: by the entity's cut-off, not recalled before the lock. Posted: in the period before the time lock.
Invoiced: on an invoice released by the ledger lock. The locks are the ERP's own, as they fell. Money is the
billable amount in US dollars.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from measurements.billing import Lines, billed_s
from measurements.close import Approved, due_before_lock, in_time
from measurements.facts import Commitment, Effect
from measurements.run import SignOff, Tally
from measurements.view import View


class _Line(NamedTuple):
    """One unit of the sheet: what was approved, whether it was posted and invoiced in time, and why not."""

    key: str
    hours_centi: int
    amount_minor: int
    posted: bool
    invoiced: bool
    reason: str


def sign_off(view: View, lines: Lines, approved: Sequence[Approved]) -> list[SignOff]:
    """One line an entity and kind (time, expense, billing event) that has anything approved."""
    explain = _Reasons(view, lines)
    sheet: list[SignOff] = []
    held = {
        "time": _time(view, approved, explain),
        "expense": _expenses(view, explain),
        "billing event": _events(view, explain),
    }
    for entity in sorted(view.closes):
        for kind, by_entity in held.items():
            if by_entity.get(entity):
                sheet.append(_summed(view, entity, kind, by_entity[entity]))
    return sheet


def _summed(view: View, entity: str, kind: str, lines: list[_Line]) -> SignOff:
    gaps: dict[str, str] = {}
    for line in lines:
        if line.reason:
            gaps.setdefault(line.key, line.reason)
    unbilled = [line for line in lines if line.posted and not line.invoiced and not line.reason]
    if unbilled:
        hours = sum(line.hours_centi for line in unbilled) / 100.0
        count = len({line.key for line in unbilled})
        gaps["(all others)"] = (
            f"{count} posted, {hours:.2f} h, not billed by the unit: fixed price, retainer, internal"
        )
    return SignOff(
        entity,
        view.observed.period,
        kind,
        _tally(lines),
        _tally([line for line in lines if line.posted]),
        _tally([line for line in lines if line.invoiced]),
        sorted(gaps.items()),
    )


def _tally(lines: list[_Line]) -> Tally:
    keys = {line.key for line in lines}
    hours = sum(line.hours_centi for line in lines) / 100.0
    return Tally(len(keys), hours, sum(line.amount_minor for line in lines))


def _time(view: View, approved: Sequence[Approved], explain: _Reasons) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {entity: [] for entity in view.closes}
    for row, effect, posted, amount, currency in approved:
        at_s = explain.billed_s("time", row) if amount else math.inf
        invoiced = posted and at_s <= view.closes[row.entity].ledger_lock_s
        reason = ""
        if not posted:
            reason = explain.unposted(row, effect)
        elif amount and not invoiced:
            reason = explain.uninvoiced("time", row, at_s)
        usd = amount if not amount or currency == "USD" else view.usd({currency: amount})
        found[row.entity].append(_Line(row.key, row.hours_centi, usd, posted, invoiced, reason))
    return found


def _expenses(view: View, explain: _Reasons) -> dict[str, list[_Line]]:
    first, period = view.first.get("expense", {}), view.observed.period
    billable = {value.key for value in view.observed.books.values if value.kind == "expense"}
    found: dict[str, list[_Line]] = {entity: [] for entity in view.closes}
    for row in view.commitments.get("expense", ()):
        close = view.closes.get(row.entity)
        if close is None or not due_before_lock(row, close, period):
            continue
        effect = first.get((row.key, row.part, row.version))
        posted = in_time(effect, close, period)
        at_s = explain.billed_s("expense", row)
        invoiced = posted and at_s <= close.ledger_lock_s
        reason = ""
        if not posted:
            reason = explain.unposted(row, effect)
        elif row.key in billable and not invoiced:
            reason = explain.uninvoiced("expense", row, at_s)
        usd = view.usd({row.currency: row.amount_minor})
        found[row.entity].append(_Line(row.key, 0, usd, posted, invoiced, reason))
    return found


def _events(view: View, explain: _Reasons) -> dict[str, list[_Line]]:
    """Billing events that a manager released by the ledger lock: released by finance by then, or why not."""
    first = view.first.get("invoice", {})
    found: dict[str, list[_Line]] = {}
    for row in view.commitments.get("invoice", ()):
        close = view.closes.get(row.entity)
        if close is None or row.period != view.observed.period or row.due_from_s > close.ledger_lock_s:
            continue
        if not row.authorised or row.withdrawn_at_s is not None:
            continue
        effect = first.get((row.key, row.part, row.version))
        released = effect is not None and effect.at_s <= close.ledger_lock_s
        reason = "" if released else explain.unreleased(row, effect)
        usd = view.usd({row.currency: row.amount_minor})
        found.setdefault(row.entity, []).append(_Line(row.key, 0, usd, released, released, reason))
    return found


class _Reasons:
    """Why something was not posted or not invoiced in time, in a controller's words."""

    def __init__(self, view: View, lines: Lines) -> None:
        self._view = view
        self._lines = lines
        self._events: dict[tuple[str, str], str] = {}
        for line in view.observed.books.lines:
            if not line.record:
                self._events[line.kind, line.key] = line.event
        self._holds: Mapping[str, str] = {hold.event: hold.reason for hold in view.observed.books.holds}
        self._causes = {(row.flow, row.key, row.version): row.cause for row in view.observed.books.problems}

    def billed_s(self, kind: str, row: Commitment) -> float:
        """When the unit stood on a released invoice."""
        return billed_s(self._lines, kind, row.key, row.part, row.version)

    def unposted(self, row: Commitment, effect: Effect | None) -> str:
        """Why approved work was not posted in its period in time."""
        cause = self._causes.get((row.flow, row.key, row.version))
        because = f", exception: {cause.replace('_', ' ')}" if cause else ""
        if effect is None:
            return f"not posted by the end{because}"
        if effect.period != self._view.observed.period:
            return f"posted in {effect.period}{because}"
        return f"posted after the lock{because}"

    def uninvoiced(self, kind: str, row: Commitment, billed_s: float) -> str:
        """Why posted work was not invoiced by the ledger lock."""
        event = self._events.get((kind, row.key))
        if event is None:
            return "posted, in no billing event"
        if event in self._holds:
            return f"posted; invoice {event} held: {self._holds[event].replace('_', ' ')}"
        when = "released after the lock" if billed_s < math.inf else "not released by the end"
        return f"posted; invoice {event} {when}"

    def unreleased(self, row: Commitment, effect: Effect | None) -> str:
        """Why a billing event was no released invoice by the ledger lock."""
        if row.key in self._holds:
            return f"held: {self._holds[row.key].replace('_', ' ')}"
        cause = self._causes.get((row.flow, row.key, row.version))
        because = f", exception: {cause.replace('_', ' ')}" if cause else ""
        return f"{'not released by the end' if effect is None else 'released after the lock'}{because}"
