"""Where the time went: each counted item's life cut into stages, from facts and a trail of neutral steps.

    start ──── taken ──── last sent ──── confirmed ──── finished
      schedule wait  throttle and queue  processing   people

People is finance's release of an invoice; other flows end when the target confirmed. What a person had to
settle first is exception rework instead: from a refusal to the next write, and while an exception record on
the item is open; one on its whole stream counts until the item is taken. The age of what was not finished by
the end is a stage of its own, whatever it waited for. The stages of an item sum to its time.

Without a trail nobody but the integration knows these instants, and the stages stay empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from measurements.items import Item, is_about
from measurements.observed import TrailStep
from measurements.run import STAGES
from measurements.view import Span, View

_PEOPLE, _WAIT, _QUEUE, _PROCESSING, _REWORK, _UNFINISHED = STAGES
_IN_ORDER = (_WAIT, _QUEUE, _PROCESSING, _PEOPLE)
_RELEASED = frozenset({"invoice"})
"""Flows in which people act between the target's yes and the effect."""

_Steps = Mapping[tuple[str, str], list[TrailStep]]


def stages(view: View) -> dict[str, dict[str, float]]:
    """Flow to stage to mean hours an item; flows of which the trail never says "taken" are left out."""
    steps = _steps(view.observed.trail)
    told = {step.flow for step in view.observed.trail if step.what == "taken"}
    return {
        flow: _mean([cut(view, item, steps.get((flow, item.key), ())) for item in items])
        for flow, items in view.counted.items()
        if flow in told and items
    }


def _steps(trail: Iterable[TrailStep]) -> _Steps:
    found: dict[tuple[str, str], list[TrailStep]] = {}
    for step in trail:
        found.setdefault((step.flow, step.key), []).append(step)
    return found


def cut(view: View, item: Item, steps: Iterable[TrailStep]) -> dict[str, float]:
    """Hours of one item by stage, from all that the trail tells of its key; they sum to its whole time."""
    hours = dict.fromkeys(STAGES, 0.0)
    if item.finished_s is None:
        hours[_UNFINISHED] = (view.observed.end_s - item.starts_s) / 3600.0
        return hours
    finished_s = item.finished_s
    own = [step for step in steps if step.at_s <= finished_s and is_about(item, step.version)]
    taken_s, sent_s, confirmed_s = _turns(own, finished_s)
    if item.flow not in _RELEASED:
        confirmed_s = finished_s
    marks = [item.starts_s]
    for at_s in (taken_s, sent_s, confirmed_s, finished_s):
        marks.append(max(marks[-1], at_s))
    spans = [*view.rework(item, taken_s), *_returned(own, finished_s)]
    rework = _joined(spans, item.starts_s, finished_s)
    for stage, first_s, last_s in zip(_IN_ORDER, marks, marks[1:], strict=False):
        covered_s = _covered_s(rework, first_s, last_s)
        hours[stage] += (last_s - first_s - covered_s) / 3600.0
        hours[_REWORK] += covered_s / 3600.0
    return hours


def _turns(steps: Iterable[TrailStep], finished_s: float) -> tuple[float, float, float]:
    """First taken, then last sent, then last confirmed; the finish where not told."""
    taken_s, sent_s, confirmed_s = math.inf, -math.inf, -math.inf
    for step in steps:
        if step.what == "taken":
            taken_s = min(taken_s, step.at_s)
        elif step.what == "sent":
            sent_s = max(sent_s, step.at_s)
        elif step.what == "confirmed":
            confirmed_s = max(confirmed_s, step.at_s)
    return (
        finished_s if taken_s == math.inf else taken_s,
        finished_s if sent_s == -math.inf else sent_s,
        finished_s if confirmed_s == -math.inf else confirmed_s,
    )


def _returned(steps: Sequence[TrailStep], finished_s: float) -> list[Span]:
    """From each refusal by content to the next write that goes out: a person had it, recorded or not."""
    sent = sorted(step.at_s for step in steps if step.what == "sent")
    return [
        (step.at_s, next((at_s for at_s in sent if at_s > step.at_s), finished_s))
        for step in steps
        if step.what == "returned"
    ]


def _covered_s(spans: Iterable[Span], first_s: float, last_s: float) -> float:
    return math.fsum(max(0.0, min(last_s, b) - max(first_s, a)) for a, b in spans)


def _joined(spans: Iterable[Span], first_s: float, last_s: float) -> list[Span]:
    """Spans within [first, last], those that overlap joined."""
    joined: list[Span] = []
    inside = sorted((max(opened_s, first_s), min(closed_s, last_s)) for opened_s, closed_s in spans)
    for opened_s, closed_s in inside:
        if joined and opened_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closed_s))
        elif opened_s < closed_s:
            joined.append((opened_s, closed_s))
    return joined


def _mean(cuts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {stage: math.fsum(cut[stage] for cut in cuts) / len(cuts) for stage in STAGES}
