"""A scenario: what happens, whatever the model. It names no model; it may set schedules, which every
pattern uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scenarios.history.activities import Activities
from scenarios.schedule import ScheduleSetting

DECISIONS_MOST = 5


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault in scenario words: `at` is `BD-1 14:00` or ISO. `renewed_after_h`: an operator renews the
    credential."""

    at: str
    for_h: float
    target: str
    kind: str
    parameters: Mapping[str, Any]
    renewed_after_h: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRelease:
    """A release in scenario words. `mapped_after_days`: an operator applies a mapping; `repaired_after_days`:
    an administrator takes it back (None = nobody does).
    """

    at: str
    system: str
    cause: str
    kind: str
    parameters: Mapping[str, Any]
    from_version: float | None = None
    mapped_after_days: float | None = None
    repaired_after_days: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class SystemChange:
    """What a scenario changes of one system, as in mocks.landscape.SystemSettings."""

    limits: Mapping[str, float] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    latency_factor: float = 1.0
    ambient: Mapping[str, float] = field(default_factory=dict)
    background: float = 1.0
    background_phase_h: float = 0.0
    policy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`source` names its file in messages. `from_log`: it plays a history and needs one. `workflows`:
    those that take part.

    `decisions` maps a KPI to its practical margin (absolute, relative). `polls_min`: minutes from one poll of
    a system to the next. `firm` overrides parameters of the firm. `first_day`, `last_day` bound a scenario
    that plays a log (None = as the log is long). `live` is the window of a live run, from and until, as
    instants in scenario words.
    """

    name: str
    source: str
    title: str
    question: str
    period: str
    month_end: bool
    from_log: bool
    workflows: tuple[str, ...]
    decisions: Mapping[str, tuple[float, float]]
    schedules: Mapping[str, ScheduleSetting] = field(default_factory=dict)
    polls_min: Mapping[str, float] = field(default_factory=dict)
    systems: Mapping[str, SystemChange] = field(default_factory=dict)
    faults: tuple[PlannedFault, ...] = ()
    releases: tuple[PlannedRelease, ...] = ()
    firm: Mapping[str, Any] = field(default_factory=dict)
    activities: Activities = field(default_factory=Activities)
    first_day: date | None = None
    last_day: date | None = None
    live: tuple[str, str] | None = None
