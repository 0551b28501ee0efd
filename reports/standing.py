"""Who is behind whom in standing the faults: recovery, and delay against a model's own fault-free twin.

The rule is that of every answer: a model that another beats by more than the margin on recovery or on either
delay is behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from reports.answer import is_behind
from reports.baselines import candidates
from reports.claims import evidence, unsettled
from reports.estimates import Estimate, Estimates, rank
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.sequential import Claim, Decision, decide

KPIS = ("recovery_h", "fault_delay_item_h", "fault_delay_usd_days")


def standing(experiment: Experiment, found: Estimates) -> list[str]:
    """Candidates that have a twin, quickest first."""
    able = [model for model in candidates(experiment.models, found) if _known(found[model])]
    return sorted(able, key=lambda model: [rank(found[model][name], "low") for name in KPIS])


def _known(held: Mapping[str, Estimate]) -> bool:
    return all((one := held.get(name)) and one.mean is not None for name in KPIS)


def decisions(experiment: Experiment, found: Estimates, models: Sequence[str]) -> Mapping[Claim, Decision]:
    """What the runs decide of it."""
    claims = {
        Claim(behind, ahead, name): evidence(experiment, found[behind][name], found[ahead][name], kpi(name))
        for behind, ahead in permutations(models, 2)
        for name in KPIS
    }
    return decide(claims, experiment.looks or (experiment.replications,))


def unsettled_standing(experiment: Experiment, found: Estimates) -> list[Claim]:
    """The claims on which it still rests who stands the faults best, where the scenario asks that."""
    models = standing(experiment, found) if "recovery_h" in experiment.decisions else []
    return unsettled(decisions(experiment, found, models), models) if len(models) > 1 else []


def thrown_back(experiment: Experiment, found: Estimates) -> set[str]:
    """The models that some other stands the faults better than, and none worse in return; by means where
    nothing is decided.
    """
    models = standing(experiment, found)
    decided = {} if experiment.indicative or len(models) < 2 else decisions(experiment, found, models)
    worse = {
        (behind, ahead)
        for behind, ahead in permutations(models, 2)
        if any(is_behind(experiment, found, decided, Claim(behind, ahead, n), kpi(n)) for n in KPIS)
    }
    return {behind for behind, ahead in worse if (ahead, behind) not in worse}
