"""What a comparison is asked for: scenario, firm, models, how often, and with which seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.models import Model
from scenarios.firm import Firm
from scenarios.history.cases import History
from scenarios.scenario import Scenario
from sim.job import Job

STRIP_REPLICATIONS = 10
"""Below this many replications there is no sensitivity strip and no verdict (semantics 8)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Replication r is the run with seed `seed + r`, so that `rehearse run --seed` repeats any of them."""

    scenario: Scenario
    firm: Firm
    models: tuple[Model, ...]
    replications: int
    seed: int
    processes: int
    version: str
    commit: str
    command: str
    history: History | None = None

    def jobs(self) -> list[Job]:
        """One a replication and model; the models of a replication follow one another."""
        return [
            Job(self.scenario, self.firm, model, self.seed + number, number, self.history)
            for number in range(self.replications)
            for model in self.models
        ]


_ASKS = {"manual": 0, "batch": 1, "api": 2, "event": 3, "point-to-point": 4}
"""Patterns by how long runs took at 250 consultants (measured); it orders the work and changes no result."""


def longest_first(jobs: Sequence[Job]) -> list[int]:
    """Places of the jobs in an order that leaves no process idle at the end; a replication stays together."""

    def place(index: int) -> tuple[int, int]:
        job = jobs[index]
        return job.replication, -max(_ASKS.get(pattern, 0) for pattern in job.model.workflows.values())

    return sorted(range(len(jobs)), key=place)
