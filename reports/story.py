"""The sentences of the answer: which pattern leads where, by how much, and how sure that is.

Below ten replications no word of judgement is used: the page then opens with what leads and its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reports.answer import Answer, Candidate, label, margin_of
from reports.baselines import candidates, mixed
from reports.estimates import paired
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import WORKFLOWS, kpi
from reports.numbers import dollars, interval, listing, measured
from reports.statistics import paired_difference
from reports.words import FINDINGS, pattern


class AnswerRow(NamedTuple):
    """One workflow of the answer as it is printed."""

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


def answer_rows(findings: Findings) -> list[AnswerRow]:
    """One row a workflow that takes part, in the order in which work flows."""
    absent = absent_workflows(findings.experiment)
    return [_row(findings, answer) for answer in findings.answers if answer.workflow not in absent]


def absent_workflows(experiment: Experiment) -> list[str]:
    """The workflows that no model of this run has in its table."""
    part = {workflow for table in experiment.models.values() for workflow in table}
    return [workflow for workflow in WORKFLOWS if workflow not in part]


def absent_sentence(experiment: Experiment) -> str:
    """What takes no part in this run, and why; empty where all workflows do."""
    absent = absent_workflows(experiment)
    if not absent:
        return ""
    why = "the log tells nothing of them" if experiment.same_run_share is not None else "no model has them"
    return f"Not in this run: {listing([WORKFLOWS[name].lower() for name in absent])}, since {why}."


def _row(findings: Findings, answer: Answer) -> AnswerRow:
    name = WORKFLOWS[answer.workflow]
    chosen = answer.chosen
    if chosen is None or answer.headline is None:
        word, sure = ("no single pattern", "a trade") if answer.trade else ("none", "")
        return AnswerRow(name, word, "", "", "", "", "", _others(answer), sure, answer.reason, "")
    estimate = findings.estimates[chosen.model].get(answer.headline.name)
    return AnswerRow(
        workflow=name,
        pattern=pattern(chosen.pattern),
        model=chosen.model,
        figure=measured(answer.headline.name, estimate),
        range=interval(answer.headline.name, estimate),
        label=answer.headline.label,
        equals=listing([pattern(candidate.pattern) for candidate in answer.equals]),
        others=_others(answer),
        sure=certainty(findings, answer),
        reason=answer.reason,
        cost="" if chosen.cost is None else f"{dollars(chosen.cost.default)} a year",
    )


def _others(answer: Answer) -> tuple[str, ...]:
    rest = [c for c in answer.candidates if c is not answer.chosen and c not in answer.equals]
    return tuple(f"{pattern(candidate.pattern)}: {_against(candidate)}" for candidate in rest)


def _against(candidate: Candidate) -> str:
    wrong = [FINDINGS[name].split(":")[0].lower() for name in candidate.findings]
    behind = [label(name) for name in candidate.behind]
    parts = [f"audit not clean ({listing(wrong)})"] if wrong else []
    parts += [f"behind on {listing(behind)}"] if behind else []
    return "; ".join(parts) or "not cheaper"


def certainty(findings: Findings, answer: Answer) -> str:
    """How sure the answer is, from paired intervals against each pattern that it leaves behind."""
    experiment, chosen = findings.experiment, answer.chosen
    if experiment.indicative:
        return f"indicative, {replications(experiment)}"
    if chosen is None:
        return "a trade" if answer.trade else "no answer"
    rest = [c for c in answer.candidates if c is not chosen and c not in answer.equals]
    open_cases = [c.pattern for c in rest if c.clean and not _clearly_behind(findings, chosen, c)]
    if open_cases:
        return f"inconclusive against {listing([pattern(name) for name in open_cases])}"
    if not rest:
        return "all patterns equal within the margin"
    return f"clear in {experiment.replications} replications"


def _clearly_behind(findings: Findings, chosen: Candidate, other: Candidate) -> bool:
    """Whether some outcome's whole interval lies on the wrong side of the practical margin."""
    held, rival = findings.estimates[chosen.model], findings.estimates[other.model]
    for name in other.behind:
        mine, theirs = held.get(name), rival.get(name)
        if (
            mine is None
            or theirs is None
            or mine.at_least
            or (theirs.at_least and kpi(name).better == "high")
        ):
            continue
        # A lower bound that is behind by itself is behind; one that is not proves nothing.
        values, best = paired(theirs, mine)
        if len(values) < 2:
            continue
        pair = paired_difference(values, best)
        entry = kpi(name)
        low = pair.low if pair.low is not None else pair.mean
        high = pair.high if pair.high is not None else pair.mean
        worse_by = low if entry.better == "low" else -high
        if worse_by > margin_of(findings.experiment, entry).around(mine.mean or 0.0):
            return True
    return False


