"""From an experiment that carries a file of objectives to its judgement."""

from __future__ import annotations

from reports.estimates import Estimates
from reports.inputs import Experiment
from reports.slo.file import slo_of
from reports.slo.judge import Judgement, judge
from reports.slo.result import results_of


def judgement(experiment: Experiment, found: Estimates) -> Judgement | None:
    """The verdicts; None where no objectives were given. Raises InputError where their table is no file's."""
    given = experiment.slo
    if given is None:
        return None
    slo = slo_of(given.table, given.name)
    verdicts = judge(slo, results_of(experiment, found), experiment.models)
    return Judgement(slo.title, given.name, given.sha256, verdicts)
