"""How each model stands the faults, in sentences: recovery and delay against its own fault-free twin.

A judgement is made only where the runs are enough, by the rule of every answer: a model that another beats by
more than the margin on recovery or on either delay is behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from reports.baselines import candidates
from reports.claims import evidence
from reports.estimates import Estimate, rank
from reports.findings import Findings
from reports.kpis import kpi
from reports.numbers import listing, measured
from reports.sequential import Claim, Decision, decide

KPIS = ("recovery_h", "fault_delay_item_h", "fault_delay_usd_days")


def recovery_sentences(findings: Findings) -> str:
    """How fast each model recovers, what the faults delayed, who stands them best; empty without faults."""
    models = _models(findings)
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


def _models(findings: Findings) -> list[str]:
    """Candidates that have a twin, quickest first."""
    held = findings.estimates
    able = [m for m in candidates(findings.experiment.models, held) if _known(findings, m)]
    return sorted(able, key=lambda model: [rank(held[model][name], "low") for name in KPIS])


def _known(findings: Findings, model: str) -> bool:
    return all((one := findings.estimates[model].get(name)) and one.mean is not None for name in KPIS)


def _judgement(findings: Findings, models: Sequence[str]) -> str:
    """Who is behind nobody; nothing where one model ran, or the runs are too few to judge."""
    if len(models) < 2 or findings.experiment.indicative:
        return ""
    decided = _decisions(findings, models)
    behind = {claim.behind for claim, one in decided.items() if one.status == "behind"}
    best = [model for model in models if model not in behind]
    if len(best) == 1:
        return f"{best[0].capitalize()} stands the faults best."
    if not best:
        return "A trade: each model is behind another on recovery or on delay."
    among = [one for claim, one in decided.items() if {claim.behind, claim.ahead} <= set(best)]
    if all(one.status == "within" for one in among):
        return f"{listing(best).capitalize()} stand the faults alike, within the margin."
    return f"Who stands the faults best is open between {listing(best)}."


def _decisions(findings: Findings, models: Sequence[str]) -> Mapping[Claim, Decision]:
    experiment, held = findings.experiment, findings.estimates
    claims = {
        Claim(behind, ahead, name): evidence(experiment, held[behind][name], held[ahead][name], kpi(name))
        for behind, ahead in permutations(models, 2)
        for name in KPIS
    }
    return decide(claims, experiment.looks or (experiment.replications,))
