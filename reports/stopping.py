"""What a comparison under way asks: who needs more replications, and which table to run at last."""

from __future__ import annotations

from collections import Counter

from reports.answer import Answer, answers
from reports.estimates import audit, estimates
from reports.inputs import Experiment
from reports.recommendation import Recommendation, recommendation
from reports.recoveries import unsettled_recoveries


def undecided(experiment: Experiment) -> set[str]:
    """The models on whose further replications some answer rests, a workflow's or how faults are stood."""
    found = estimates(experiment)
    claims = [claim for answer in _answers(experiment) for claim in answer.unsettled]
    claims += unsettled_recoveries(experiment, found)
    return {model for claim in claims for model in (claim.behind, claim.ahead)}


def recommended_table(experiment: Experiment) -> Recommendation | None:
    """The table that the answer recommends so far."""
    return recommendation(experiment, _answers(experiment))


def contenders(experiment: Experiment, most: int = 2) -> list[str]:
    """The models that are level or lead in most workflows: between these a setting may flip the choice."""
    found = _answers(experiment)
    often = Counter(one.model for answer in found for one in answer.level)
    others = dict.fromkeys(one.model for answer in found for one in answer.candidates)
    ordered = sorted(others, key=lambda model: -often[model])
    return ordered[:most]


def levels(experiment: Experiment) -> dict[str, tuple[str, ...]]:
    """Workflow to the patterns that are level by the means of these runs, where several were compared."""
    return {
        answer.workflow: tuple(one.pattern for one in answer.level)
        for answer in _answers(experiment, judged=False)
        if len(answer.candidates) > 1
    }


def _answers(experiment: Experiment, *, judged: bool = True) -> list[Answer]:
    found = estimates(experiment)
    audits = {model: audit(experiment.of(model)) for model in found}
    return answers(experiment, found, audits, judged=judged)
