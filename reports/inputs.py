"""What a report is made of: one `Run` per model and replication, and the `Experiment` they belong to.

    measurements ──> Run (figures, samples, audit, series) ──┐
    scenario, firm, models ──> Experiment ───────────────────┴──> reports.write

Hours are counted from the scenario's start (BD-10 00:00, head-quarters zone). Nothing here knows a wall
clock, a path or a host, so what is built from it is the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

FINDINGS = ("lost", "duplicated", "unauthorised", "wrong_amount", "wrong_period")
"""What the audit can find wrong."""

COUNTS = (*FINDINGS, "pending", "open_exceptions")
"""Findings and the two honest leftovers, in the order in which they are printed."""

STAGES = ("people", "schedule wait", "throttle and queue", "processing", "exception rework")
"""Where an item's time can go."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One KPI of one replication: `value` is None where nothing was due; `by` holds its parts."""

    value: float | None
    n: int = 0
    censored_pct: float = 0.0
    at_least: bool = False
    by: Mapping[str, Figure] = field(default_factory=dict)


class LimitLine(NamedTuple):
    """How far one limit of one system was used; shares are of the limit, `series` is (hour, peak share)."""

    system: str
    limit: str
    size: float
    windowed: bool
    peak_share: float
    own_share: float
    saturated_min: float
    refusals: int
    series: Sequence[tuple[int, float]]


class FaultSpan(NamedTuple):
    """One fault as it struck, and when the backlog was back near its fault-free twin (None = never)."""

    name: str
    target: str
    start_h: float
    end_h: float
    recovered_h: float | None


class Tally(NamedTuple):
    """A count with its hours and money (reporting currency, minor units)."""

    count: int
    hours: float
    amount_minor: int


class SignOff(NamedTuple):
    """One line of the close sign-off sheet; `gaps` explains each difference as (key, reason)."""

    entity: str
    period: str
    kind: str
    approved: Tally
    posted: Tally
    invoiced: Tally
    gaps: Sequence[tuple[str, str]]


class Balance(NamedTuple):
    """The identity of one workflow: due = effected + open exceptions + pending + lost."""

    due: int
    effected: int
    open_exceptions: int
    pending: int
    lost: int

    @property
    def holds(self) -> bool:
        """Whether both sides, each counted from its own table, are equal."""
        return self.due == self.effected + self.open_exceptions + self.pending + self.lost


@dataclass(frozen=True, slots=True)
class Run:
    """One model, one replication.

    `audit` is finding to flow to count; `samples` flow to the hours of finished items; `backlog` flow to
    (hour, items waiting); `exceptions` cause to count; `calls` system to kind to count, the integration's
    own; `identity` workflow to its balance; `stages` flow to stage to mean hours; `labour` cause to hours.
    """

    model: str
    replication: int
    kpis: Mapping[str, Figure]
    audit: Mapping[str, Mapping[str, int]]
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    unfinished: Mapping[str, int] = field(default_factory=dict)
    backlog: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    limits: Sequence[LimitLine] = ()
    faults: Sequence[FaultSpan] = ()
    exceptions: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sign_off: Sequence[SignOff] = ()
    identity: Mapping[str, Balance] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    labour: Mapping[str, float] = field(default_factory=dict)
    undrained: int = 0


class Margin(NamedTuple):
    """The smallest difference that matters: the larger of an absolute and a relative (share of best) one."""

    absolute: float
    relative: float = 0.0

    def around(self, best: float) -> float:
        """The margin in the KPI's own unit, given the best model's mean."""
        return max(self.absolute, self.relative * abs(best))


class Mark(NamedTuple):
    """A moment worth a line in a figure over time, such as a lock."""

    label: str
    hour: float


class Assumption(NamedTuple):
    """A setting, its value with unit, and its source (the word *assumption* where there is none)."""

    name: str
    value: str
    source: str


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


class CostRange(NamedTuple):
    """An estimate in US dollars a year."""

    low: float
    default: float
    high: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """All runs of one comparison and what must be told about them.

    `models` maps a model to its table workflow to pattern; `decisions` the scenario's decision KPIs to
    their practical margins; `pattern_costs` workflow to pattern to yearly cost; `costs` and `benefits`
    model to line to yearly cost or benefit.
    """

    scenario: str
    title: str
    question: str
    seed: int
    replications: int
    consultants: int
    firm: str
    version: str
    commit: str
    command: str
    models: Mapping[str, Mapping[str, str]]
    runs: Sequence[Run]
    decisions: Mapping[str, Margin] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    legs: Sequence[Leg] = ()
    assumptions: Sequence[Assumption] = ()
    strips: Sequence[Strip] = ()
    pattern_costs: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    costs: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    benefits: Mapping[str, Mapping[str, CostRange]] = field(default_factory=dict)
    same_run_share: float | None = None
    same_run_share_schedule: float | None = None
    notes: Sequence[str] = ()
    interrupted: bool = False

    def of(self, model: str) -> list[Run]:
        """The runs of one model by replication."""
        return sorted((run for run in self.runs if run.model == model), key=lambda run: run.replication)

    @property
    def indicative(self) -> bool:
        """Below ten replications no verdict words are used."""
        return self.replications < 10
