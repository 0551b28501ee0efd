"""Invoices as finance met them: due, and right the first time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from measurements.facts import Commitment, Effect, InvoiceLine
from measurements.run import Figure
from measurements.standing import standing
from measurements.view import View

_TERMS = ("customer", "bill_to", "tax_number", "po_number", "currency")


def invoice_accuracy(view: View) -> Figure:
    """Share of invoices due that were released equal to their source terms and never rebilled."""
    due = invoices_due(view)
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


def invoices_due(view: View) -> dict[str, Commitment]:
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
