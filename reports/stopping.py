"""What a comparison under way asks: who needs more replications, and which table to run at last."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from reports.answer import Answer, answers
from reports.estimates import Estimates, audit, estimates
from reports.inputs import Experiment
from reports.recommendation import Recommendation, recommendation
from reports.standing import unsettled_standing


def undecided(experiment: Experiment) -> set[str]:
    """The models on whose further replications some answer rests, a workflow's or how faults are stood."""
    found = estimates(experiment)
    claims = [claim for answer in _answers(experiment, found) for claim in answer.unsettled]
    claims += unsettled_standing(experiment, found)
    return {model for claim in claims for model in (claim.behind, claim.ahead)}


def recommended_table(experiment: Experiment) -> Recommendation | None:
    """The table that the answer recommends so far."""
    found = estimates(experiment)
    return recommendation(experiment, found, _answers(experiment, found))


def contenders(experiment: Experiment, most: int = 2) -> list[str]:
    """The models that are level or lead in most workflows: between these a setting may flip the choice."""
    found = _answers(experiment, estimates(experiment))
    often = Counter(one.model for answer in found for one in answer.level)
    others = dict.fromkeys(one.model for answer in found for one in answer.candidates)
    ordered = sorted(others, key=lambda model: -often[model])
    return ordered[:most]


def levels(experiment: Experiment, compared: Experiment) -> dict[str, tuple[str, ...]]:
    """Workflow to the patterns that are level by the means of these runs, where several were compared.

    Which KPI decides stays as in the comparison: twice the deals would bring a percentile in a share's place,
    and what came of that would look like the setting's doing.
    """
    found = _with_items(estimates(experiment), estimates(compared))
    return {
        answer.workflow: tuple(one.pattern for one in answer.level)
        for answer in _answers(experiment, found, judged=False)
        if len(answer.candidates) > 1
    }


def _with_items(found: Estimates, compared: Estimates) -> Estimates:
    """These estimates with as many items behind each KPI as the comparison had, which chooses the KPIs."""
    return {
        model: {
            name: replace(one, items=compared[model][name].items) if name in compared[model] else one
            for name, one in held.items()
        }
        for model, held in found.items()
    }


def _answers(experiment: Experiment, found: Estimates, *, judged: bool = True) -> list[Answer]:
    audits = {model: audit(experiment.of(model)) for model in found}
    return answers(experiment, found, audits, judged=judged)
