"""What may be set against what: models of one name, and replications that met the same people and luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.errors import InputError
from reports.estimates import Estimate
from reports.experiment_file import world
from reports.inputs import Experiment
from reports.numbers import listing

_SAME = ("scenario", "consultants", "firm")


@dataclass(frozen=True, slots=True)
class Match:
    """`models` are (before, after). `paired`: replication by replication; else `why` says why not."""

    models: Sequence[tuple[str, str]]
    paired: bool
    why: str = ""


def match(before: Experiment, after: Experiment, names: tuple[str, str]) -> Match:
    """How two results are compared; `names` are their folders. Raises InputError where they cannot be."""
    models = _models(before, after, names)
    other = _other_world(before, after)
    if other:
        return Match(models, False, f"{listing(other)} {'differs' if len(other) == 1 else 'differ'}")
    if all(_shared(before, after, pair) for pair in models):
        return Match(models, True)
    return Match(models, False, "they share too few seeds")


def _models(before: Experiment, after: Experiment, names: tuple[str, str]) -> list[tuple[str, str]]:
    ran = [[model for model in one.models if one.of(model)] for one in (before, after)]
    common = [(model, model) for model in ran[1] if model in ran[0]]
    if not common and len(ran[0]) == len(ran[1]) == 1:
        common = [(ran[0][0], ran[1][0])]
    if not common:
        what = f"no model in common with {names[0]} ({', '.join(ran[0])}; here {', '.join(ran[1])})"
        raise InputError(names[1], what, "compare results of a model of one name, or of one model each")
    return common


def _other_world(before: Experiment, after: Experiment) -> list[str]:
    """In what the people and what happens to them are not the same."""
    other = [name for name in _SAME if getattr(before, name) != getattr(after, name)]
    if not other and world(before) != world(after):
        other = ["the content of " + listing(sorted({file.name for file in world(before) ^ world(after)}))]
    return other


def _shared(before: Experiment, after: Experiment, pair: tuple[str, str]) -> bool:
    """Whether two seeds or more are common to both, or the only one of each."""
    left, right = _seeds(before, pair[0]), _seeds(after, pair[1])
    return len(left & right) >= 2 or left == right


def _seeds(experiment: Experiment, model: str) -> set[int]:
    return {experiment.seed + run.replication for run in experiment.of(model)}


def by_seed(experiment: Experiment, estimate: Estimate) -> Mapping[int, float]:
    """The values by the seed of their replication: results that began at other seeds may share some."""
    return {experiment.seed + place: value for place, value in estimate.by_place.items()}
