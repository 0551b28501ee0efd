"""KPIs over replications: one mean and interval per model and KPI, never over pooled records.

A percentile is taken inside each replication and averaged over them; the interval says how far that average
would move with other seeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.inputs import COUNTS, Experiment, Figure, Run
from reports.kpis import Better
from reports.sight import ON_CALLS, called
from reports.statistics import mean_interval

BOUNDED_FROM = 0.25
"""From this share of replications on a mean is "at least" its value. Below it the middle half of the
replications holds no bound, whatever the bounded ones may really be (they are the slow ones)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A KPI of one model; `n` counts the items over all replications.

    `values` are those of the replications that `places` numbers; a replication that only has a lower bound
    enters with it, and `bounded` counts these.
    """

    mean: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    replications: int
    censored_pct: float
    at_least: bool
    bounded: int = 0
    values: tuple[float, ...] = ()
    places: tuple[int, ...] = ()
    by: Mapping[str, Estimate] = field(default_factory=dict)


Estimates = Mapping[str, Mapping[str, Estimate]]
"""Model to KPI to estimate."""


def estimate(held: Mapping[int, Figure]) -> Estimate:
    """One KPI by replication; replications in which nothing was due do not count."""
    figures = list(held.values())
    present = {place: figure for place, figure in held.items() if figure.value is not None}
    values = tuple(figure.value for figure in present.values() if figure.value is not None)
    found = mean_interval(values) if values else None
    n = sum(figure.n for figure in figures)
    bounded = sum(figure.at_least for figure in present.values())
    parts = sorted({part for figure in figures for part in figure.by})
    return Estimate(
        mean=found.mean if found else None,
        ci_low=found.low if found else None,
        ci_high=found.high if found else None,
        n=n,
        replications=len(present),
        censored_pct=math.fsum(figure.censored_pct * figure.n for figure in figures) / n if n else 0.0,
        at_least=mostly_bounded(bounded, len(present)),
        bounded=bounded,
        values=values,
        places=tuple(present),
        by={
            part: estimate({at: figure.by[part] for at, figure in held.items() if part in figure.by})
            for part in parts
        },
    )


def mostly_bounded(bounded: int, replications: int) -> bool:
    """Whether so many replications have only a lower bound that their mean is one as well; never any one."""
    return bounded > 0 and bounded >= BOUNDED_FROM * replications


def estimates(experiment: Experiment) -> dict[str, dict[str, Estimate]]:
    """Every KPI of every model that has runs, in the experiment's order of models."""
    found = {model: experiment.of(model) for model in experiment.models}
    return {model: _of_model(runs) for model, runs in found.items() if runs}


def _of_model(runs: Sequence[Run]) -> dict[str, Estimate]:
    names = sorted({name for run in runs for name in run.kpis})
    unseen = frozenset() if called(runs) else ON_CALLS
    return {
        name: estimate(
            {
                run.replication: Figure(None) if name in unseen else run.kpis[name]
                for run in runs
                if name in run.kpis
            }
        )
        for name in names
    }


def paired(left: Estimate, right: Estimate) -> tuple[list[float], list[float]]:
    """The values of the replications that both have, in the same order."""
    mine, other = (dict(zip(one.places, one.values, strict=True)) for one in (left, right))
    common = [place for place in mine if place in other]
    return [mine[place] for place in common], [other[place] for place in common]


@dataclass(frozen=True, slots=True)
class Finding:
    """An audit count over replications; clean means that its maximum is 0."""

    sum: int
    max: int
    by_flow: Mapping[str, int]


def audit(runs: Sequence[Run]) -> dict[str, Finding]:
    """Sums and maxima over replications of each finding, and the sums by flow."""
    return {name: _finding([run.audit.get(name, {}) for run in runs]) for name in COUNTS}


def _finding(counts: Sequence[Mapping[str, int]]) -> Finding:
    totals = [sum(count.values()) for count in counts]
    flows = sorted({flow for count in counts for flow in count})
    by_flow = {flow: sum(count.get(flow, 0) for count in counts) for flow in flows}
    return Finding(sum(totals), max(totals, default=0), {f: n for f, n in by_flow.items() if n})


def rank(found: Estimate, better: Better) -> tuple[bool, float]:
    """Sorts estimates best first; what is only a lower bound ("at least") or absent sorts as worst."""
    if found.mean is None:
        return True, math.inf
    return found.at_least, found.mean if better == "low" else -found.mean


def comparable(found: Estimate | None) -> bool:
    """Whether an estimate may win a comparison."""
    return found is not None and found.mean is not None and not found.at_least
