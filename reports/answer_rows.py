"""The answer as rows: one workflow a row, as the page and the terminal print it."""

from __future__ import annotations

from typing import NamedTuple

from reports.answer import Answer, Candidate
from reports.certainty import certainty, evidence_lines
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import WORKFLOWS
from reports.numbers import interval, listing, measured
from reports.reasons import label, priced, reason
from reports.why import stakes, why
from reports.words import FINDINGS, pattern


class AnswerRow(NamedTuple):
    """One workflow of the answer as it is printed; `evidence` are the comparisons it rests on."""

    workflow: str
    pattern: str
    model: str
    figure: str
    range: str
    label: str
    equals: str
    others: tuple[str, ...]
    sure: str
    reason: str
    cost: str
    evidence: tuple[str, ...] = ()
    why: str = ""
    stakes: str = ""


def answer_rows(findings: Findings) -> list[AnswerRow]:
    """One row a workflow that takes part, in the order in which work flows."""
    absent = absent_workflows(findings.experiment)
    return [_row(findings, answer) for answer in findings.answers if answer.workflow not in absent]


def absent_workflows(experiment: Experiment) -> list[str]:
    """The workflows that no model of this run has in its table."""
    part = {workflow for table in experiment.models.values() for workflow in table}
    return [workflow for workflow in WORKFLOWS if workflow not in part]


def _row(findings: Findings, answer: Answer) -> AnswerRow:
    name, sure = WORKFLOWS[answer.workflow], certainty(findings, answer)
    because, evidence = (
        reason(findings.experiment, findings.estimates, answer),
        evidence_lines(findings, answer),
    )
    if answer.headline is None or not answer.level:
        word = "no single pattern" if answer.trade else "none"
        return AnswerRow(name, word, "", "", "", "", "", _others(answer), sure, because, "", evidence)
    leader, entry = answer.leader, answer.headline
    shown = [leader] if leader is not None else list(answer.level)
    estimates = [findings.estimates[one.model].get(entry.name) for one in shown]
    return AnswerRow(
        workflow=name,
        pattern=pattern(leader.pattern) if leader is not None else "level",
        model=listing([one.model for one in shown]),
        figure=" / ".join(measured(entry.name, one) for one in estimates),
        range=" / ".join(text for one in estimates if (text := interval(entry.name, one))),
        label=entry.label,
        equals=listing([pattern(one.pattern) for one in answer.level if one is not leader]),
        others=_others(answer),
        sure=sure,
        reason=because,
        cost="; ".join(_cost(one, named=leader is None) for one in shown if one.cost is not None),
        evidence=evidence,
        why=why(findings, answer),
        stakes=stakes(findings, answer),
    )


def _cost(one: Candidate, *, named: bool) -> str:
    return f"{pattern(one.pattern)} {priced(one.cost)}" if named else priced(one.cost)


def _others(answer: Answer) -> tuple[str, ...]:
    rest = [one for one in answer.candidates if one not in answer.level]
    return tuple(f"{pattern(one.pattern)}: {_against(one)}" for one in rest)


def _against(candidate: Candidate) -> str:
    wrong = [FINDINGS[name].split(":")[0].lower() for name in candidate.findings]
    behind = [label(name) for name in candidate.behind]
    parts = [f"audit not clean ({listing(wrong)})"] if wrong else []
    parts += [f"behind on {listing(behind)}"] if behind else []
    return "; ".join(parts) or "not compared"
