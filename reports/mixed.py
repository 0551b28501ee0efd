"""How the models that mix patterns, such as the hybrid, stand against the answer; they may lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.answer import Answer
from reports.baselines import RECOMMENDED, mixed
from reports.findings import Findings
from reports.kpis import WORKFLOWS
from reports.numbers import listing


def mixed_sentence(findings: Findings) -> str:
    """How the choices of models that mix patterns stand."""
    models = findings.experiment.models
    texts = [
        _mixed(findings, model)
        for model in findings.estimates
        if model != RECOMMENDED and mixed(models[model])
    ]
    trades = [WORKFLOWS[answer.workflow].lower() for answer in findings.answers if answer.trade]
    if texts and trades:
        texts.append(f"No single pattern leads {listing(trades)}, so no choice is right there.")
    return " ".join(text for text in texts if text)


def _mixed(findings: Findings, model: str) -> str:
    leads, level, behind = _standing(findings.answers, findings.experiment.models[model])
    asked = len(leads) + len(level) + len(behind)
    if not asked:
        return ""
    text = f"The {model} table's choice {_tally(findings, len(leads), len(level), asked)}"
    if any(answer.trade for answer in findings.answers):
        text += " that have an answer"
    return f"{text}, and is behind in {listing(behind)}." if behind else f"{text}."


def _tally(findings: Findings, leads: int, level: int, asked: int) -> str:
    lead = "is ahead" if findings.experiment.indicative else "leads"
    alike = "is within the margin" if findings.experiment.indicative else "is level"
    parts = [f"{lead} in {leads}"] if leads else []
    parts += [f"{alike} in {level}"] if level else []
    return f"{' and '.join(parts) or f'{lead} in none'} of {asked} workflows"


def _standing(answers: Sequence[Answer], table: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    """The workflows in which a table's pattern leads, is level with others, or is neither."""
    leads: list[str] = []
    level: list[str] = []
    behind: list[str] = []
    for answer in answers:
        if not answer.level:
            continue
        name, chosen = WORKFLOWS[answer.workflow].lower(), table.get(answer.workflow)
        if answer.leader is not None and answer.leader.pattern == chosen:
            leads.append(name)
        elif any(one.pattern == chosen for one in answer.level):
            level.append(name)
        else:
            behind.append(name)
    return leads, level, behind
