"""Why an answer is what it is: the stage in which the difference arises, and what it comes to for this firm.

The stages say where an item's time went (`measurements/stages.py`). The difference between who is ahead and
who is next is cut by stage, and the largest part is the mechanism that makes it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from measurements.facts import FLOWS
from reports.answer import Answer, Candidate
from reports.benefits import RATES_USD
from reports.estimates import comparable, difference
from reports.findings import Findings
from reports.inputs import STAGES, Experiment
from reports.kpis import kpi
from reports.lifetimes import stage_hours
from reports.numbers import dollars, listing, number, sized
from reports.words import flow as flow_words
from reports.words import pattern

_HOURS = kpi("drain_h")
_NEGLIGIBLE_H = 1 / 60


class Stage(NamedTuple):
    """How much longer an item of a flow took under one model than under another, and the stage that made
    most.
    """

    flow: str
    stage: str
    hours: float
    of: float
    items: float


def ahead_and_next(findings: Findings, answer: Answer) -> tuple[Candidate, Candidate] | None:
    """Who is best on the first outcome among the level ones, and the nearest that is not level with it.

    Where all are level, the best and the next.
    """
    entry = answer.headline
    if entry is None or not answer.level:
        return None
    sign = 1.0 if entry.better == "low" else -1.0

    def behind(one: Candidate, other: Candidate) -> float:
        """By how much, over the replications that both completed; who has no figure is behind who has one."""
        gap = _difference(findings, entry.name, other, one)
        if gap is None:
            return -math.inf if comparable(findings.estimates[one.model].get(entry.name)) else math.inf
        return sign * gap

    def farthest(one: Candidate) -> float:
        return max((behind(one, other) for other in answer.level if other is not one), default=0.0)

    first = answer.leader or min(answer.level, key=farthest)
    rest = [one for one in answer.candidates if one not in answer.level] or [
        one for one in answer.level if one is not first
    ]
    clean = [one for one in rest if one.clean] or rest
    return (first, min(clean, key=lambda one: behind(one, first))) if clean else None


def largest_stage(experiment: Experiment, workflow: str, first: str, other: str) -> Stage | None:
    """The flow and stage in which most item-hours lie between two models; None where nothing told."""
    found: list[Stage] = []
    for flow in (flow for flow, held in FLOWS.items() if held == workflow):
        parts = {stage: _more(experiment, flow, stage, first, other) for stage in STAGES}
        known = {stage: hours for stage, hours in parts.items() if hours is not None}
        if known:
            stage = max(known, key=lambda name: abs(known[name]))
            items = _items(experiment, flow, other)
            found.append(Stage(flow, stage, known[stage], math.fsum(known.values()), items))
    return max(found, key=lambda one: abs(one.of) * one.items, default=None)


def _more(experiment: Experiment, flow: str, stage: str, first: str, other: str) -> float | None:
    """Over the replications that both completed: models stop at different looks, and months differ."""
    mine, theirs = (stage_hours(experiment, model, flow, stage) for model in (first, other))
    both = sorted(mine.keys() & theirs.keys())
    return math.fsum(theirs[place] - mine[place] for place in both) / len(both) if both else None


def _items(experiment: Experiment, flow: str, model: str) -> float:
    """Items of a flow a replication, finished or not."""
    runs = experiment.of(model)
    counts = [len(run.samples.get(flow, ())) + run.unfinished.get(flow, 0) for run in runs]
    return math.fsum(counts) / len(counts) if counts else 0.0


def why(findings: Findings, answer: Answer) -> str:
    """The stage that makes the difference, in one sentence; empty where the runs tell no stages."""
    pair = ahead_and_next(findings, answer)
    if pair is None:
        return ""
    first, other = pair
    stage = largest_stage(findings.experiment, answer.workflow, first.model, other.model)
    if stage is None:
        return ""
    names = f"{pattern(other.pattern)} against {pattern(first.pattern)}"
    if abs(stage.of) < _NEGLIGIBLE_H:
        return f"Why: {names} differ by {sized(abs(stage.of), _HOURS)} an item; no stage makes a difference."
    more = "more" if stage.of > 0 else "less"
    return (
        f"Why: {pattern(other.pattern)} needs {sized(abs(stage.of), _HOURS)} {more} a "
        f"{flow_words(stage.flow, 1)} than {pattern(first.pattern)}, of which "
        f"{sized(abs(stage.hours), _HOURS)} {'' if stage.hours * stage.of > 0 else 'the other way '}"
        f"is {stage.stage}."
    )


def stakes(findings: Findings, answer: Answer) -> str:
    """What the difference comes to for this firm: hours of items a month, money held back, yearly cost."""
    pair = ahead_and_next(findings, answer)
    if pair is None:
        return ""
    first, other = pair
    parts: list[str] = []
    stage = largest_stage(findings.experiment, answer.workflow, first.model, other.model)
    if stage is not None and abs(stage.of) >= _NEGLIGIBLE_H:
        late = (
            f"{number(stage.items, 0)} {flow_words(stage.flow)} a month wait {sized(abs(stage.of), _HOURS)} "
        )
        parts.append(f"{late}{'longer' if stage.of > 0 else 'less'} under {pattern(other.pattern)}")
    parts += _held_back(findings, answer, first, other)
    parts += _work(findings, first, other)
    parts += _costs(first, other)
    return f"For this firm: {'; '.join(parts)}." if parts else ""


def _held_back(findings: Findings, answer: Answer, first: Candidate, other: Candidate) -> list[str]:
    if answer.workflow != "billing_and_revenue":
        return []
    more = _difference(findings, "unbilled_at_close_usd", first, other)
    return [] if not more else [f"{dollars(abs(more))} {_way(more)} unbilled at close"]


def _work(findings: Findings, first: Candidate, other: Candidate) -> list[str]:
    """People's work is counted for a whole model, so it is told only between pure ones."""
    tables = [set(findings.experiment.models[one.model].values()) for one in (first, other)]
    more = _difference(findings, "manual_hours", first, other)
    if more is None or any(len(table) > 1 for table in tables) or abs(more) < 1.0:
        return []
    money = dollars(abs(more) * RATES_USD.default)
    return [
        f"all workflows together, people work {number(abs(more), 0)} hours {_way(more)} a month ({money})"
    ]


def _costs(first: Candidate, other: Candidate) -> list[str]:
    if first.cost is None or other.cost is None:
        return []
    more = other.cost.default - first.cost.default
    return [f"an assumed {dollars(abs(more))} a year {_way(more)} to build and run"] if more else []


def _difference(findings: Findings, name: str, first: Candidate, other: Candidate) -> float | None:
    theirs, mine = (findings.estimates[one.model].get(name) for one in (other, first))
    return None if theirs is None or mine is None else difference(theirs, mine)


def _way(more: float) -> str:
    return "more" if more > 0 else "less"


def mechanisms(findings: Findings, answer: Answer) -> str:
    """The stage behind the answer, as a bare name; empty where none is told."""
    pair = ahead_and_next(findings, answer)
    if pair is None:
        return ""
    stage = largest_stage(findings.experiment, answer.workflow, pair[0].model, pair[1].model)
    return "" if stage is None or abs(stage.of) < _NEGLIGIBLE_H else listing([stage.stage])
