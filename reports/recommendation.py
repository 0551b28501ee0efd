"""The table that the answer recommends: one pattern a workflow, so that it can be run as a model of its own.

Where several patterns are level, the table needs one of them. The rule that breaks the tie is no evidence and
is said to be none: where faults struck, no pattern of a model that they threw back more than another; then
the fewest styles in the whole table, then the lowest default cost, then the order of models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from reports.answer import Answer, Candidate
from reports.baselines import RECOMMENDED
from reports.estimates import Estimates
from reports.inputs import Experiment
from reports.standing import standing, thrown_back

TIE_BREAK = "the fewest styles in the whole table, then the lowest default cost"
AFTER_FAULTS = "what faults throw back least, then "


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A pattern a workflow; which of them a tie-break chose; and the model that already has this table, if
    any.
    """

    table: Mapping[str, str]
    taken_from: Mapping[str, str]
    tied: tuple[str, ...]
    model: str
    struck: bool

    @property
    def rule(self) -> str:
        """How ties were broken."""
        return f"{AFTER_FAULTS if self.struck else ''}{TIE_BREAK}"


def recommendation(
    experiment: Experiment, found: Estimates, answers: Sequence[Answer]
) -> Recommendation | None:
    """None where not two patterns were compared in any workflow."""
    asked = [answer for answer in answers if _eligible(answer)]
    if all(len(answer.candidates) < 2 for answer in asked):
        return None
    behind = thrown_back(experiment, found)

    def order(chosen: Sequence[Candidate]) -> tuple[int, int, float]:
        return sum(one.model in behind for one in chosen), *_order(chosen)

    chosen = min(product(*(_eligible(answer) for answer in asked)), key=order)
    table = {answer.workflow: one.pattern for answer, one in zip(asked, chosen, strict=True)}
    return Recommendation(
        table,
        {answer.workflow: one.model for answer, one in zip(asked, chosen, strict=True)},
        tuple(answer.workflow for answer in asked if len(_eligible(answer)) > 1),
        _same(experiment.models, table),
        bool(standing(experiment, found)),
    )


def _eligible(answer: Answer) -> Sequence[Candidate]:
    """Who may be taken: the leader, else the level ones, else the clean ones, else all."""
    if answer.leader is not None:
        return (answer.leader,)
    clean = [one for one in answer.candidates if one.clean]
    return answer.level or clean or answer.candidates


def _order(chosen: Sequence[Candidate]) -> tuple[int, float]:
    styles = {style for one in chosen for style in one.pattern.split("+")}
    return len(styles), sum(one.cost.default for one in chosen if one.cost is not None)


def _same(models: Mapping[str, Mapping[str, str]], table: Mapping[str, str]) -> str:
    """The model with this table, other than the recommended one itself; empty where there is none."""
    return next((m for m, own in models.items() if m != RECOMMENDED and dict(own) == dict(table)), "")
