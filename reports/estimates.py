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
from reports.statistics import mean_interval, mostly_bounded


@dataclass(frozen=True, slots=True)
class Estimate:
    """A KPI of one model; `n` counts the items over all replications.

    `values` are those of the replications that `places` numbers, of the `completed` ones those in which
    something was due; a replication that only has a lower bound enters with it: `bounds`, `bounded` of them.
    `items` are those of the first look, where the comparison has looks: which KPI decides must not change
    from look to look.
    """

    mean: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    replications: int
    censored_pct: float
    at_least: bool
    bounded: int = 0
    items: int = 0
    values: tuple[float, ...] = ()
    places: tuple[int, ...] = ()
    completed: frozenset[int] = frozenset()
    bounds: frozenset[int] = frozenset()
    by: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def by_place(self) -> Mapping[int, float]:
        """The values by replication."""
        return dict(zip(self.places, self.values, strict=True))


Estimates = Mapping[str, Mapping[str, Estimate]]
"""Model to KPI to estimate."""


def estimate(held: Mapping[int, Figure], first: int | None = None) -> Estimate:
    """One KPI by replication; those in which nothing was due do not count. `first` replications are a first
    look.
    """
    figures = list(held.values())
    present = {place: figure for place, figure in held.items() if figure.value is not None}
    values = tuple(figure.value for figure in present.values() if figure.value is not None)
    found = mean_interval(values) if values else None
    n = sum(figure.n for figure in figures)
    bounds = frozenset(place for place, figure in present.items() if figure.at_least)
    parts = sorted({part for figure in figures for part in figure.by})
    return Estimate(
        mean=found.mean if found else None,
        ci_low=found.low if found else None,
        ci_high=found.high if found else None,
        n=n,
        replications=len(present),
        censored_pct=math.fsum(figure.censored_pct * figure.n for figure in figures) / n if n else 0.0,
        at_least=mostly_bounded(len(bounds), len(present)),
        bounded=len(bounds),
        items=sum(figure.n for place, figure in held.items() if first is None or place < first),
        values=values,
        places=tuple(present),
        completed=frozenset(held),
        bounds=bounds,
        by={
            part: estimate({at: figure.by[part] for at, figure in held.items() if part in figure.by}, first)
            for part in parts
        },
    )


def estimates(experiment: Experiment) -> dict[str, dict[str, Estimate]]:
    """Every KPI of every model that has runs, in the experiment's order of models."""
    found = {model: experiment.of(model) for model in experiment.models}
    first = experiment.looks[0] if experiment.looks else None
    return {model: _of_model(runs, first) for model, runs in found.items() if runs}


def _of_model(runs: Sequence[Run], first: int | None) -> dict[str, Estimate]:
    names = sorted({name for run in runs for name in run.kpis})
    unseen = frozenset() if called(runs) else ON_CALLS
    return {
        name: estimate(
            {
                run.replication: Figure(None) if name in unseen else run.kpis[name]
                for run in runs
                if name in run.kpis
            },
            first,
        )
        for name in names
    }


def paired(left: Estimate, right: Estimate) -> tuple[list[float], list[float]]:
    """The values of the replications that both have, in the same order."""
    mine, other = left.by_place, right.by_place
    common = sorted(mine.keys() & other.keys())
    return [mine[place] for place in common], [other[place] for place in common]


def difference(left: Estimate, right: Estimate) -> float | None:
    """The mean of left − right over the replications that both have; None where there are none."""
    mine, other = paired(left, right)
    return math.fsum(a - b for a, b in zip(mine, other, strict=True)) / len(mine) if mine else None


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
