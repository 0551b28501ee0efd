"""What a scenario may change of the systems: limits, latencies, faults, background use, vendor switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mocks.correlation import Place
from mocks.faults import Fault
from mocks.releases import Release

SATURDAY_AND_SUNDAY = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """Overrides of one system's figures (its limits.toml); empty means as the vendor has it.

    `limits`: name to size. `off`: limits switched off. `latencies`: class to (median_s, p90_s).
    `ambient`: fault kind to rate. `background` multiplies other integrations' use (0 = none) and
    `background_phase_h` shifts it. `policy`: the vendor's own switches and figures. `correlation`: object to
    the places where an integration of one's own puts its keys (mocks/correlation.py).
    """

    limits: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    latency_factor: float = 1.0
    latencies: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ambient: Mapping[str, float] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    releases: tuple[Release, ...] = ()
    background: float = 1.0
    background_phase_h: float = 0.0
    policy: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Sequence[Place]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Landscape:
    """Settings by system. `month_end_s`: BD-1 00:00 to BD+5 24:00 (None = no month-end multipliers).
    `weekend`: headquarters' free weekdays, 0 = Monday."""

    systems: Mapping[str, SystemSettings] = field(default_factory=dict)
    month_end_s: tuple[float, float] | None = None
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY

    def of(self, system: str) -> SystemSettings:
        """The settings of one system."""
        return self.systems.get(system, SystemSettings())
