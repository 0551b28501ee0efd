"""A vendor's limits.toml (each figure with its source, or "assumption") under a scenario's overrides.

[limits.<name>]     kind = window | timed | concurrency | long | rate | transaction; size, per_worker (adds by
                    head), or_per_worker (where that is more), window_s, after_s, burst,
                    background_share, or background_slots and background_slots_month_end; source
[latencies.<class>] median_s, p90_s, source
[ambient.<kind>]    rate, source
[policy.<name>]     value, least (below it no vendor could go; 1 where it is not said), source
[background]        month_end_slowness, source
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.luck import Lognormal, luck
from mocks.background import Background
from mocks.landscape import SystemSettings
from mocks.limits import Concurrency, Limit, Limits, LongRunning, Rate, Transaction, Window


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in limits.toml after a scenario's overrides."""

    limits: Mapping[str, Mapping[str, Any]]
    latencies: Mapping[str, tuple[float, float]]
    ambient: Mapping[str, float]
    policy: Mapping[str, Any]
    slowness: float


def figures(folder: str, settings: SystemSettings) -> Figures:
    """Read the file beside the vendor's code (`folder` is its __file__'s directory)."""
    given = tomllib.loads((Path(folder) / "limits.toml").read_text(encoding="utf-8"))
    latencies = {
        name: (figure["median_s"] * settings.latency_factor, figure["p90_s"] * settings.latency_factor)
        for name, figure in given.get("latencies", {}).items()
    }
    ambient = {name: figure["rate"] for name, figure in given.get("ambient", {}).items()}
    policy = {name: figure["value"] for name, figure in given.get("policy", {}).items()}
    return Figures(
        given.get("limits", {}),
        {**latencies, **settings.latencies},
        {**ambient, **settings.ambient},
        {**policy, **settings.policy},
        given.get("background", {}).get("month_end_slowness", 1.0),
    )


def make_limits(found: Figures, settings: SystemSettings, background: Background, workers: int) -> Limits:
    """The system's limits, sized for this firm (`per_worker` adds by head)."""
    limits = []
    for name, figure in found.limits.items():
        size = figure["size"] + figure.get("per_worker", 0) * workers
        size = max(size, figure.get("or_per_worker", 0) * workers)
        limit = _MAKERS[figure["kind"]](name, settings.limits.get(name, size), figure, background)
        limit.on = name not in settings.off
        limits.append(limit)
    return Limits(limits)


class Latencies:
    """Service time by operation class: lognormal, by keyed luck."""

    def __init__(self, system: str, seed: int, classes: Mapping[str, tuple[float, float]]) -> None:
        self._seed = seed
        self._classes = {
            kind: (f"{system}.latency.{kind}", Lognormal(median_s, p90_s))
            for kind, (median_s, p90_s) in classes.items()
        }

    def draw(self, kind: str, key: str, attempt: int) -> float:
        """Seconds for one attempt; classes that are not listed take no time."""
        found = self._classes.get(kind)
        if found is None:
            return 0.0
        purpose, distribution = found
        return distribution.at(luck(self._seed, purpose, f"{key}|{attempt}"))


def _window(name: str, size: float, figure: Mapping[str, Any], background: Background) -> Limit:
    window_s = float(figure["window_s"])
    level = background.quota(size, figure.get("background_share", 0.0), window_s)
    return Window(name, size, window_s, level, timed=figure["kind"] == "timed")


def _concurrency(name: str, size: float, figure: Mapping[str, Any], background: Background) -> Limit:
    usual = figure.get("background_slots", 0)
    return Concurrency(name, size, background.slots(usual, figure.get("background_slots_month_end", usual)))


def _long(name: str, size: float, figure: Mapping[str, Any], background: Background) -> Limit:
    return LongRunning(name, size, float(figure["after_s"]))


def _rate(name: str, size: float, figure: Mapping[str, Any], background: Background) -> Limit:
    return Rate(name, size, float(figure.get("burst", 1.0)))


def _transaction(name: str, size: float, figure: Mapping[str, Any], background: Background) -> Limit:
    return Transaction(name, size)


_MAKERS: Mapping[str, Callable[[str, float, Mapping[str, Any], Background], Limit]] = {
    "window": _window,
    "timed": _window,
    "concurrency": _concurrency,
    "long": _long,
    "rate": _rate,
    "transaction": _transaction,
}
