"""The call sheet: all that a process needs to take part in a live run, as JSON that every member hands out.

    supervisor ──> sheet ──> members (systems, pipeline)   GET /live/call-sheet ──> people, wherever they run

Everybody stages the same play from it; whose past differs has another seed, scenario or code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import models
from pipeline.models import Model
from scenarios import catalogue, correlation_file, firm_file
from scenarios.correlation_file import placed
from scenarios.play import Play, stage


@dataclass(frozen=True, slots=True)
class CallSheet:
    """Scenario, firm and model are as typed: names, or paths that each machine must have.

    `from_s` is the instant asked for, `until_s` the end of the window, both in seconds since the start.
    `addresses`: member (a system's name, "pipeline") to its base URL. `desks`: a desk of people (a role, a
    system's administration, operations) to the member that has it. `digest` is of the past. Where no member
    is the pipeline, `callouts` is the base URL of whoever hears call-outs in its place ("" = nobody).
    `correlation` is a file as typed ("" = the convention).
    """

    scenario: str
    firm: str
    consultants: int | None
    model: str
    seed: int
    from_s: float
    until_s: float
    speed: float
    addresses: Mapping[str, str]
    desks: Mapping[str, str]
    digest: str
    callouts: str = ""
    correlation: str = ""

    def play(self) -> tuple[Play, Model]:
        """The play and the model. Raises InputError."""
        firm = firm_file.load(Path(self.firm) if self.firm else None, self.consultants)
        play = stage(catalogue.load(self.scenario), firm, self.seed)
        told = correlation_file.load(Path(self.correlation) if self.correlation else None)
        return replace(play, landscape=placed(play.landscape, told)), models.load(self.model)

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CallSheet:
        """From JSON. Raises TypeError for other fields."""
        return cls(**row)

    def desk_address(self, desk: str) -> str:
        """The base URL of whoever has that desk. Raises KeyError."""
        return self.addresses[self.desks[desk]]
