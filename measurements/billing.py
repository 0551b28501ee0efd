"""What is billable, when it stood on a released invoice, and what was still unbilled at the close.

    Value (kind, key, part, version) ── InvoiceLine of a record ── Effect (posted = released by finance)

A line may name a part (split:date), a split, or nothing: all parts of its key and version. An invoice
that was credited (reversed) bills nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from measurements.facts import Value
from measurements.items import Item
from measurements.run import Figure
from measurements.standing import standing
from measurements.view import View

Lines = Mapping[tuple[str, str, str, int], float]
"""Kind, key, part and version of a line to the instant its invoice was released."""


class Billed(NamedTuple):
    """`lines` that stand on released invoices, and each value `due` with its release (infinity = never)."""

    lines: Lines
    due: Sequence[tuple[Value, float]]


def billed(view: View) -> Billed:
    """What was billed and what was due, found once for all KPIs that ask."""
    lines = _lines(view)
    return Billed(lines, [(value, _billed_at(lines, value)) for value in _values_due(view)])


def _lines(view: View) -> dict[tuple[str, str, str, int], float]:
    """Every line that stands on a released invoice at the end, with the earliest release."""
    invoices = [effect for effect in view.observed.books.effects if effect.flow == "invoice"]
    released = {effect.record: effect.at_s for effect in standing(invoices).live}
    found: dict[tuple[str, str, str, int], float] = {}
    for line in view.observed.books.lines:
        at_s = released.get(line.record) if line.record else None
        if at_s is not None:
            unit = (line.kind, line.key, line.part, line.version)
            found[unit] = min(at_s, found.get(unit, math.inf))
    return found


def billed_s(lines: Lines, kind: str, key: str, part: str, version: int) -> float:
    """When a line for the part, its split, or the whole key stood on a released invoice; infinity = never."""
    at_s = lines.get((kind, key, part, version))
    if at_s is None and part:
        split = part.partition(":")[0]
        at_s = lines.get((kind, key, split, version), lines.get((kind, key, "", version)))
    return math.inf if at_s is None else at_s


def _billed_at(lines: Lines, value: Value) -> float:
    return billed_s(lines, value.kind, value.key, value.part, value.version)


def _values_due(view: View) -> Iterator[Value]:
    """Value approved by its entity's cut-off and not withdrawn before the ledger lock."""
    withdrawn_s, closes, period = _withdrawn(view), view.closes, view.observed.period
    for value in view.observed.books.values:
        close = closes.get(value.entity)
        if close is None or value.approved_at_s > close.cut_off_s or value.period > period:
            continue
        if withdrawn_s:
            gone_s = withdrawn_s.get((value.kind, value.key, value.version))
            if gone_s is not None and gone_s <= close.ledger_lock_s:
                continue
        yield value


def _withdrawn(view: View) -> dict[tuple[str, str, int], float]:
    return {
        (flow, row.key, row.version): row.withdrawn_at_s
        for flow in ("time", "expense")
        for row in view.commitments.get(flow, ())
        if row.withdrawn_at_s is not None
    }


def invoice_items(view: View, billing: Billed) -> list[Item]:
    """The items of `days_to_invoice`: one a project with value due in the observed period.

    Each runs from the period's end to the release that completes the project.
    """
    last_s: dict[str, float] = {}
    entity: dict[str, str] = {}
    for value, at_s in billing.due:
        if value.kind != "milestone" and value.period == view.observed.period and value.amount_minor:
            last_s[value.project] = max(last_s.get(value.project, 0.0), at_s)
            entity[value.project] = value.entity
    return [
        _item(project, entity[project], view.closes[entity[project]].period_end_s, at_s, view)
        for project, at_s in last_s.items()
    ]


def milestone_items(view: View, billing: Billed) -> list[Item]:
    """Milestones due that were approved in the window; later ones are billed with the next period's runs."""
    return [
        _item(value.key, value.entity, value.approved_at_s, at_s, view)
        for value, at_s in billing.due
        if value.kind == "milestone" and value.approved_at_s >= view.observed.window_s[0]
    ]


def _item(key: str, entity: str, starts_s: float, at_s: float, view: View) -> Item:
    # What was invoiced before the period ended (a retainer, in advance) waited no day.
    finished_s = max(at_s, starts_s) if at_s <= view.observed.end_s else None
    return Item("invoice", key, 1, entity, starts_s, finished_s)


def unbilled_at_close(view: View, billing: Billed) -> Figure:
    """Dollars due under contract and approved by the cut-off that no invoice released by the lock carries."""
    missing: dict[str, dict[str, int]] = {entity: {} for entity in view.closes}
    count = len(billing.due)
    for value, at_s in billing.due:
        if at_s > view.closes[value.entity].ledger_lock_s:
            sums = missing[value.entity]
            sums[value.currency] = sums.get(value.currency, 0) + value.amount_minor
    parts = {entity: Figure(view.usd(sums) / 100.0, count) for entity, sums in sorted(missing.items())}
    total = math.fsum(part.value or 0.0 for part in parts.values())
    return Figure(total, count, by=parts) if count else Figure(None)


def value_due(view: View, billing: Billed) -> dict[str, Figure]:
    """Dollars due in the period, and those of all due value that no invoice ever carried: the leakage."""
    due: dict[str, int] = {}
    never: dict[str, int] = {}
    for value, at_s in billing.due:
        if value.period == view.observed.period:
            due[value.currency] = due.get(value.currency, 0) + value.amount_minor
        if at_s > view.observed.end_s:
            never[value.currency] = never.get(value.currency, 0) + value.amount_minor
    if not billing.due:
        return {}
    count = len(billing.due)
    return {
        "value_due_usd": Figure(view.usd(due) / 100.0, count),
        "never_invoiced_usd": Figure(view.usd(never) / 100.0, count),
    }
