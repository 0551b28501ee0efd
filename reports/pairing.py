"""Only whole replications are compared: those that every model completed, so that all met the same luck.

After an interrupt, or where reports of different lengths are combined, some models have more. A mean over
other people than its rival's is no comparison, so these runs are left out of every figure; their files stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from reports.inputs import Experiment, Run


class Aside(NamedTuple):
    """What is left out: models without a whole replication, and how many runs of the others."""

    models: tuple[str, ...] = ()
    runs: int = 0


def paired(experiment: Experiment) -> tuple[Experiment, Aside]:
    """The experiment's whole replications, and what is left out of it."""
    runs = _whole(experiment.runs)
    told = {run.model for run in runs}
    silent = tuple(model for model in experiment.models if model not in told)
    extra = sum(run.model in told for run in experiment.runs) - len(runs)
    return replace(experiment, runs=runs), Aside(silent, extra)


def _whole(runs: Sequence[Run]) -> list[Run]:
    """The runs of replications that all models share; if there is none, of the one that most have."""
    held: dict[int, set[str]] = {}
    for run in runs:
        held.setdefault(run.replication, set()).add(run.model)
    everyone = {run.model for run in runs}
    if not any(models == everyone for models in held.values()):
        everyone = max((held[place] for place in sorted(held)), key=len, default=set())
    return [run for run in runs if run.model in everyone and held[run.replication] >= everyone]
