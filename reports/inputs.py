"""What a report is made of: one `Run` per model and replication, and the `Experiment` they belong to.

    measurements ──> Run (figures, samples, audit, series) ──┐
    scenario, firm, models ──> Experiment ───────────────────┴──> reports.write

Hours are counted from the scenario's start (BD-10 00:00, head-quarters zone). Nothing here knows a wall
clock, a path or a host, so what is built from it is the same bytes everywhere; but for the commands as typed,
which stand on the page and never in `summary.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from measurements.judgement import FINDINGS
from measurements.judgement import KINDS as COUNTS
from measurements.kpi_table import Margin
from measurements.live import Live
from measurements.run import (
    STAGES,
    Balance,
    FaultSpan,
    Figure,
    FindingLine,
    LimitLine,
    ReleaseLine,
    Run,
    SignOff,
    Tally,
)
from reports.baselines import candidates
from reports.slo.objective import GivenSlo

JUDGED_FROM = 10
"""Below so many replications, where their number is fixed, no verdict words are used."""

__all__ = [
    "COUNTS",
    "FINDINGS",
    "STAGES",
    "ArmChoice",
    "Assumption",
    "Balance",
    "CostRange",
    "Experiment",
    "FaultSpan",
    "Figure",
    "FindingLine",
    "GivenFile",
    "GivenSlo",
    "Leg",
    "LimitLine",
    "Live",
    "Margin",
    "Mark",
    "ReleaseLine",
    "Run",
    "SignOff",
    "Strip",
    "StripPoint",
    "Tally",
]


class Mark(NamedTuple):
    """A moment worth a line in a figure over time, such as a lock."""

    label: str
    hour: float


class Assumption(NamedTuple):
    """A setting, its value with unit, and its source (the word *assumption* where there is none)."""

    name: str
    value: str
    source: str


class GivenFile(NamedTuple):
    """A user's own file: what it was given as, its name without the folder, and the digest of its content."""

    given: str
    name: str
    sha256: str


class Leg(NamedTuple):
    """One line of the interface catalogue."""

    workflow: str
    pattern: str
    source: str
    target: str
    trigger: str
    transport: str
    granularity: str
    calls_per_record: str
    key: str
    owner: str
    retry: str


class StripPoint(NamedTuple):
    """One setting of the sensitivity strip: a pattern at an interval, with the interval of its KPI."""

    label: str
    pattern: str
    every_h: float
    mean: float
    low: float | None
    high: float | None


class Strip(NamedTuple):
    """How one KPI answers to schedule and poll intervals, and where the ranking changes."""

    kpi: str
    points: Sequence[StripPoint]
    changes_at: str


class ArmChoice(NamedTuple):
    """Who is level in a workflow under another setting, and who is among the same models as compared.

    `kind` is slots, heads or people; `factor` is how many slots, or of the head count or of people's times.
    """

    setting: str
    kind: str
    factor: float
    models: Sequence[str]
    workflow: str
    level: Sequence[str]
    base: Sequence[str]


class CostRange(NamedTuple):
    """An estimate in US dollars a year."""

    low: float
    default: float
    high: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """All runs of one comparison and what must be told about them.

    `waits` are hours that an item usually waits at most for a pattern's next start, by workflow: theory.
    `looks` are the numbers of replications at which it was decided who needs more; empty where the number was
    fixed beforehand. `models` maps a model to its table workflow to pattern; `decisions` the scenario's
    decision KPIs to their practical margins, `margins` the firm's own of any KPI;
    `pattern_costs` workflow to pattern to yearly cost; `costs` and
    `benefits` model to line to yearly cost or benefit; `caps` model to `system: limit` to the most calls that
    its own client lets be under way. `command` names files without their folders; `typed` are the commands as
    they were typed, paths and all, several where reports were combined. `slo` are the objectives that it is
    judged by; `live` maps a model to what only a live run tells.
    """

    scenario: str
    title: str
    question: str
    seed: int
    consultants: int
    firm: str
    version: str
    commit: str
    command: str
    models: Mapping[str, Mapping[str, str]]
    runs: Sequence[Run]
    decisions: Mapping[str, Margin] = field(default_factory=dict)
    margins: Mapping[str, Margin] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    first_day: str = ""
    legs: Sequence[Leg] = ()
    assumptions: Sequence[Assumption] = ()
    strips: Sequence[Strip] = ()
    arms: Sequence[ArmChoice] = ()
    waits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    pattern_costs: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    costs: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    benefits: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    caps: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    same_run_share: float | None = None
    same_run_share_schedule: float | None = None
    notes: Sequence[str] = ()
    interrupted: bool = False
    looks: Sequence[int] = ()
    typed: Sequence[str] = ()
    files: Sequence[GivenFile] = ()
    slo: GivenSlo | None = None
    live: Mapping[str, Live] = field(default_factory=dict)

    def of(self, model: str) -> list[Run]:
        """The runs of one model by replication."""
        return sorted((run for run in self.runs if run.model == model), key=lambda run: run.replication)

    @property
    def commands(self) -> Sequence[str]:
        """What to type to get this again."""
        return self.typed or (self.command,)

    @property
    def replications(self) -> int:
        """How many replications every candidate that ran completed; of all models where none is one."""
        runs = {run.model for run in self.runs}
        ran = [model for model in self.models if model in runs]
        compared = candidates(self.models, ran) or ran
        held = [{run.replication for run in self.runs if run.model == model} for model in compared]
        return len(set.intersection(*held)) if held else 0

    @property
    def indicative(self) -> bool:
        """Whether the runs are too few to judge: below the first look, or below ten of a fixed number."""
        return self.replications < (self.looks[0] if self.looks else JUDGED_FROM)
