"""The answer: which pattern leads which workflow, or which are level.

Rule, per workflow: the patterns that are behind no clean rival by more than the practical margin, on any of
that workflow's outcome KPIs, and whose audit is clean are level; one alone leads. Among level ones the cost
decides only where the ranges do not overlap. No weighted score and no counting of KPIs: where every pattern
is behind on something, none leads and the answer names the trade. A pattern that ran alone is no answer,
since nothing stood against it. A pattern is judged in its purest model, so that a mixed model stands for
itself only where nothing else does. What the runs decide comes before what their means say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.claims import (
    Decisions,
    decisions,
    decisive,
    evidence,
    representatives,
    rivals,
    unsettled,
    wrong_in,
)
from reports.estimates import Estimates, Finding, comparable
from reports.inputs import CostRange, Experiment
from reports.kpis import WORKFLOWS, Kpi
from reports.sequential import Claim


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pattern for one workflow, the model it is judged in, and the outcomes on which it is behind."""

    pattern: str
    model: str
    behind: tuple[str, ...]
    findings: tuple[str, ...]
    cost: CostRange | None

    @property
    def clean(self) -> bool:
        """Whether the audit of this workflow found nothing wrong in any replication."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say of one workflow: who is level, who leads, and on which decisions that rests.

    `level` are the clean patterns that are behind on nothing; `leader` is the only one of them, or the one
    that is cheaper whatever the estimates (`by_cost`). `unsettled` are the claims whose answer could change
    that.
    """

    workflow: str
    candidates: tuple[Candidate, ...]
    level: tuple[Candidate, ...]
    leader: Candidate | None
    by_cost: bool
    outcomes: tuple[Kpi, ...]
    decisions: Decisions
    unsettled: tuple[Claim, ...]

    @property
    def headline(self) -> Kpi | None:
        """The outcome that is shown first."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def tied(self) -> bool:
        """Whether several patterns are level and no cost decides between them."""
        return self.leader is None and len(self.level) > 1

    @property
    def trade(self) -> bool:
        """Whether clean patterns stand against each other, each behind on some outcome."""
        return bool(self.outcomes) and not self.level and any(one.clean for one in self.candidates)

    def of(self, model: str) -> Candidate:
        """The candidate that is judged in this model. Raises StopIteration where there is none."""
        return next(one for one in self.candidates if one.model == model)


Audits = Mapping[str, Mapping[str, Finding]]
"""Model to finding to its counts."""


def answers(experiment: Experiment, found: Estimates, audits: Audits, *, judged: bool = True) -> list[Answer]:
    """One answer a workflow, in the order in which work flows; by means alone where it is not `judged`."""
    return [answer(experiment, found, audits, workflow, judged=judged) for workflow in WORKFLOWS]


def answer(
    experiment: Experiment, found: Estimates, audits: Audits, workflow: str, *, judged: bool = True
) -> Answer:
    """The answer of one workflow."""
    stands = representatives(experiment.models, workflow, found)
    models = list(stands.values())
    clean = rivals(audits, models, workflow)
    outcomes = tuple(decisive(found, models, clean, workflow)) if len(models) > 1 else ()
    decided = decisions(experiment, found, workflow) if judged else {}
    candidates = tuple(
        Candidate(
            pattern,
            model,
            tuple(e.name for e in outcomes if _behind_any(experiment, found, decided, model, clean, e)),
            wrong_in(audits[model], workflow),
            experiment.pattern_costs.get(workflow, {}).get(pattern),
        )
        for pattern, model in stands.items()
    )
    level = tuple(one for one in candidates if outcomes and one.clean and not one.behind)
    cheapest = cheaper_whatever(level)
    alone = level[0] if len(level) == 1 else None
    still = unsettled(decided, clean) if any(one.clean for one in candidates) else []
    return Answer(
        workflow, candidates, level, alone or cheapest, cheapest is not None, outcomes, decided, tuple(still)
    )


def _behind_any(
    experiment: Experiment,
    found: Estimates,
    decided: Decisions,
    model: str,
    clean: Sequence[str],
    entry: Kpi,
) -> bool:
    return any(
        is_behind(experiment, found, decided, Claim(model, rival, entry.name), entry)
        for rival in clean
        if rival != model
    )


def is_behind(experiment: Experiment, found: Estimates, decided: Decisions, claim: Claim, entry: Kpi) -> bool:
    """Whether a model is behind another on one KPI: as decided, else as their paired means say."""
    decision = decided.get(claim)
    if decision is not None and decision.status != "open":
        return decision.status == "behind"
    mine, theirs = found[claim.behind].get(entry.name), found[claim.ahead].get(entry.name)
    if theirs is None or not comparable(theirs):
        return False
    if mine is None or not comparable(mine):
        return True
    excess = [one for one in evidence(experiment, mine, theirs, entry).excess if one is not None]
    return bool(excess) and sum(excess) / len(excess) > 0


def cheaper_whatever(level: Sequence[Candidate]) -> Candidate | None:
    """The one of several level candidates whose highest cost is below each other's lowest."""
    priced = [(one.cost.high, one) for one in level if one.cost is not None]
    if len(level) < 2 or len(priced) < len(level):
        return None
    high, first = min(priced, key=lambda pair: pair[0])
    others = [one.cost.low for one in level if one is not first and one.cost is not None]
    return first if high < min(others) else None
