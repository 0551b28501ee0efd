"""How long it took to drain: after the cut-off, or after the last fault.

Items that waited on a person (an exception record of theirs was open after the mark) stand apart, since no
pattern can hurry them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from measurements.backlog import Series, recovered_h, total, waiting
from measurements.items import Item
from measurements.run import Figure
from measurements.view import View

_FLOWS = ("time", "expense")
_HOUR_S = 3600.0


def drain(view: View, twin: Mapping[str, Series] | None) -> Figure:
    """Hours from the last cut-off until nothing approved before it is unposted.

    After faults: from the end of the last until the backlog is near that of the fault-free twin (`twin`).
    """
    figure = _after_cut_off(view)
    faults, end_s = view.observed.faults, view.observed.end_s
    if not faults or twin is None:
        return figure
    hours = math.floor(end_s / _HOUR_S)
    end_h = max(fault.end_s for fault in faults) / _HOUR_S
    back_h = recovered_h(total(waiting(view.items, end_s), hours), total(twin, hours), end_h)
    reached_h = end_s / _HOUR_S if back_h is None else back_h
    parts = {"after cut-off": figure, **figure.by}
    drained_h = max(0.0, reached_h - end_h)
    return Figure(drained_h, figure.n, figure.censored_pct, back_h is None, parts)


def _after_cut_off(view: View) -> Figure:
    if not view.closes:
        return Figure(None)
    mark_s = max(close.cut_off_s for close in view.closes.values())
    before = [item for flow in _FLOWS for item in view.items.get(flow, ()) if item.starts_s <= mark_s]
    people = [item for item in before if _waited_on_people(view, item, mark_s)]
    apart = {(item.flow, item.key, item.version) for item in people}
    rest = [item for item in before if (item.flow, item.key, item.version) not in apart]
    if not before:
        return Figure(None)
    whole = _hours(rest, mark_s, view.observed.end_s)
    return Figure(
        whole.value,
        whole.n,
        whole.censored_pct,
        whole.at_least,
        {"waiting on a person": _hours(people, mark_s, view.observed.end_s)},
    )


def _waited_on_people(view: View, item: Item, mark_s: float) -> bool:
    finished_s = view.observed.end_s if item.finished_s is None else item.finished_s
    return any(opened_s < finished_s and closed_s > mark_s for opened_s, closed_s in view.open_on(item))


def _hours(items: Iterable[Item], mark_s: float, end_s: float) -> Figure:
    """From the mark until the last of them stood; at least until the end where one never did."""
    ends = [end_s if item.finished_s is None else item.finished_s for item in items]
    unfinished = sum(item.finished_s is None for item in items)
    took = (max(ends, default=mark_s) - mark_s) / _HOUR_S
    share = 100.0 * unfinished / len(ends) if ends else 0.0
    return Figure(max(0.0, took), len(ends), share, unfinished > 0)
