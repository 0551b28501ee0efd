"""Judges a run of a drawn world: everything arrived once, as approved, and its figures make sense."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kernel.time import DAY_S
from measurements.excuses import Excuses
from measurements.facts import Problem
from measurements.flow_tables import GRACE_S
from measurements.judgement import FINDINGS
from measurements.observed import Observed
from measurements.run import Figure, FindingLine, Run
from measurements.view import view

SETTLED_S = 6 * DAY_S
"""An exception this old at the end has seen the desk three times over, which looks every second day."""

_OWNED = frozenset({"missing_attribute", "policy", "validation"})
"""Causes that the desk hands to the owner of the record, whose own hours have a long tail."""

Settles = Callable[[float, str], float]
"""(when the desk sent it on, `flow|key|version`) to when its owner has settled it."""

NOT_UNDONE = "recalled, told, not undone"
"""Was approved, posted and recalled; its reversal is refused, and an open exception record names it."""

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
    """One thing that must not be. `kind` and `where` make two failures the same; `detail` is one example.

    `flow` is whose items it is about; empty where it is about none.
    """

    kind: str
    where: str
    detail: str
    flow: str = ""


def _at_once(sent_s: float, _unit: str) -> float:
    """An owner who settles what reaches them."""
    return sent_s


def violations(observed: Observed, run: Run, settles_s: Settles = _at_once) -> list[Violation]:
    """Everything that is wrong with the run, the worst first."""
    return [
        *_findings(observed, run),
        *_balances(run),
        *_unfinished(observed, run, settles_s),
        *_open(observed, settles_s),
        *_figures(run),
    ]


def _findings(observed: Observed, run: Run) -> Iterator[Violation]:
    for kind in FINDINGS:
        for flow, count in run.audit.get(kind, {}).items():
            found = [one for one in run.findings if (one.kind, one.flow) == (kind, flow)]
            told = _told_recalls(observed, flow, found) if kind == "unauthorised" else []
            if told:
                yield Violation(NOT_UNDONE, flow, f"{len(told)}: {_words(told[0])}", flow)
            rest = [one for one in found if one not in told]
            if count > len(told):
                yield Violation(kind, flow, f"{count - len(told)}: {_words(*rest[:1])}", flow)


def _told_recalls(observed: Observed, flow: str, found: Sequence[FindingLine]) -> list[FindingLine]:
    """Findings on what was approved once, and of whose recall people are told, each by its own key."""
    if not found:
        return []
    problems = [row for row in observed.books.problems if row.flow == flow]
    excuses = Excuses(problems, observed.end_s, GRACE_S)
    newest: dict[str, int] = {}
    for problem in problems:
        if problem.closed_at_s is None and not problem.keys:
            newest[problem.key] = max(problem.version, newest.get(problem.key, 0))
    told: set[tuple[str, int]] = set()
    for row in observed.books.commitments:
        if row.flow == flow and row.authorised and row.withdrawn_at_s is not None:
            recall = row._replace(committed_at_s=row.withdrawn_at_s, due_from_s=row.withdrawn_at_s)
            if newest.get(row.key, -1) >= row.version or excuses.speak_for(recall):
                told.add((row.key, row.version))
    return [one for one in found if (one.key, one.version) in told]


def _words(*found: FindingLine) -> str:
    return "".join(f"{one.key} {one.part} v{one.version}: {one.reason}" for one in found)


def _balances(run: Run) -> Iterator[Violation]:
    for workflow, balance in run.identity.items():
        if not balance.holds:
            yield Violation("identity", workflow, f"{balance.due} due, {tuple(balance[1:])} counted")
    for found in run.findings:
        if found.kind == "identity":
            yield Violation("identity", found.flow, _words(found), found.flow)


def _unfinished(observed: Observed, run: Run, settles_s: Settles) -> Iterator[Violation]:
    """Items that are still to come, but for those that their owner still has."""
    kept = Counter(row.flow for row in observed.books.problems if _with_owner(row, observed.end_s, settles_s))
    counts = dict(run.unfinished)
    if run.undrained and not any(counts.values()):
        rows = view(observed).counted.items()
        counts = {flow: sum(item.finished_s is None for item in items) for flow, items in rows}
    for flow, count in counts.items():
        if count > kept[flow]:
            yield Violation("unfinished", flow, f"{count - kept[flow]} {flow}", flow)


def _with_owner(row: Problem, end_s: float, settles_s: Settles) -> bool:
    """Whether the owner of what it is about has not settled it by then, at their own pace."""
    if row.closed_at_s is not None or row.cause not in _OWNED:
        return False
    return settles_s(row.opened_at_s + SETTLED_S, f"{row.flow}|{row.key}|{row.version}") >= end_s


def _open(observed: Observed, settles_s: Settles) -> Iterator[Violation]:
    """Exceptions that nobody works on any more: one that its owner still has is no failure."""
    for row in observed.books.problems:
        old = row.closed_at_s is None and row.opened_at_s < observed.end_s - SETTLED_S
        if old and not _with_owner(row, observed.end_s, settles_s):
            age = f"open for {(observed.end_s - row.opened_at_s) / DAY_S:.1f} days"
            detail = f"{row.key} v{row.version} {age}: {row.detail}"
            yield Violation("open exception", f"{row.flow} {row.cause}", detail, row.flow)


def _figures(run: Run) -> Iterator[Violation]:
    for name, figure in run.kpis.items():
        why = _insane(name, figure)
        if why:
            yield Violation("figure", name, why)
    for name, flow in _LATENCIES.items():
        counted = len(run.samples.get(flow, ())) + run.unfinished.get(flow, 0)
        if name in run.kpis and run.kpis[name].n != counted:
            yield Violation("figure", name, f"n {run.kpis[name].n}, but {counted} items")
    for stem in sorted({name.removesuffix("_p50") for name in run.kpis if name.endswith("_p50")}):
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
