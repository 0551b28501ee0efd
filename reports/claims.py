"""The claims that decide a workflow's answer: who is behind whom on which outcome, and what is decided of it.

One claim stands for each ordered pair of patterns and each outcome KPI of the workflow. The claims of a
workflow share one error (`reports/sequential.py`). A claim is needed as long as its answer could change who
is level: a pattern known to be behind a clean rival on any outcome is out, whatever else is said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import permutations

from measurements.facts import FLOWS
from reports.baselines import candidates
from reports.deciding import outcomes
from reports.estimates import Estimate, Estimates, Finding, comparable
from reports.inputs import FINDINGS, Experiment, Margin
from reports.kpis import Kpi
from reports.sequential import Claim, Decision, Evidence, decide

Decisions = Mapping[Claim, Decision]


def margin_of(experiment: Experiment, entry: Kpi) -> Margin:
    """The scenario's own margin for a KPI, or the firm's, or the table's default."""
    return experiment.decisions.get(entry.name, experiment.margins.get(entry.name, entry.margin))


def representatives(
    models: Mapping[str, Mapping[str, str]], workflow: str, ran: Iterable[str]
) -> dict[str, str]:
    """Pattern to the model that uses it most purely; baselines and the recommended table stand aside."""
    chosen: dict[str, str] = {}
    for model in candidates(models, ran, workflow):
        pattern = models[model][workflow]
        rival = chosen.get(pattern)
        if rival is None or _purity(models[rival], pattern) < _purity(models[model], pattern):
            chosen[pattern] = model
    return chosen


def _purity(table: Mapping[str, str], pattern: str) -> int:
    return sum(other == pattern for other in table.values())


def decisive(found: Estimates, models: Sequence[str], clean: Sequence[str], workflow: str) -> list[Kpi]:
    """The outcomes on which at least one of the clean models can be compared."""
    return [
        entry
        for entry in outcomes(workflow, found, models)
        if any(comparable(found[model].get(entry.name)) for model in clean)
    ]


def rivals(audits: Mapping[str, Mapping[str, Finding]], models: Sequence[str], workflow: str) -> list[str]:
    """The models with a clean audit of this workflow; all where none is clean."""
    return [model for model in models if not wrong_in(audits[model], workflow)] or list(models)


def wrong_in(audit: Mapping[str, Finding], workflow: str) -> tuple[str, ...]:
    """What the audit found wrong in this workflow, in any replication."""
    return tuple(
        name
        for name in FINDINGS
        if any(FLOWS.get(flow, flow) == workflow and count for flow, count in audit[name].by_flow.items())
    )


def decisions(experiment: Experiment, found: Estimates, workflow: str) -> Decisions:
    """What the runs decide of this workflow's claims; nothing where they are too few to judge."""
    models = list(representatives(experiment.models, workflow, found).values())
    if experiment.indicative or len(models) < 2:
        return {}
    looks = experiment.looks or (experiment.replications,)
    return decide(claims_of(experiment, found, workflow), looks)


def claims_of(experiment: Experiment, found: Estimates, workflow: str) -> dict[Claim, Evidence]:
    """The workflow's claims: each ordered pair of its representatives on each outcome."""
    models = list(representatives(experiment.models, workflow, found).values())
    return {
        Claim(behind, ahead, entry.name): evidence(experiment, mine, theirs, entry)
        for behind, ahead in permutations(models, 2)
        for entry in outcomes(workflow, found, models)
        if (mine := found[behind].get(entry.name)) is not None
        and (theirs := found[ahead].get(entry.name)) is not None
    }


def evidence(experiment: Experiment, mine: Estimate, theirs: Estimate, entry: Kpi) -> Evidence:
    """By how much one model was worse than another, less the margin, in each replication both completed."""
    margin, sign = margin_of(experiment, entry), 1.0 if entry.better == "low" else -1.0
    left, right = mine.by_place, theirs.by_place
    excess = [
        None
        if left.get(place) is None or right.get(place) is None
        else sign * (left[place] - right[place]) - margin.around(right[place])
        for place in sorted(mine.completed & theirs.completed)
    ]
    better, worse = (theirs, mine) if entry.better == "low" else (mine, theirs)
    order = {place: number for number, place in enumerate(sorted(mine.completed & theirs.completed))}
    return Evidence(
        excess,
        frozenset(order[place] for place in better.bounds if place in order),
        frozenset(order[place] for place in worse.bounds if place in order),
    )


def needed(decided: Decisions, clean: Collection[str]) -> list[Claim]:
    """The claims on which it still rests who is level, decided or not."""
    out = {claim.behind for claim, one in decided.items() if one.status == "behind" and claim.ahead in clean}
    return [
        claim
        for claim, one in decided.items()
        if claim.behind in clean
        and claim.ahead in clean
        and (claim.behind not in out or one.status == "behind")
    ]


def unsettled(decided: Decisions, clean: Collection[str]) -> list[Claim]:
    """The needed claims that are open; where nothing was ever due, more replications would settle nothing."""
    return [
        claim
        for claim in needed(decided, clean)
        if decided[claim].status == "open" and decided[claim].mean is not None
    ]
