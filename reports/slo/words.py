"""Verdicts in words: the figure, what is wanted of it, and why the word is what it is."""

from __future__ import annotations

from reports.kpis import Kpi
from reports.numbers import possible, sized, span, unit
from reports.slo.figure import Sample, entry_of
from reports.slo.objective import Bound, Objective
from reports.slo.result import Result
from reports.slo.rule import Place, Ruling

_ONE = {
    "kept": "kept",
    "broken": "beyond it by more than the margin",
    "within the margin": "beyond it by no more than the margin",
}
"""Of a figure without an interval."""
_MANY: dict[Place, str] = {
    "kept": "the whole interval keeps it",
    "broken": "the whole interval is beyond it by more than the margin",
    "at the threshold": "the interval straddles the threshold",
    "at the margin": "the interval straddles the margin",
    "at both": "the interval straddles threshold and margin",
    "within the margin": "the whole interval is beyond it by no more than the margin, which more"
    " replications will not change",
}


def wanted(objective: Objective) -> str:
    """The threshold with its side and margin: `at most 24 h, margin 1 h`."""
    entry, bound = entry_of(objective.measure), objective.bound
    side = "at most" if bound.direction == "at_most" else "at least"
    return f"{side} {_exact(bound.threshold, entry)}{margin(bound, entry)}"


def margin(bound: Bound, entry: Kpi) -> str:
    """The practical margin in the measure's unit, where there is one."""
    if not bound.tolerance:
        return ""
    points = entry._replace(unit="points") if entry.unit == "%" else entry
    return f", margin {_exact(bound.tolerance, points)}"


def figure(objective: Objective, value: float | None, low: float | None, high: float | None) -> str:
    """A value with its interval in brackets, where it has one."""
    entry = entry_of(objective.measure)
    text = sized(value, entry)
    if low is None or high is None:
        return text
    return f"{text} ({span(*possible(low, high, entry), entry)})"


def ruled(objective: Objective, ruling: Ruling, seen: Sample) -> str:
    """Figure, interval, what stands behind it, what is wanted, and where the interval lies to that."""
    told = figure(objective, ruling.value, ruling.low, ruling.high)
    return f"{told}, {behind(seen)}; wanted {wanted(objective)}: {why(objective, ruling, seen)}"


def behind(seen: Sample) -> str:
    """How many replications and items a figure rests on."""
    count = len(seen.values)
    often = "one run" if count == 1 else f"{count} replications"
    return f"{'the worst of ' if seen.worst and count > 1 else ''}{often}, {seen.items:,} {seen.noun}"


def why(objective: Objective, ruling: Ruling, seen: Sample) -> str:
    """Where the figure or its interval lies to what is wanted."""
    if ruling.place == "bound":
        return "too much was never finished, so that the true figure may be any larger one"
    if ruling.low is not None:
        text = _MANY[ruling.place]
    else:
        text = _ONE[ruling.place]
        if len(seen.values) > 1 and not seen.worst:
            text += ", the same in all"
    return text if objective.bound.tolerance else text.replace(" by more than the margin", "")


def too_few(objective: Objective, seen: Sample, replications: int, least: int) -> str:
    """Why the population is too small to judge ("" = it is not)."""
    if replications < least:
        return f"{replications} of the {least} replications that the file asks for"
    if seen.items >= objective.items_least:
        return ""
    return f"{seen.items:,} {seen.noun}: fewer than the {objective.items_least:,} that it takes to judge this"


def doubtful(result: Result) -> str:
    """Why nothing that a live run measured may be believed ("" = nothing is wrong)."""
    return "" if result.live is None else result.live.doubt


def _exact(value: float, entry: Kpi) -> str:
    """A threshold as it was written, with its unit."""
    text = f"{value:,.10g}"
    if entry.unit == "USD":
        return f"${text}"
    return f"{text}{unit(entry)}"
