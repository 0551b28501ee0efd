"""Where the time went: each counted item's life cut into stages, from facts and a trail of neutral steps.

    start ──── taken ──── last sent ──── confirmed ──── finished
      schedule wait  throttle and queue  processing   people

People is finance's release of an invoice; other flows end when the target confirmed.

What an open exception record of the item covers is exception rework instead. Without a trail nobody but the
integration knows these instants, and the stages stay empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from measurements.items import Item
from measurements.observed import TrailStep
from measurements.run import STAGES
from measurements.view import View

_PEOPLE, _WAIT, _QUEUE, _PROCESSING, _REWORK = STAGES
_IN_ORDER = (_WAIT, _QUEUE, _PROCESSING, _PEOPLE)
_RELEASED = frozenset({"invoice"})
"""Flows in which people act between the target's yes and the effect."""

_Steps = Mapping[tuple[str, str, int], list[tuple[float, str]]]


def stages(view: View) -> dict[str, dict[str, float]]:
    """Flow to stage to mean hours an item; flows of which the trail never says "taken" are left out."""
    steps = _steps(view.observed.trail)
    told = {step.flow for step in view.observed.trail if step.what == "taken"}
    return {
        flow: _mean([_cut(view, item, steps) for item in items])
        for flow, items in view.counted.items()
        if flow in told and items
    }


def _steps(trail: Iterable[TrailStep]) -> _Steps:
    found: dict[tuple[str, str, int], list[tuple[float, str]]] = {}
    for step in trail:
        found.setdefault((step.flow, step.key, step.version), []).append((step.at_s, step.what))
    return found


def _cut(view: View, item: Item, steps: _Steps) -> dict[str, float]:
    """Hours of one item by stage; they sum to its whole time."""
    finished_s = view.observed.end_s if item.finished_s is None else item.finished_s
    unit = (item.flow, item.key, item.version)
    taken_s, sent_s, confirmed_s = _turns(steps.get(unit, ()), finished_s)
    if item.flow not in _RELEASED:
        confirmed_s = finished_s
    marks = [item.starts_s]
    for at_s in (taken_s, sent_s, confirmed_s, finished_s):
        marks.append(max(marks[-1], at_s))
    hours = dict.fromkeys(STAGES, 0.0)
    spans = view.problems.get(unit)
    rework = _joined(spans, item.starts_s, finished_s) if spans else ()
    for stage, first_s, last_s in zip(_IN_ORDER, marks, marks[1:], strict=False):
        covered_s = _covered_s(rework, first_s, last_s) if rework else 0.0
        hours[stage] += (last_s - first_s - covered_s) / 3600.0
        hours[_REWORK] += covered_s / 3600.0
    return hours


def _turns(steps: Iterable[tuple[float, str]], finished_s: float) -> tuple[float, float, float]:
    """First taken, then last sent, then last confirmed, no later than the finish; that where not told."""
    taken_s, sent_s, confirmed_s = math.inf, -math.inf, -math.inf
    for at_s, what in steps:
        if at_s > finished_s:
            continue
        if what == "taken":
            taken_s = min(taken_s, at_s)
        elif what == "sent":
            sent_s = max(sent_s, at_s)
        elif what == "confirmed":
            confirmed_s = max(confirmed_s, at_s)
    return (
        finished_s if taken_s == math.inf else taken_s,
        finished_s if sent_s == -math.inf else sent_s,
        finished_s if confirmed_s == -math.inf else confirmed_s,
    )


def _covered_s(spans: Iterable[tuple[float, float]], first_s: float, last_s: float) -> float:
    return math.fsum(max(0.0, min(last_s, b) - max(first_s, a)) for a, b in spans)


def _joined(spans: Iterable[tuple[float, float]], first_s: float, last_s: float) -> list[tuple[float, float]]:
    """Spans within [first, last], those that overlap joined."""
    joined: list[tuple[float, float]] = []
    inside = sorted((max(opened_s, first_s), min(closed_s, last_s)) for opened_s, closed_s in spans)
    for opened_s, closed_s in inside:
        if joined and opened_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closed_s))
        elif opened_s < closed_s:
            joined.append((opened_s, closed_s))
    return joined


def _mean(cuts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {stage: math.fsum(cut[stage] for cut in cuts) / len(cuts) for stage in STAGES}
