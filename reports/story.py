"""The sentences of the answer: which pattern leads where, what is level or open, what kind of result it is.

A winner is named on evidence only. Where the runs are too few to judge no word of judgement is used: the page
then says what is ahead so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports import alone
from reports.answer import Answer
from reports.answer_rows import absent_workflows
from reports.baselines import candidates
from reports.certainty import replications
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import WORKFLOWS
from reports.numbers import listing
from reports.reasons import label
from reports.recoveries import recovery_sentences
from reports.words import pattern


def absent_sentence(experiment: Experiment) -> str:
    """What takes no part in this run, and why; empty where all workflows do."""
    absent = absent_workflows(experiment)
    if not absent:
        return ""
    why = "the log tells nothing of them" if experiment.same_run_share is not None else "no model has them"
    return f"Not in this run: {listing([WORKFLOWS[name].lower() for name in absent])}, since {why}."


def headline(findings: Findings) -> str:
    """The first sentences of the page: leaders, then what is level, what is open, and the trades."""
    answers = findings.answers
    if alone.alone(findings):
        return alone.headline(findings)
    if all(len(answer.candidates) < 2 for answer in answers):
        return uncompared(findings)
    clauses = _leads(answers, indicative=findings.experiment.indicative)
    clauses += _ties(answers, indicative=findings.experiment.indicative)
    clauses += _open(answers)
    texts = [_sentence("; ".join(clauses))] if clauses else []
    texts += [_trade(answer) for answer in answers if answer.trade]
    texts = texts or ["No pattern can be named: nothing was due, or no audit was clean."]
    # Where a scenario asks how models recover, that is the answer, and the patterns come after it.
    asked = recovery_sentences(findings) if "recovery_h" in findings.experiment.decisions else ""
    return " ".join([asked, *texts] if asked else texts)


def _leads(answers: Sequence[Answer], *, indicative: bool) -> list[str]:
    """Who leads what; who is level and cheaper whatever the estimates; nothing that is open."""
    named: dict[str, list[str]] = {}
    for answer in answers:
        if answer.leader is not None and not answer.unsettled:
            verb = ("is ahead so far in" if indicative else "leads") if not answer.by_cost else ""
            verb = verb or "is level with the best and costs less whatever the estimates in"
            flows = named.setdefault(f"{pattern(answer.leader.pattern)} {verb}", [])
            flows.append(answer.workflow)
    return [f"{who} {_workflows(flows)}" for who, flows in named.items()]


def _ties(answers: Sequence[Answer], *, indicative: bool) -> list[str]:
    named: dict[tuple[str, ...], list[str]] = {}
    for answer in answers:
        if answer.tied and not answer.unsettled:
            named.setdefault(tuple(pattern(one.pattern) for one in answer.level), []).append(answer.workflow)
    verb = "are within the margin of each other so far in" if indicative else "are level in"
    return [f"{listing(list(who))} {verb} {_workflows(flows)}" for who, flows in named.items()]


def _open(answers: Sequence[Answer]) -> list[str]:
    named = [answer for answer in answers if answer.unsettled and not answer.trade]
    return [f"{WORKFLOWS[answer.workflow].lower()} is open{_ahead(answer)}" for answer in named]


def _ahead(answer: Answer) -> str:
    """Who is ahead by the means of what is not decided."""
    if answer.leader is not None:
        return f", {pattern(answer.leader.pattern)} ahead"
    return f" between {listing([pattern(one.pattern) for one in answer.level])}" if answer.level else ""


def uncompared(findings: Findings) -> str:
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


def _workflows(names: Sequence[str]) -> str:
    if len(names) == len(WORKFLOWS):
        return "all five workflows"
    return listing([WORKFLOWS[name].lower() for name in names])


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def status(experiment: Experiment) -> str:
    """What kind of result this is, in one line."""
    if len({run.model for run in experiment.runs}) == 1:
        return alone.status(experiment)
    count = replications(experiment)
    if experiment.interrupted:
        count += ", interrupted: each pair of models is compared over the replications that both completed"
    if experiment.replications == 1 and experiment.same_run_share is not None:
        return "Indicative: a firm's own log is one history, played once, so there is no interval."
    if experiment.indicative:
        least = experiment.looks[0] if experiment.looks else 10
        more = f"{_NUMBERS.get(least, least)} or more are needed before differences are judged."
        return f"Indicative: {count}. {more}"
    if experiment.looks:
        looks = listing([str(look) for look in experiment.looks])
        return (
            f"{count}, paired by seed. The looks were at {looks}; a model whose comparisons were decided got "
            "no more. 5 % error in all is spent over the looks and comparisons of a workflow (near-normal "
            "differences)."
        )
    return (
        f"{count}, paired by seed; 5 % error in all is shared by the comparisons of a workflow (near-normal "
        "differences)."
    )


_NUMBERS: Mapping[int, str] = {5: "Five", 10: "Ten"}