def headline(findings: Findings) -> str:
    """The first sentence of the page."""
    led: dict[str, list[str]] = {}
    open_cases: dict[str, list[str]] = {}
    for answer in findings.answers:
        if answer.chosen:
            sure = not certainty(findings, answer).startswith("inconclusive")
            held = (led if sure else open_cases).setdefault(pattern(answer.chosen.pattern), [])
            held.append(WORKFLOWS[answer.workflow].lower())
    trades = [_trade(answer) for answer in findings.answers if answer.trade]
    if all(len(answer.candidates) < 2 for answer in findings.answers):
        return alone(findings)
    if not led and not open_cases and not trades:
        return "No pattern can be named: nothing was due, or no audit was clean."
    verb = "leads" if findings.experiment.indicative else "should carry"
    clauses = [f"{name} {verb} {_workflows(flows)}" for name, flows in led.items()]
    clauses += [f"{name} leads {listing(flows)} inconclusively" for name, flows in open_cases.items()]
    if trades:
        return " ".join(([_sentence("; ".join(clauses))] if clauses else []) + trades)
    return f"{_sentence('; '.join(clauses))}{_level(findings.answers)}"


def alone(findings: Findings) -> str:
    """What to say where no workflow has two patterns to set against each other."""
    models = findings.experiment.models
    asked = candidates(models, findings.estimates)
    beside = [model for model in findings.estimates if model not in asked]
    if not asked:
        return f"Only baselines were run ({listing(beside)}), so no pattern is compared and none is named."
    if len(asked) > 1:
        return f"{listing(asked)} carry every workflow alike, so no pattern is compared and none is named."
    tail = f" beside {listing(beside)}" if beside else ""
    return f"One model was run alone{tail}: {asked[0]}. No pattern is compared and none is named."


def _trade(answer: Answer) -> str:
    """That no pattern leads a workflow, and who is behind where."""
    clean = [candidate for candidate in answer.candidates if candidate.clean]
    verbs = ["is behind on", *["on"] * len(clean)]
    behind = "; ".join(
        f"{pattern(candidate.pattern)} {verb} {listing([label(name) for name in candidate.behind])}"
        for candidate, verb in zip(clean, verbs, strict=False)
    )
    return f"No single pattern leads {WORKFLOWS[answer.workflow].lower()}: {behind}."


def _workflows(names: list[str]) -> str:
    return "all five workflows" if len(names) == len(WORKFLOWS) else listing(names)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _level(answers: Sequence[Answer]) -> str:
    """Which pattern is as good within the margin in every workflow that it does not lead."""
    named = [answer for answer in answers if answer.chosen]
    equals = dict.fromkeys(one.pattern for answer in named for one in answer.equals)
    level = [
        name
        for name in equals
        if all(
            name in {answer.chosen.pattern if answer.chosen else "", *(one.pattern for one in answer.equals)}
            for answer in named
        )
    ]
    if not level or len(named) < 2:
        return _alone(named)
    names = listing([pattern(name) for name in level]).replace(" and ", " or ")
    return f" {_sentence(f'{names} in every workflow would be level within the margin')}"


def _alone(named: Sequence[Answer]) -> str:
    """The same of a single workflow, in which being level needs no "every"."""
    if len(named) != 1 or not named[0].equals:
        return ""
    names = listing([pattern(one.pattern) for one in named[0].equals])
    verb = "is" if len(named[0].equals) == 1 else "are"
    return f" {_sentence(f'{names} {verb} level within the margin')}"


def mixed_sentence(findings: Findings) -> str:
    """How the choices of models that mix patterns stand; they may lose."""
    models = findings.experiment.models
    texts = [_mixed(findings, model) for model in findings.estimates if mixed(models[model])]
    trades = [WORKFLOWS[answer.workflow].lower() for answer in findings.answers if answer.trade]
    if texts and trades:
        texts.append(f"No single pattern leads {listing(trades)}, so no choice is right there.")
    return " ".join(text for text in texts if text)


def _mixed(findings: Findings, model: str) -> str:
    level, behind = _standing(findings.answers, findings.experiment.models[model])
    if not level and not behind:
        return ""
    verb = "leads or is level" if findings.experiment.indicative else "is the answer or equal to it"
    text = f"The {model} table's choice {verb} in {len(level)} of {len(level) + len(behind)} workflows"
    if any(answer.trade for answer in findings.answers):
        text += " that have an answer"
    return f"{text}, and not in {listing(behind)}." if behind else f"{text}."


def _standing(answers: Sequence[Answer], table: Mapping[str, str]) -> tuple[list[str], list[str]]:
    level: list[str] = []
    behind: list[str] = []
    for answer in answers:
        if answer.chosen is None:
            continue
        held = {answer.chosen.pattern, *(candidate.pattern for candidate in answer.equals)}
        (level if table.get(answer.workflow) in held else behind).append(WORKFLOWS[answer.workflow].lower())
    return level, behind


def replications(experiment: Experiment) -> str:
    """How many replications, in words."""
    return f"{experiment.replications} replication{'s' if experiment.replications != 1 else ''}"


def status(experiment: Experiment) -> str:
    """What kind of result this is, in one line."""
    count = replications(experiment)
    if experiment.interrupted:
        count += ", interrupted: only replications that every model completed"
    if experiment.replications == 1 and experiment.same_run_share is not None:
        return "Indicative: a firm's own log is one history, played once, so there is no interval."
    if experiment.indicative:
        return f"Indicative: {count}. Ten or more are needed before differences are judged."
    if len({run.model for run in experiment.runs}) < 2:
        return f"{count} of one model: nothing is compared."
    return f"{count}, paired by seed; differences are Holm-corrected per KPI."
