"""What a comparison under way asks: who needs more replications, and which table to run at last."""

from __future__ import annotations

from reports.answer import Answer, answers
from reports.estimates import audit, estimates
from reports.inputs import Experiment
from reports.recommendation import Recommendation, recommendation


def undecided(experiment: Experiment) -> set[str]:
    """The models on whose further replications some answer rests."""
    claims = [claim for answer in _answers(experiment) for claim in answer.unsettled]
    return {model for claim in claims for model in (claim.behind, claim.ahead)}


def recommended_table(experiment: Experiment) -> Recommendation | None:
    """The table that the answer recommends so far."""
    return recommendation(experiment, _answers(experiment))


def _answers(experiment: Experiment) -> list[Answer]:
    found = estimates(experiment)
    return answers(experiment, found, {model: audit(experiment.of(model)) for model in found})
