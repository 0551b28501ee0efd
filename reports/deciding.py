"""Which KPIs decide: a percentile where enough items stand behind it, else the share within target.

The 95th percentile of 20 deals is nearly the slowest deal, and one unlucky one would decide. So a percentile
bears a decision only from 60 items on, counted in all replications together; below, its share within target
does, which one item moves by its own part.
"""

from __future__ import annotations

from collections.abc import Iterable

from reports.baselines import candidates
from reports.estimates import Estimates
from reports.inputs import Experiment, Margin
from reports.kpis import TABLE, WORKFLOWS, Kpi, kpi

LEAST_ITEMS = 60
"""Items, of the model that has the fewest, from which on a percentile may decide (semantics.md §8)."""


def items(found: Estimates, models: Iterable[str], name: str) -> int:
    """Items behind a KPI in all replications (of a first look), of the model that has the fewest."""
    return min((found[model][name].items for model in models if name in found[model]), default=0)


def bearing(entry: Kpi, count: int) -> Kpi:
    """The KPI that decides in this one's place, given how many items stand behind it: mostly itself."""
    return kpi(entry.share) if entry.share and count < LEAST_ITEMS else entry


def outcomes(workflow: str, found: Estimates, models: Iterable[str]) -> list[Kpi]:
    """The KPIs that decide a workflow's answer between these models, of those that any of them has."""
    compared = list(models)
    return [
        bearing(entry, items(found, compared, entry.name))
        for entry in TABLE
        if entry.workflow == workflow and entry.outcome
        if any(entry.name in found[model] for model in compared if model in found)
    ]


def decisions(experiment: Experiment, found: Estimates, models: Iterable[str]) -> dict[str, Margin]:
    """The scenario's decision KPIs as they decide here, with their margins; a share keeps its own margin."""
    compared = list(models)
    chosen: dict[str, Margin] = {}
    for name, margin in experiment.decisions.items():
        entry = bearing(kpi(name), items(found, compared, name))
        own = margin if entry.name == name else experiment.margins.get(entry.name, entry.margin)
        chosen[entry.name] = experiment.decisions.get(entry.name, own)
    return chosen


def role(experiment: Experiment, found: Estimates, entry: Kpi) -> str:
    """What a KPI is for: a decision of the scenario, an outcome that an answer rests on, or neither."""
    models = candidates(experiment.models, found)
    if entry.name in decisions(experiment, found, models):
        return "decision"
    if entry in outcomes(entry.workflow, found, models):
        return "outcome"
    few = bearing(entry, items(found, models, entry.name)) is not entry
    return (
        "too few items to decide"
        if few and (entry.outcome or entry.name in experiment.decisions)
        else "exploratory"
    )


def deciding(experiment: Experiment, found: Estimates) -> dict[str, Margin]:
    """All that decides here: the scenario's decision KPIs, or else every workflow's outcomes."""
    models = candidates(experiment.models, found)
    if experiment.decisions:
        return decisions(experiment, found, models)
    bearing_all = [entry for name in WORKFLOWS for entry in outcomes(name, found, models)]
    return {entry.name: experiment.margins.get(entry.name, entry.margin) for entry in bearing_all}
