"""Everything that is computed from an experiment, once, for the page, the summary and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.answer import Answer, answers
from reports.baselines import by_hand
from reports.benefits import benefits
from reports.differences import Difference, differences
from reports.estimates import Estimates, Finding, audit, estimates
from reports.inputs import Balance, CostRange, Experiment, Run
from reports.pairing import Counts, counts
from reports.recommendation import Recommendation, recommendation
from reports.slo.judge import Judgement
from reports.slo.verdicts import judgement


@dataclass(frozen=True, slots=True)
class Findings:
    """An experiment's estimates, audits, identities, differences and answers; how often models ran."""

    experiment: Experiment
    counts: Counts
    estimates: Estimates
    audits: Mapping[str, Mapping[str, Finding]]
    identities: Mapping[str, Mapping[str, Balance]]
    differences: Mapping[str, Mapping[str, Difference]]
    answers: Sequence[Answer]
    benefits: Mapping[str, Mapping[str, CostRange]]
    recommendation: Recommendation | None
    judgement: Judgement | None


def find(experiment: Experiment) -> Findings:
    """Compute all that the outputs share."""
    found = estimates(experiment)
    audits = {model: audit(experiment.of(model)) for model in found}
    told = answers(experiment, found, audits)
    return Findings(
        experiment=experiment,
        counts=counts(experiment),
        estimates=found,
        audits=audits,
        identities={model: identity(experiment.of(model)) for model in found},
        differences=differences(experiment, found, told),
        answers=told,
        benefits=experiment.benefits or benefits(found, by_hand(experiment.models, found)),
        recommendation=recommendation(experiment, found, told),
        judgement=judgement(experiment, found),
    )


def identity(runs: Sequence[Run]) -> dict[str, Balance]:
    """Sums of the identity's terms by workflow; it holds only if it held in each replication."""
    workflows = sorted({workflow for run in runs for workflow in run.identity})
    return {
        workflow: _sum([run.identity[workflow] for run in runs if workflow in run.identity])
        for workflow in workflows
    }


def _sum(balances: Sequence[Balance]) -> Balance:
    """Term by term; where a replication fails, it stands for all, so that no other hides it."""
    broken = next((balance for balance in balances if not balance.holds), None)
    if broken:
        return broken
    return Balance(*(sum(terms) for terms in zip(*balances, strict=True)))
