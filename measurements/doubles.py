"""Doubles that stood for a while and were undone: the audit, which judges the end, no longer sees them.

unit ──> its documents, each from its commit to its reversal ──> most at once − 1 − what still is too many
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from measurements.facts import DOCUMENTS, Effect
from measurements.run import Figure
from measurements.view import View

Span = tuple[float, float]
"""From the commit of a document to that of its reversal (infinity = it stands)."""


def doubles_removed(view: View) -> Figure:
    """Documents posted by the end of the window while another of the same key, part and version stood,
    and undone by the end of observation; by flow. `n` counts the units that were posted.
    """
    posted_until_s = view.observed.window_s[1]
    removed: dict[str, int] = {}
    count = 0
    for flow in sorted(DOCUMENTS):
        rows = [row for row in view.observed.books.effects if row.flow == flow and row.state == "posted"]
        units = _spans(rows, posted_until_s)
        count += len(units)
        found = sum(_undone(spans) for spans in units if len(spans) > 1)
        if found:
            removed[flow] = found
    parts = {flow: Figure(float(found), count) for flow, found in removed.items()}
    return Figure(float(sum(removed.values())), count, by=parts)


def _spans(rows: Sequence[Effect], posted_until_s: float) -> Collection[list[Span]]:
    reversed_s: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.reverses:
            place = (row.system, row.reverses)
            reversed_s[place] = min(row.at_s, reversed_s.get(place, math.inf))
    units: dict[tuple[str, str, int], list[Span]] = {}
    for row in rows:
        if not row.reverses and row.at_s < posted_until_s:
            span = (row.at_s, reversed_s.get((row.system, row.record), math.inf))
            units.setdefault((row.key, row.part, row.version), []).append(span)
    return units.values()


def _undone(spans: Sequence[Span]) -> int:
    """How many too many there ever were at once, less those that still are."""
    most = max(sum(other[0] <= at_s < other[1] for other in spans) for at_s, _ in spans)
    standing = sum(until_s == math.inf for _, until_s in spans)
    return max(0, most - max(standing, 1))
