"""Judges a run of a drawn world: everything arrived once, as approved, and its figures make sense."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kernel.time import DAY_S
from measurements.judgement import FINDINGS
from measurements.observed import Observed
from measurements.run import Figure, Run

SETTLED_S = 6 * DAY_S
"""An exception this old at the end has seen the desk three times over, which looks every second day."""

BEHIND = "unread behind a refused stream"
"""Absent, or recalled and not undone, and named by no exception, while an open one says that the whole stream
is refused: nobody could read what was approved or recalled."""
_WHOLE = frozenset({"schema", "auth", "timeout"})

_LATENCIES = {
    "project_setup_h_p95": "project",
    "worker_alignment_h_p95": "worker",
    "time_posted_h_p95": "time",
    "expense_posted_h_p95": "expense",
}
"""KPI to the flow whose items it counts."""
_ABOVE_100 = frozenset({"margin_error_pct", "quota_peak_pct"})
"""Shares of something else than the whole: an error may be larger than what it is an error of."""


class Violation(NamedTuple):
    """One thing that must not be. `kind` and `where` make two failures the same; `detail` is one example."""

    kind: str
    where: str
    detail: str


def violations(observed: Observed, run: Run) -> list[Violation]:
    """Everything that is wrong with the run, the worst first."""
    return [
        *_findings(observed, run),
        *_balances(run),
        *_unfinished(run),
        *_open(observed),
        *_figures(run),
    ]


def _refused_whole(observed: Observed) -> dict[str, float]:
    """Flow to when a person was first told, in what is open, that none of it can be read."""
    keys = {(row.flow, row.key) for row in observed.due}
    since: dict[str, float] = {}
    for row in observed.books.problems:
        if row.closed_at_s is None and row.cause in _WHOLE and (row.flow, row.key) not in keys:
            since[row.flow] = min(row.opened_at_s, since.get(row.flow, row.opened_at_s))
    return since


def _findings(observed: Observed, run: Run) -> Iterator[Violation]:
    refused = _refused_whole(observed)
    for kind in FINDINGS:
        for flow, count in run.audit.get(kind, {}).items():
            if count:
                behind = flow in refused and (
                    kind == "lost"
                    or (kind == "unauthorised" and _unheard(observed, run, flow, refused[flow]))
                )
                yield Violation(BEHIND if behind else kind, flow, f"{count}: {_example(run, kind, flow)}")


def _unheard(observed: Observed, run: Run, flow: str, since_s: float) -> bool:
    """Whether all that stands unauthorised was approved once, and recalled when nobody could read it."""
    recalled = {
        (row.key, row.version)
        for row in observed.books.commitments
        if row.flow == flow and row.authorised and (row.withdrawn_at_s or 0.0) > since_s - DAY_S
    }
    found = [row for row in run.findings if (row.kind, row.flow) == ("unauthorised", flow)]
    return all((row.key, row.version) in recalled for row in found)


def _example(run: Run, kind: str, flow: str) -> str:
    fitting = (found for found in run.findings if (found.kind, found.flow) == (kind, flow))
    return next((f"{found.key} {found.part} v{found.version}: {found.reason}" for found in fitting), "")


def _balances(run: Run) -> Iterator[Violation]:
    for workflow, balance in run.identity.items():
        if not balance.holds:
            yield Violation("identity", workflow, f"{balance.due} due, {tuple(balance[1:])} counted")
    for found in run.findings:
        if found.kind == "identity":
            yield Violation(
                "identity", found.flow, f"{found.key} {found.part} v{found.version}: {found.reason}"
            )


def _unfinished(run: Run) -> Iterator[Violation]:
    if run.undrained:
        flows = ", ".join(f"{count} {flow}" for flow, count in run.unfinished.items())
        yield Violation("unfinished", next(iter(run.unfinished), ""), flows or f"{run.undrained} items")


def _open(observed: Observed) -> Iterator[Violation]:
    for row in observed.books.problems:
        if row.closed_at_s is None and row.opened_at_s < observed.end_s - SETTLED_S:
            age = f"open for {(observed.end_s - row.opened_at_s) / DAY_S:.1f} days"
            yield Violation(
                "open exception", f"{row.flow} {row.cause}", f"{row.key} v{row.version} {age}: {row.detail}"
            )


def _figures(run: Run) -> Iterator[Violation]:
    for name, figure in run.kpis.items():
        why = _insane(name, figure)
        if why:
            yield Violation("figure", name, why)
    for name, flow in _LATENCIES.items():
        counted = len(run.samples.get(flow, ())) + run.unfinished.get(flow, 0)
        if name in run.kpis and run.kpis[name].n != counted:
            yield Violation("figure", name, f"n {run.kpis[name].n}, but {counted} items")
    for stem in {name.removesuffix("_p50") for name in run.kpis if name.endswith("_p50")}:
        low, high = run.kpis[f"{stem}_p50"].value, run.kpis.get(f"{stem}_p95", Figure(None)).value
        if low is not None and high is not None and low > high:
            yield Violation("figure", stem, f"median {low} above the 95th percentile {high}")


def _insane(name: str, figure: Figure) -> str:
    """Why a figure cannot be; empty where it can. Its parts are looked at as well."""
    value = figure.value
    if figure.n < 0 or not 0.0 <= figure.censored_pct <= 100.0:
        return f"n {figure.n}, censored {figure.censored_pct} %"
    if value is not None:
        if not math.isfinite(value):
            return f"{value}"
        if value < 0.0:
            return f"{value} is below 0"
        if name.endswith("_pct") and name not in _ABOVE_100 and value > 100.0 + 1e-9:
            return f"{value} % is above the whole"
    return _of_parts(figure.by)


def _of_parts(parts: Mapping[str, Figure]) -> str:
    found = ((part, _insane(part, figure)) for part, figure in parts.items())
    return next((f"{part}: {why}" for part, why in found if why), "")
