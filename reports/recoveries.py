"""How each model stands the faults, in sentences: recovery and delay against its own fault-free twin.

A judgement is made only where the runs are enough, by the rule of every answer: a model that another beats by
more than the margin on recovery or on either delay is behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from reports.baselines import candidates
from reports.claims import evidence, unsettled
from reports.estimates import Estimate, Estimates, rank
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.numbers import listing, measured
from reports.sequential import Claim, Decision, decide

KPIS = ("recovery_h", "fault_delay_item_h", "fault_delay_usd_days")


def recovery_sentences(findings: Findings) -> str:
    """How fast each model recovers, what the faults delayed, who stands them best; empty without faults."""
    models = _models(findings.experiment, findings.estimates)
    if not models:
        return ""
    recovery, items, money = (
        [f"{model} {_told(name, findings.estimates[model][name])}" for model in models] for name in KPIS
    )
    told = f"From the last fault’s end until no item is late because of faults: {listing(recovery)}."
    delays = f"Delay that they caused: {listing(items)}; in money {listing(money)}."
    return " ".join(filter(None, (told, delays, _judgement(findings, models))))


def _told(name: str, one: Estimate) -> str:
    return "at once" if name == "recovery_h" and one.mean == 0 else measured(name, one)


def _models(experiment: Experiment, found: Estimates) -> list[str]:
    """Candidates that have a twin, quickest first."""
    able = [model for model in candidates(experiment.models, found) if _known(found[model])]
    return sorted(able, key=lambda model: [rank(found[model][name], "low") for name in KPIS])


def _known(held: Mapping[str, Estimate]) -> bool:
    return all((one := held.get(name)) and one.mean is not None for name in KPIS)


def _judgement(findings: Findings, models: Sequence[str]) -> str:
    """Who is behind nobody; nothing where one model ran, or the runs are too few to judge."""
    if len(models) < 2 or findings.experiment.indicative:
        return ""
    decided = _decisions(findings.experiment, findings.estimates, models)
    still = unsettled(decided, models)
    if still:
        open_ones = {model for claim in still for model in (claim.behind, claim.ahead)}
        named = [model for model in models if model in open_ones]
        return f"Who stands the faults best is open between {listing(named)}."
    behind = {claim.behind for claim, one in decided.items() if one.status == "behind"}
    best = [model for model in models if model not in behind]
    if not best:
        return "A trade: each model is behind another on recovery or on delay."
    if len(best) == 1:
        return f"{best[0].capitalize()} stands the faults best."
    return f"{listing(best).capitalize()} stand the faults alike, within the margin."


def unsettled_recoveries(experiment: Experiment, found: Estimates) -> list[Claim]:
    """The claims on which it still rests who stands the faults best, where the scenario asks that."""
    models = _models(experiment, found) if "recovery_h" in experiment.decisions else []
    return unsettled(_decisions(experiment, found, models), models) if len(models) > 1 else []


def _decisions(experiment: Experiment, found: Estimates, models: Sequence[str]) -> Mapping[Claim, Decision]:
    claims = {
        Claim(behind, ahead, name): evidence(experiment, found[behind][name], found[ahead][name], kpi(name))
        for behind, ahead in permutations(models, 2)
        for name in KPIS
    }
    return decide(claims, experiment.looks or (experiment.replications,))
