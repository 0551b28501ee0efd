"""Lots: what a fault can delay, by a name that is the same in a world with faults and in its twin without.

    items   one lot a counted item: a project, a worker change, a card, a report, a control, a fact ...
            its money is the value that waits to be posted (time, expenses)
    value   one lot a value due under contract, until it stands on a released invoice: money and no item,
            since a part of a card is no item of its own

Invoices are items by project and milestone, as in days to invoice: billing events are cut differently from
world to world, and have no names in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from measurements.billing import Billed, billed_s, invoice_items, milestone_items
from measurements.facts import FLOWS
from measurements.items import Item
from measurements.view import View

Name = tuple[str, str, str, str, int]
"""What it is (item or value), flow or kind, key, part and version."""

_BILLING = FLOWS["invoice"]


class Lot(NamedTuple):
    """`items` is 1, or 0 where only money waits; `usd` waits with it; `finished_s` None = not by the end.

    `counted`: of the population. Lots outside it are there to be looked up, since a fault can move a start.
    """

    workflow: str
    items: int
    usd: float
    starts_s: float
    finished_s: float | None
    counted: bool


def lots(view: View, billing: Billed) -> dict[Name, Lot]:
    """Every lot of one world by its name."""
    usd = _rates(view)
    return dict((*_items(view, billing, _posted(view, usd)), *_values(view, billing, usd)))


def _rates(view: View) -> dict[str, float]:
    """Currency to dollars for one of its minor units."""
    return {
        "": 0.01,
        "USD": 0.01,
        **{name: float(rate) / 100.0 for name, rate in view.observed.rates.items()},
    }


def _posted(view: View, usd: Mapping[str, float]) -> dict[tuple[str, str, int], float]:
    """Dollars that wait to be posted: what a card bills, and what a report pays."""
    found: dict[tuple[str, str, int], float] = {}
    for value in view.observed.books.values:
        if value.kind == "time":
            unit = ("time", value.key, value.version)
            found[unit] = found.get(unit, 0.0) + value.amount_minor * usd[value.currency]
    for row in view.commitments.get("expense", ()):
        unit = ("expense", row.key, row.version)
        found[unit] = found.get(unit, 0.0) + row.amount_minor * usd[row.currency]
    return found


def _items(
    view: View, billing: Billed, posted: Mapping[tuple[str, str, int], float]
) -> Iterator[tuple[Name, Lot]]:
    first_s, last_s = view.observed.window_s
    for flow, rows in view.items.items():
        if flow != "invoice":
            for item in rows:
                usd = posted.get((flow, item.key, item.version), 0.0)
                yield _named(flow, item, FLOWS[flow], usd, first_s <= item.starts_s < last_s)
    completed = {"invoice": invoice_items(view, billing), "milestone": milestone_items(view, billing)}
    for flow, rows in completed.items():
        for item in rows:
            yield _named(flow, item, _BILLING, 0.0, True)


def _named(flow: str, item: Item, workflow: str, usd: float, counted: bool) -> tuple[Name, Lot]:
    name = ("item", flow, item.key, "", item.version)
    return name, Lot(workflow, 1, usd, item.starts_s, item.finished_s, counted)


def _values(view: View, billing: Billed, usd: Mapping[str, float]) -> Iterator[tuple[Name, Lot]]:
    """Value of the period and of those before; what is due later is billed later in both worlds."""
    end_s, period = view.observed.end_s, view.observed.period
    for value in view.observed.books.values:
        if value.period <= period:
            at_s = billed_s(billing.lines, value.kind, value.key, value.part, value.version)
            dollars = value.amount_minor * usd[value.currency]
            name = ("value", value.kind, value.key, value.part, value.version)
            yield name, Lot(_BILLING, 0, dollars, value.approved_at_s, at_s if at_s <= end_s else None, True)
