"""The result of one model: what became of its work, and no talk of a comparison that did not take place."""

from __future__ import annotations

from typing import NamedTuple

from measurements.facts import FLOWS
from reports.cells import Cell
from reports.certainty import replications
from reports.deciding import outcomes
from reports.findings import Findings
from reports.inputs import FINDINGS, Balance, Experiment
from reports.kpis import WORKFLOWS
from reports.live import words as live_words
from reports.numbers import NOTHING, listing, measured, number
from reports.reasons import label
from reports.words import FINDINGS as FINDING_WORDS
from reports.words import pattern

COLUMNS = ("Due", "Stands", "With people", "Pending", "Lost", "Wrong")
"""What became of what was due; pending with what was overtaken (recalled or replaced since)."""
QUESTION = "What becomes of this work under this model, and is it right?"


class WorkRow(NamedTuple):
    """One workflow: its pattern, what became of what was due, and its outcomes in words."""

    workflow: str
    pattern: str
    cells: tuple[Cell, ...]
    outcomes: str


def alone(findings: Findings) -> str:
    """The only model that ran; empty where there are several, or none."""
    return next(iter(findings.estimates)) if len(findings.estimates) == 1 else ""


def title(findings: Findings) -> str:
    """What the page is about: the scenario and the model, and that it was played live."""
    model = alone(findings)
    return f"{findings.experiment.title} under {model}{', live' if model in findings.experiment.live else ''}"


def headline(findings: Findings) -> str:
    """Whether it may be believed, what the objectives say, what was due and stands, what the audit found."""
    model = alone(findings)
    live, judgement = findings.experiment.live.get(model), findings.judgement
    texts = [live_words.doubt(live)] if live else []
    if judgement is not None and not (live and live.doubt):
        texts.append(f"{judgement.word} by {judgement.title}.")
    if live:
        texts.append(f"{model} was played live; people’s acts: {live_words.acts(live)}.")
    texts += [f"{'' if live else f'{model}: '}{_standing(findings, model)}", _audited(findings, model)]
    return " ".join(text for text in texts if text)


def _standing(findings: Findings, model: str) -> str:
    balances = findings.identities[model].values()
    due, stands = sum(one.due for one in balances), sum(one.effected for one in balances)
    if not due:
        return "nothing was due."
    several = findings.experiment.replications > 1
    often = f", over {replications(findings.experiment)}" if several else ""
    return f"{number(stands, 0)} of {number(due, 0)} items due stand in their targets{often}."


def _audited(findings: Findings, model: str) -> str:
    wrong = {name: found.sum for name in FINDINGS if (found := findings.audits[model][name]).sum}
    if not wrong:
        return "The audit is clean."
    told = [
        f"{number(count, 0)} {FINDING_WORDS[name].split(':')[0].lower()}" for name, count in wrong.items()
    ]
    return f"The audit is not clean: {listing(told)}."


def status(experiment: Experiment) -> str:
    """What its figures rest on."""
    text = f"{replications(experiment)} of one model: means with their 95 % intervals."
    if experiment.replications == 1:
        text = "One run of one model: its figures have no interval and are about this run."
    if experiment.interrupted:
        text += " It was interrupted: runs may be missing."
    if experiment.live:
        text += " Played live again, people and luck are the same, but its times are not."
    return text


def work_rows(findings: Findings) -> list[WorkRow]:
    """One row a workflow that takes part, in the order in which work flows."""
    model = alone(findings)
    table = findings.experiment.models[model]
    return [
        WorkRow(
            WORKFLOWS[workflow],
            pattern(table[workflow]),
            _cells(findings, model, workflow),
            _outcomes(findings, model, workflow),
        )
        for workflow in WORKFLOWS
        if workflow in table
    ]


def _cells(findings: Findings, model: str, workflow: str) -> tuple[Cell, ...]:
    balance = findings.identities[model].get(workflow)
    wrong = _wrong(findings, model, workflow)
    last = _count(wrong, bad=True)
    if balance is None:
        return (*(Cell(NOTHING, "", "quiet") for _ in COLUMNS[:-1]), last)
    return (*_became(balance), last)


def _became(balance: Balance) -> tuple[Cell, ...]:
    return (
        _count(balance.due),
        _count(balance.effected),
        _count(balance.open_exceptions),
        _count(balance.pending + balance.overtaken),
        _count(balance.lost, bad=True),
    )


def _count(count: int, *, bad: bool = False) -> Cell:
    return Cell(number(count, 0), "", "quiet" if not count else ("bad" if bad else ""))


def _wrong(findings: Findings, model: str, workflow: str) -> int:
    """What the audit found in this workflow, but for what was lost, which stands beside it."""
    return sum(
        count
        for name in FINDINGS
        if name != "lost"
        for flow, count in findings.audits[model][name].by_flow.items()
        if FLOWS.get(flow, flow) == workflow
    )


def _outcomes(findings: Findings, model: str, workflow: str) -> str:
    held = findings.estimates[model]
    told = [
        f"{label(entry.name)} {measured(entry.name, one)}"
        for entry in outcomes(workflow, findings.estimates, [model])
        if (one := held.get(entry.name)) is not None and one.mean is not None
    ]
    return "; ".join(told) or "nothing was due in the window"
