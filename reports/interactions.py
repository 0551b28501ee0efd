"""Interactions: where the recommended table, run as a whole, differs from the pure models it was taken from.

A workflow's own pattern is the same in both, so that what differs comes from its neighbours: batch time under
event billing held invoices that neither pure model held.
"""

from __future__ import annotations

from typing import NamedTuple

from reports.baselines import RECOMMENDED
from reports.claims import margin_of
from reports.estimates import Estimates, paired
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import UNCOMPARED, WORKFLOWS, Kpi, kpi
from reports.numbers import change, listing, sized, span
from reports.reasons import label
from reports.recommendation import Recommendation
from reports.statistics import ALPHA, Interval, holm, paired_difference
from reports.words import pattern


class Interaction(NamedTuple):
    """How one KPI moved; `neighbours` are the workflows that another pattern carries."""

    workflow: str
    kpi: Kpi
    model: str
    together: float
    alone: float
    change: Interval
    margin: float
    neighbours: tuple[str, ...]


def interactions(
    experiment: Experiment, found: Estimates, chosen: Recommendation | None
) -> list[Interaction]:
    """Every KPI of a workflow that differs by more than its margin, told from chance; many are tried, so
    Holm's correction is over all of them.
    """
    if chosen is None or RECOMMENDED not in found:
        return []
    tried = [
        one
        for workflow, model in chosen.taken_from.items()
        for name in found[RECOMMENDED]
        if kpi(name).workflow == workflow and name not in UNCOMPARED
        if (one := _interaction(experiment, found, workflow, model, kpi(name))) is not None
    ]
    corrected = holm([one.change.p for one in tried])
    return [
        one
        for one, p in zip(tried, corrected, strict=True)
        if p < ALPHA and abs(one.change.mean) > one.margin
    ]


def _interaction(
    experiment: Experiment, found: Estimates, workflow: str, model: str, entry: Kpi
) -> Interaction | None:
    mine, alone = found[RECOMMENDED][entry.name], found[model].get(entry.name)
    together, apart = paired(mine, alone) if alone is not None else ([], [])
    if not together:
        return None
    moved = paired_difference(together, apart)
    before = sum(apart) / len(apart)
    margin = margin_of(experiment, entry).around(before)
    tables = experiment.models[RECOMMENDED], experiment.models[model]
    neighbours = tuple(flow for flow in tables[0] if tables[0][flow] != tables[1].get(flow))
    return Interaction(
        workflow, entry, model, sum(together) / len(together), before, moved, margin, neighbours
    )


def interaction_lines(findings: Findings) -> list[str]:
    """Each interaction in one sentence."""
    found = interactions(findings.experiment, findings.estimates, findings.recommendation)
    return [_line(findings.experiment, one) for one in found]


def _line(experiment: Experiment, one: Interaction) -> str:
    table = experiment.models[RECOMMENDED]
    around = listing([f"{WORKFLOWS[flow].lower()} by {pattern(table[flow])}" for flow in one.neighbours])
    bounds = ""
    if one.change.low is not None and one.change.high is not None:
        bounds = f", {span(one.change.low, one.change.high, one.kpi, sign=True)}"
    moved = f"{change(one.change.mean, one.kpi)}{bounds}; margin {sized(one.margin, one.kpi)}"
    return (
        f"{WORKFLOWS[one.workflow]}: {label(one.kpi.name)} is {sized(one.together, one.kpi)} in the "
        f"recommended table against {sized(one.alone, one.kpi)} in model {one.model} ({moved}), since its "
        f"neighbours are carried otherwise: {around}."
    )


def recommended_sentence(findings: Findings) -> str:
    """Which table is recommended, which of its patterns a tie-break took, and what running it as a whole
    showed.
    """
    chosen = findings.recommendation
    if chosen is None:
        return ""
    carried: dict[str, list[str]] = {}
    for flow, used in chosen.table.items():
        carried.setdefault(used, []).append(WORKFLOWS[flow].lower())
    each = "; ".join(f"{pattern(used)} for {listing(flows)}" for used, flows in carried.items())
    verb = "Ahead so far is the table" if findings.experiment.indicative else "Recommended is the table"
    if len(chosen.tied) == len(chosen.table):
        verb = "A table to try is"  # nothing of it rests on evidence
    return " ".join(text for text in (f"{verb} {each}.", _tie(chosen), _ran(findings, chosen)) if text)


def _tie(chosen: Recommendation) -> str:
    if not chosen.tied:
        return ""
    flows = listing([WORKFLOWS[flow].lower() for flow in chosen.tied])
    return (
        f"In {flows} several patterns could stand; a tie-break took one, which is no evidence: {chosen.rule}."
    )


def _ran(findings: Findings, chosen: Recommendation) -> str:
    if chosen.model:
        return f"It is the table of model {chosen.model}, so it was not run twice."
    if RECOMMENDED not in findings.estimates:
        return "It was not run as a whole."
    often = findings.counts.replications[RECOMMENDED]
    head = f"It was run as a model of its own in {often} replication{'s' if often > 1 else ''}"
    found = interactions(findings.experiment, findings.estimates, chosen)
    if not found:
        return (
            f"{head}; no difference from the models it was taken from is beyond its margin and told from "
            "chance."
        )
    flows = listing(list(dict.fromkeys(WORKFLOWS[one.workflow].lower() for one in found)))
    return f"{head}; its parts meet differently there in {flows}."
