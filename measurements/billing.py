"""What is billable, when it stood on a released invoice, and what was still unbilled at the close.

    Value (kind, key, part, version) ── InvoiceLine of a record ── Effect (posted = released by finance)

A line may name a part (split:date), a split, or nothing: all parts of its key and version. An invoice
that was credited (reversed) bills nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.facts import Value
from measurements.items import Item
from measurements.run import Figure
from measurements.standing import standing
from measurements.view import View

Lines = Mapping[tuple[str, str, str, int], float]
"""Kind, key, part and version of a line to the instant its invoice was released."""

_Due = tuple[Value, float]
"""A value due, and when it stood on a released invoice (infinity = never)."""


class Billed(NamedTuple):
    """`lines` that stand on released invoices, and each value `due` with its release (infinity = never)."""

    lines: Lines
    due: Sequence[_Due]


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

    Each runs from the period's end to the release that completes the project. Where the window ends before
    the period does, it has not begun.
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
        if view.closes[entity[project]].period_end_s < view.observed.window_s[1]
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
    entities: dict[str, list[_Due]] = {entity: [] for entity in sorted(view.closes)}
    for value, at_s in billing.due:
        entities[value.entity].append((value, at_s))
    parts = {
        entity: _dollars(view, due, [one for one in due if one[1] > view.closes[entity].ledger_lock_s])
        for entity, due in entities.items()
    }
    if not billing.due:
        return Figure(None)
    whole = _dollars(view, billing.due, ())
    return replace(whole, value=math.fsum(part.value or 0.0 for part in parts.values()), by=parts)


def value_due(view: View, billing: Billed) -> dict[str, Figure]:
    """Dollars due in the period, and those of all due value that no invoice ever carried: the leakage."""
    if not billing.due:
        return {}
    ours = [one for one in billing.due if one[0].period == view.observed.period]
    never = [one for one in billing.due if one[1] > view.observed.end_s]
    return {
        "value_due_usd": _dollars(view, ours, ours),
        "never_invoiced_usd": _dollars(view, billing.due, never),
    }


def _dollars(view: View, due: Sequence[_Due], summed: Sequence[_Due]) -> Figure:
    """The sum of some of what was due; censored is what no invoice carried by the end."""
    sums: dict[str, int] = {}
    for value, _ in summed:
        sums[value.currency] = sums.get(value.currency, 0) + value.amount_minor
    never = sum(at_s > view.observed.end_s for _, at_s in due)
    censored = 100.0 * never / len(due) if due else 0.0
    return Figure(view.usd(sums) / 100.0, len(due), censored)
