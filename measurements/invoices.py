"""Invoices as finance met them: right the first time, and held for what the ERP lacked or had stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from measurements.facts import Commitment, Effect, Hold, InvoiceLine
from measurements.run import Figure
from measurements.standing import standing
from measurements.view import View

_TERMS = ("customer", "bill_to", "tax_number", "po_number", "currency")


def invoice_accuracy(view: View) -> Figure:
    """Share of invoices due that were released equal to their source terms and never rebilled."""
    due = _due(view)
    if not due:
        return Figure(None)
    rows = [effect for effect in view.observed.books.effects if effect.flow == "invoice"]
    live = _by_key(standing(rows).live)
    rebilled = {effect.key for effect in rows if effect.reverses and effect.state == "posted"}
    wanted, billed = _lines(view.observed.books.lines)
    right = unreleased = 0
    for row in due.values():
        effects = live.get(row.key, ())
        unreleased += not effects
        if len(effects) == 1 and row.key not in rebilled:
            right += _equal(row, effects[0], wanted.get(row.key), billed.get(effects[0].record))
    return Figure(100.0 * right / len(due), len(due), 100.0 * unreleased / len(due))


def _due(view: View) -> dict[str, Commitment]:
    """The last standing version of each billing event released in the window."""
    first_s, last_s = view.observed.window_s
    end_s = view.observed.end_s
    due: dict[str, Commitment] = {}
    for row in view.commitments.get("invoice", ()):
        standing_still = row.withdrawn_at_s is None or row.withdrawn_at_s > end_s
        if row.authorised and standing_still and first_s <= row.due_from_s < last_s:
            known = due.get(row.key)
            if known is None or known.version < row.version:
                due[row.key] = row
    return due


def _by_key(effects: Iterable[Effect]) -> dict[str, list[Effect]]:
    found: dict[str, list[Effect]] = {}
    for effect in effects:
        found.setdefault(effect.key, []).append(effect)
    return found


_Line = tuple[str, str, str, int, int, int, int]
_Lines = Mapping[str, list[_Line]]


def _lines(lines: Iterable[InvoiceLine]) -> tuple[_Lines, _Lines]:
    """What each event bills by its source, and what each record holds."""
    wanted: dict[str, list[_Line]] = {}
    held: dict[str, list[_Line]] = {}
    for line in lines:
        table, name = (held, line.record) if line.record else (wanted, line.event)
        table.setdefault(name, []).append(line[2:])
    return wanted, held


def _equal(
    row: Commitment,
    effect: Effect,
    wanted: Sequence[_Line] | None,
    billed: Sequence[_Line] | None,
) -> bool:
    if effect.amount_minor != row.amount_minor or effect.currency != row.currency:
        return False
    terms = {name: effect.terms.get(name, "") for name in _TERMS if name in row.terms}
    if any(row.terms[name] != held for name, held in terms.items()):
        return False
    return wanted is None or sorted(wanted) == sorted(billed or ())


def invoice_holds(view: View) -> Figure:
    """Invoices held at least once because the ERP lacked or had stale what a source held at the cut-off.

    Inherent holds stand apart as a part; `n` counts the invoices due.
    """
    events = {row.key: row for row in _due(view).values()}
    caused: dict[str, bool] = {}
    starts = _approved(view)
    for hold in view.observed.books.holds:
        if hold.event in events:
            by_us = _integration(view, hold, events[hold.event].entity, starts)
            caused[hold.event] = caused.get(hold.event, False) or by_us
    inherent = sum(not by_us for by_us in caused.values())
    value, count = float(sum(caused.values())), len(events)
    return Figure(value, count, by={"inherent": Figure(float(inherent), count)})


def _approved(view: View) -> dict[str, float]:
    """Key of time or expense to its first approval."""
    found: dict[str, float] = {}
    for flow in ("time", "expense"):
        for row in view.commitments.get(flow, ()):
            found[row.key] = min(row.due_from_s, found.get(row.key, row.due_from_s))
    return found


def _integration(view: View, hold: Hold, entity: str, approved_s: Mapping[str, float]) -> bool:
    """Lacked or stale (as the books' cause or the reason says), of what was there at the cut-off."""
    kind, _, rest = hold.reason.partition(":")
    by_us = hold.cause == "integration" if hold.cause else kind in {"lacked", "stale"}
    key = rest.partition(":")[2]
    close = view.closes.get(entity)
    at_s = approved_s.get(key, approved_s.get(key.rpartition(":")[0], 0.0))
    return by_us and (close is None or at_s <= close.cut_off_s)
