"""How often the gates reject what is wrong, and what is right: virtual runs stand for live ones.

trial   live runs of the right simulation, each with luck of its own ──> the gates, against the twins of a
        simulation ──> rejected where a gate fails
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scipy.stats import beta

from validation.gates import judge
from validation.reading import Reading
from validation.regimes import Regime

Twins = Mapping[str, Sequence[Reading]]
"""Regime to twins."""


class Power(NamedTuple):
    """Of so many `trials`, how many rejected the simulation; `by`: gate to the trials in which it failed.

    `low` and `high` are the exact interval of the share (Clopper and Pearson 1934, 95 %).
    """

    simulation: str
    title: str
    trials: int
    rejected: int
    by: Mapping[str, int]
    low: float
    high: float


def power(
    simulation: str,
    title: str,
    regimes: Sequence[Regime],
    trials: Sequence[Mapping[str, Sequence[Reading]]],
    twins: Twins,
    resolution_s: float,
) -> Power:
    """One simulation against trials, each regime to the runs that stand for live ones."""
    failed: Counter[str] = Counter()
    rejected = 0
    for lives in trials:
        names = failing(regimes, lives, twins, resolution_s)
        failed.update(names)
        rejected += bool(names)
    ends = interval(rejected, len(trials))
    return Power(simulation, title, len(trials), rejected, dict(sorted(failed.items())), *ends)


def failing(
    regimes: Sequence[Regime], lives: Mapping[str, Sequence[Reading]], twins: Twins, resolution_s: float
) -> list[str]:
    """The gates that fail, as "regime: gate"."""
    found = [
        gate
        for regime in regimes
        for gate in judge(regime, "", lives[regime.name], twins[regime.name], resolution_s).gates
    ]
    return list(dict.fromkeys(f"{gate.regime}: {gate.name}" for gate in found if gate.word == "FAIL"))


def interval(count: int, trials: int) -> tuple[float, float]:
    """The share's exact 95 % interval."""
    low = float(beta.ppf(0.025, count, trials - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, trials - count)) if count < trials else 1.0
    return low, high
