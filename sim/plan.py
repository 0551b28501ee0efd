"""What a comparison is asked for: scenario, firm, models, how often, and with which seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.models import Model
from run.job import Job
from scenarios.firm import Firm
from scenarios.history.cases import History
from scenarios.scenario import Scenario

STRIP_REPLICATIONS = 10
"""Below this many replications, where their number is fixed, there is no sensitivity strip and no verdict."""
ASIDE_REPLICATIONS = 3
"""So often runs what decides nothing: baselines, and each arm of the sensitivity strip."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Replication r is the run with seed `seed + r`, so that `rehearse run --seed` repeats any of them.

    `replications` is how often each candidate runs; with `looks`, the most: at each look it is decided which
    models need more (`sim/rounds.py`).
    """

    scenario: Scenario
    firm: Firm
    models: tuple[Model, ...]
    replications: int
    seed: int
    version: str
    commit: str
    command: str
    history: History | None = None
    looks: tuple[int, ...] = ()

    def jobs(self) -> list[Job]:
        """One a replication and model; the models of a replication follow one another."""
        return [self.job(model, number) for number in range(self.replications) for model in self.models]

    def job(self, model: Model, number: int) -> Job:
        """One run of a model."""
        return Job(self.scenario, self.firm, model, self.seed + number, number, self.history)

    @property
    def judges(self) -> bool:
        """Whether as many replications are asked for as a verdict needs."""
        return bool(self.looks) or self.replications >= STRIP_REPLICATIONS


_ASKS = {"manual": 0, "batch": 1, "api": 2, "event": 3, "point-to-point": 4}
"""Patterns by how long runs took at 250 consultants (measured); it orders the work and changes no result."""


def longest_first(jobs: Sequence[Job]) -> list[int]:
    """Places of the jobs in an order that leaves no process idle at the end; a replication stays together."""

    def place(index: int) -> tuple[int, int]:
        job = jobs[index]
        return job.replication, -max(_ASKS.get(pattern, 0) for pattern in job.model.workflows.values())

    return sorted(range(len(jobs)), key=place)
