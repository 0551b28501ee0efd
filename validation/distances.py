"""How far two samples, or two trajectories, are from each other.

Kolmogorov-Smirnov  the largest difference of two empirical distributions, without a p-value: with many
                    items any difference is significant, and the question is how large it is
Wasserstein-1       the area between them, over the mean of the twin: in units of what is measured
trajectory          mean absolute difference at equal instants, over the mean of the twin
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import ceil

import numpy as np
from scipy.stats import wasserstein_distance

from measurements.items import Item
from validation.reading import Span

BIN_S = 300.0
"""Five minutes: a window of hours has tens of bins, and a paced second of lag is nothing in one."""


def relative(live: float, twin: float) -> float | None:
    """The signed error of the twin: above 0 where the simulation tells more than was measured live.

    None where nothing was measured live and something simulated.
    """
    if live == twin:
        return 0.0
    return None if not live else (twin - live) / live


def ks_distance(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The two-sample statistic D; None without items on a side."""
    if not one or not other:
        return None
    first, second = np.sort(one), np.sort(other)
    values = np.concatenate([first, second])
    shares = [np.searchsorted(held, values, side="right") / len(held) for held in (first, second)]
    return float(np.max(np.abs(shares[0] - shares[1])))


def wasserstein_over_mean(live: Sequence[float], twin: Sequence[float]) -> float | None:
    """Wasserstein-1 over the mean of the live sample; None without items or with a mean of 0."""
    if not live or not twin or not sum(live):
        return None
    return float(wasserstein_distance(live, twin)) * len(live) / sum(live)


def backlog(items: Sequence[Item], span: Span) -> list[int]:
    """How many wait at the end of each bin, from the window's beginning to the end of observation."""
    bins = ceil((span.end_s - span.from_s) / BIN_S)
    change = [0] * (bins + 2)
    for item in items:
        change[_bin(item.starts_s, span, bins)] += 1
        if item.finished_s is not None:
            change[_bin(item.finished_s, span, bins)] -= 1
    return list(accumulate(change[: bins + 1]))


def trajectory_error(live: Sequence[float], twin: Sequence[float]) -> float | None:
    """Mean absolute difference over the mean of the live one; None where nothing ever waited live."""
    differences = [abs(a - b) for a, b in zip(live, twin, strict=False)]
    if not sum(live):
        return None if any(differences) else 0.0
    return sum(differences) / sum(live)


def peak_s(trajectory: Sequence[float]) -> float:
    """Seconds from the window's beginning to the first bin in which most wait."""
    return BIN_S * max(range(len(trajectory)), key=lambda place: (trajectory[place], -place), default=0)


def _bin(at_s: float, span: Span, bins: int) -> int:
    """The first instant of the grid at which what happened then has happened."""
    return min(max(0, ceil((at_s - span.from_s) / BIN_S)), bins + 1)
