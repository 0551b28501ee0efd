"""One arm of the sensitivity strip: a model whose runs differ from the comparison's by one setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.models import Model
from run.job import Job
from scenarios.firm import Firm
from scenarios.scenario import Scenario


class Arm(NamedTuple):
    """A setting by its name, the model it is tried on, and what differs."""

    name: str
    model: Model
    scenario: Scenario
    firm: Firm
    poll_s: Mapping[str, float] | None = None

    def job(self, seed: int, number: int) -> Job:
        """One replication, of the same luck as the comparison's."""
        return Job(self.scenario, self.firm, self.model, seed + number, number, None, self.poll_s)
