"""How each model stands the faults, in sentences: recovery and delay against its own fault-free twin.

A judgement is made only where the runs are enough, by the rule of every answer: a model that another beats by
more than the margin on recovery or on either delay is behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.claims import unsettled
from reports.estimates import Estimate
from reports.findings import Findings
from reports.numbers import listing, measured
from reports.standing import KPIS, decisions, standing


def recovery_sentences(findings: Findings) -> str:
    """How fast each model recovers, what the faults delayed, who stands them best; empty without faults."""
    models = standing(findings.experiment, findings.estimates)
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


def _judgement(findings: Findings, models: Sequence[str]) -> str:
    """Who is behind nobody; nothing where one model ran, or the runs are too few to judge."""
    if len(models) < 2 or findings.experiment.indicative:
        return ""
    decided = decisions(findings.experiment, findings.estimates, models)
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
