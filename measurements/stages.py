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
_RELEASED = frozenset({"invoice"})
"""Flows in which people act between the target's yes and the effect."""

_Steps = Mapping[tuple[str, str, int], list[tuple[float, str]]]


def stages(view: View) -> dict[str, dict[str, float]]:
    """Flow to stage to mean hours an item; flows of which the trail never says "taken" are left out."""
    steps = _steps(view.observed.trail)
    told = {flow for (flow, _, _), known in steps.items() if any(what == "taken" for _, what in known)}
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
    known = steps.get((item.flow, item.key, item.version), ())
    inside = [(at_s, what) for at_s, what in known if at_s <= finished_s]
    taken_s = _first(inside, "taken", finished_s)
    sent_s = max(taken_s, _last(inside, "sent", finished_s))
    confirmed_s = max(sent_s, _last(inside, "confirmed", finished_s))
    if item.flow not in _RELEASED:
        confirmed_s = finished_s
    marks = [item.starts_s]
    for at_s in (taken_s, sent_s, confirmed_s, finished_s):
        marks.append(max(marks[-1], at_s))
    rework = _joined(view.problems.get((item.flow, item.key, item.version), ()), item.starts_s, finished_s)
    hours = dict.fromkeys(STAGES, 0.0)
    for stage, first_s, last_s in zip((_WAIT, _QUEUE, _PROCESSING, _PEOPLE), marks, marks[1:], strict=False):
        covered_s = math.fsum(max(0.0, min(last_s, b) - max(first_s, a)) for a, b in rework)
        hours[stage] += (last_s - first_s - covered_s) / 3600.0
        hours[_REWORK] += covered_s / 3600.0
    return hours


def _first(steps: Sequence[tuple[float, str]], what: str, otherwise_s: float) -> float:
    return min((at_s for at_s, told in steps if told == what), default=otherwise_s)


def _last(steps: Sequence[tuple[float, str]], what: str, otherwise_s: float) -> float:
    return max((at_s for at_s, told in steps if told == what), default=otherwise_s)


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
