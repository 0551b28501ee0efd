"""The rule: PASS, FAIL or INCONCLUSIVE of one figure against a threshold and a practical margin.

           kept                     not told apart              broken
    ├───────────────────────┤ threshold ├─ margin ─┤ ───────────────────>      at_most; at_least mirrored

PASS: the whole 95 % interval keeps the threshold. FAIL: all of it lies beyond the threshold by more than the
margin. Else INCONCLUSIVE: it straddles one of the two, or lies between them, in what Wald (Sequential Tests
of Statistical Hypotheses, 1945) calls the zone of indifference. Each of the two claims is one-sided and wrong
at most once in forty times (2.5 %), by the less sure of Student's t and Hall's form of it for skew.

Without an interval (one run, or the same value in all) the figure itself stands for it: the verdict is then
about these runs, and says so. The worst replication counts where one counterexample is enough: of an audit,
and where the threshold is the end of what is possible (nothing, or all) and no margin is given.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from reports.skewness import sample
from reports.slo.figure import Sample
from reports.slo.objective import Bound, Direction
from reports.statistics import ALPHA

Word = Literal["PASS", "FAIL", "INCONCLUSIVE"]
Place = Literal[
    "kept", "broken", "at the threshold", "at the margin", "at both", "within the margin", "bound"
]


class Ruling(NamedTuple):
    """The word, where the interval lies, and the figure with its interval (None = it has none)."""

    word: Word
    place: Place
    value: float
    low: float | None
    high: float | None


def rule(bound: Bound, seen: Sample) -> Ruling:
    """Judge some values against a bound. Raises ValueError without values."""
    value, low, high = _interval(seen, bound.direction)
    near, far = (value, value) if low is None or high is None else (low, high)
    if bound.direction == "at_least":
        near, far = -far, -near
    threshold = bound.threshold if bound.direction == "at_most" else -bound.threshold
    place = _place(near, far, threshold, bound.tolerance)
    if seen.bounded and place == ("kept" if bound.direction == "at_most" else "broken"):
        place = "bound"
    word: Word = "PASS" if place == "kept" else "FAIL" if place == "broken" else "INCONCLUSIVE"
    return Ruling(word, place, value, low, high)


def _interval(seen: Sample, direction: Direction) -> tuple[float, float | None, float | None]:
    """The mean with its interval, or the worst value without one."""
    if seen.worst:
        return (max if direction == "at_most" else min)(seen.values), None, None
    held = sample(seen.values)
    if held.count < 2 or not held.deviation:
        return held.mean, None, None
    return held.mean, *held.bounds(ALPHA)


def _place(low: float, high: float, threshold: float, tolerance: float) -> Place:
    """Where an interval lies to a threshold above which nothing should be."""
    limit = threshold + tolerance
    if high <= threshold or math.isclose(high, threshold, rel_tol=1e-12):
        return "kept"
    if low > limit:
        return "broken"
    if low > threshold and high <= limit:
        return "within the margin"
    if low <= threshold and high > limit:
        return "at both" if tolerance else "at the threshold"
    return "at the threshold" if low <= threshold else "at the margin"
