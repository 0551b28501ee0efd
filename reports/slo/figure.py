"""What an objective is judged by: a value a replication, and what stands behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from measurements.facts import FLOWS
from measurements.live import FAILURES
from measurements.run import ERRORS, Run
from reports.estimates import estimate
from reports.inputs import FINDINGS, Figure, Margin
from reports.kpis import Kpi, kpi
from reports.numbers import listing
from reports.slo.objective import (
    ANY,
    ActErrorMeasure,
    ActMeasure,
    ErrorMeasure,
    FindingMeasure,
    KpiMeasure,
    Measure,
)
from reports.slo.result import Result
from reports.words import FINDINGS as FINDING_WORDS

ERROR_WORDS: Mapping[str, str] = {
    "refused": "Calls refused by a limit",
    "timeout": "Calls without an answer",
    "server_error": "Calls that ended in a server error",
    "other": "Calls refused for another reason",
    ANY: "Calls that failed",
}


_VIRTUAL = "no live run: only `rehearse load` times people’s acts"
ACT_ERROR_WORDS: Mapping[str, str] = {
    "limit": "People’s acts refused by a limit",
    "timeout": "People’s acts without an answer in time",
    "server": "People’s acts that ended in a server error",
    "lost": "People’s acts whose connection was lost",
    "client": "People’s acts refused by the business",
    "late": "People’s acts sent late",
    "dropped": "People’s acts dropped",
    ANY: "People’s acts that failed or were dropped",
}


class Sample(NamedTuple):
    """Values by replication with `items` behind them in all; `absent` says why none count ("" = they do).

    `bounded`: they are mostly lower bounds. `worst`: the largest of them counts, where a single bad
    replication is enough, rather than their mean.
    """

    values: Sequence[float]
    items: int
    noun: str
    absent: str = ""
    bounded: bool = False
    worst: bool = False


def sample_of(measure: Measure, result: Result) -> Sample:
    """The measure's values in a result."""
    return _READ[type(measure)](measure, result)


def entry_of(measure: Measure) -> Kpi:
    """The measure as a KPI: its label, unit and digits, so that all figures are written alike."""
    if isinstance(measure, KpiMeasure):
        return kpi(measure.kpi)
    if isinstance(measure, FindingMeasure):
        words = "Wrong at the end" if measure.finding == ANY else FINDING_WORDS[measure.finding]
        return _entry(f"Audit: {words[:1].lower()}{words[1:]}", "count", measure.workflow, 0)
    if isinstance(measure, ErrorMeasure):
        where = f", {measure.system}" if measure.system else ""
        return _entry(f"{ERROR_WORDS[measure.errors]}{where}", "%", "", 2)
    if isinstance(measure, ActErrorMeasure):
        return _entry(ACT_ERROR_WORDS[measure.errors], "%", "", 2)
    label = f"{measure.verb} by {measure.persona}, {measure.time} time, {measure.percentile:g}th percentile"
    return _entry(label, "s", "", 2)


def all_of(measure: Measure) -> float:
    """The most that a measure can be: 100 of a share, else no end."""
    if isinstance(measure, ErrorMeasure | ActErrorMeasure):
        return 100.0
    entry = entry_of(measure)
    return 100.0 if entry.unit == "%" and entry.better == "high" else math.inf


def _entry(label: str, unit: str, workflow: str, digits: int) -> Kpi:
    return Kpi("", label, unit, "low", workflow, Margin(0), digits, False)


def _of_kpi(measure: KpiMeasure, result: Result) -> Sample:
    held = result.kpis.get(measure.kpi)
    if held is None:
        return Sample((), 0, "items", f"this result has no {measure.kpi}")
    absent = "" if held.values else "nothing was due, or nothing was seen"
    return Sample(held.values, held.n, "items", absent, held.at_least)


def _of_finding(measure: FindingMeasure, result: Result) -> Sample:
    names = FINDINGS if measure.finding == ANY else (measure.finding,)
    counts = [
        float(sum(_in(run.audit.get(name, {}), measure.workflow) for name in names)) for run in result.runs
    ]
    due = sum(
        balance.due
        for run in result.runs
        for workflow, balance in run.identity.items()
        if measure.workflow in {"", workflow}
    )
    absent = "" if due or any(counts) else "nothing was due, so that nothing could be wrong"
    return Sample(counts, due, "items due", absent, worst=True)


def _in(by_flow: Mapping[str, int], workflow: str) -> int:
    return sum(count for flow, count in by_flow.items() if workflow in {"", FLOWS.get(flow, flow)})


def _of_errors(measure: ErrorMeasure, result: Result) -> Sample:
    if any(run.errors is None for run in result.runs):
        return Sample((), 0, "calls", "this result does not tell failed calls apart; run it again")
    names = ERRORS if measure.errors == ANY else (measure.errors,)
    figures = {run.replication: _share(run, names, measure.system) for run in result.runs}
    held = estimate(figures)
    return Sample(held.values, held.n, "calls", "" if held.values else "no call was sent")


def _share(run: Run, names: Sequence[str], system: str) -> Figure:
    calls = _sum(run.calls, None, system)
    failed = _sum(run.errors or {}, names, system)
    return Figure(100.0 * failed / calls if calls else None, calls)


def _sum(table: Mapping[str, Mapping[str, int]], names: Sequence[str] | None, system: str) -> int:
    return sum(
        count
        for where, counts in table.items()
        for name, count in counts.items()
        if system in {"", where} and (names is None or name in names)
    )


def _of_act(measure: ActMeasure, result: Result) -> Sample:
    if result.live is None:
        return Sample((), 0, "acts", _VIRTUAL)
    for line in result.live.acts:
        if (line.persona, line.verb) == (measure.persona, measure.verb):
            value = line.at(measure.time, measure.percentile)
            known = line.acts and math.isfinite(value)
            return Sample((value,) if known else (), line.acts, "acts", "" if known else "none was done")
    verbs = sorted({line.verb for line in result.live.acts if line.persona == measure.persona})
    others = f"; that persona did {listing(verbs)}" if verbs else ""
    return Sample((), 0, "acts", f"no {measure.verb} by {measure.persona} was done{others}")


def _of_act_errors(measure: ActErrorMeasure, result: Result) -> Sample:
    live = result.live
    if live is None:
        return Sample((), 0, "acts", _VIRTUAL)
    due = live.counts.get("due", 0)
    if not due:
        return Sample((), 0, "acts", "no act was due")
    counts = {**live.errors, "late": live.counts.get("late", 0), "dropped": live.counts.get("dropped", 0)}
    counts[ANY] = sum(counts.get(name, 0) for name in (*FAILURES, "dropped"))
    return Sample((100.0 * counts.get(measure.errors, 0) / due,), due, "acts")


_READ: Mapping[type[Any], Callable[[Any, Result], Sample]] = {
    KpiMeasure: _of_kpi,
    FindingMeasure: _of_finding,
    ErrorMeasure: _of_errors,
    ActMeasure: _of_act,
    ActErrorMeasure: _of_act_errors,
}
