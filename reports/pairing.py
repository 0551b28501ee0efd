"""Replications are paired comparison by comparison: over those that both of its models completed.

All models meet the same luck in a replication, so that a difference is taken inside each one. Models may have
run unequally often, since baselines need few replications and a model whose comparisons are decided gets no
more. A pair never depends on how often a third model ran.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reports.inputs import Experiment


class Counts(NamedTuple):
    """How often each model ran, and which ran never."""

    replications: Mapping[str, int]
    absent: tuple[str, ...] = ()

    @property
    def uneven(self) -> bool:
        """Whether some models ran more often than others."""
        return len(set(self.replications.values())) > 1


def counts(experiment: Experiment) -> Counts:
    """The experiment's models by how many replications they completed."""
    held = {model: len(experiment.of(model)) for model in experiment.models}
    return Counts(
        {model: count for model, count in held.items() if count},
        tuple(model for model, count in held.items() if not count),
    )
