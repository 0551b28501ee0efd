"""The band in which a live run must lie: a prediction interval from the twins, for all live runs together.

    twins x1 … xn, on the logarithm:  mean ± t(1 - 0.05 / 2k, n - 1) · s · sqrt(1 + 1/n)

A live run is one more draw of what the twins are draws of, if the simulation is right; then k of them lie in
the band together in at least 95 of 100 validations (Hahn 1969, with Bonferroni's bound over the k).
Logarithms, since latencies at a limit are skewed, and a factor up is as likely as the same factor down. The
span of 20 twins alone would hold one more in 19 of 21 cases, and three in three of four; 2.5 and 97.5 per
cent as order statistics need 39 twins for one live run.

Where twins agree to a thousandth the interval is narrower than anybody cares, and a right simulation would be
rejected for it; so no band is narrower than a margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from scipy.stats import t as student

from validation.distances import trajectory_error

CONFIDENCE = 0.95


class Band(NamedTuple):
    """Both ends, and the middle of the twins in it."""

    low: float
    middle: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in it."""
        return self.low <= value <= self.high


def band(twins: Sequence[float], together: int, margin: float = 0.0, resolution: float = 0.0) -> Band:
    """Both-sided; `together` values are to lie in it. No end is nearer to the middle than the margin (a share
    of the middle) or the resolution of what is measured. Raises ValueError for fewer than two twins.
    """
    if min(twins) > 0.0:
        middle, reach = _interval([log(value) for value in twins], (1.0 - CONFIDENCE) / (2.0 * together))
        low, middle, high = exp(middle - reach), exp(middle), exp(middle + reach)
    else:
        middle, reach = _interval(twins, (1.0 - CONFIDENCE) / (2.0 * together))
        low, high = middle - reach, middle + reach
    least = max(resolution, margin * middle)
    return Band(min(low, middle - least), middle, max(high, middle + least))


def farthest(distances: Sequence[float], together: int, margin: float = 0.0) -> Band:
    """One-sided, of distances to the middle of the others: nothing is too near, nor too far in the margin."""
    risk = (1.0 - CONFIDENCE) / together
    if min(distances) > 0.0:
        middle, reach = _interval([log(value) for value in distances], risk)
        return Band(0.0, exp(middle), max(margin, exp(middle + reach)))
    middle, reach = _interval(distances, risk)
    return Band(0.0, middle, max(margin, middle + reach))


def apart(trajectories: Sequence[Sequence[float]]) -> list[float]:
    """How far each trajectory is from the mean of the others, as a live one's is from the mean of all."""
    count, sums = len(trajectories), [sum(values) for values in zip(*trajectories, strict=True)]
    return [trajectory_error(_without(sums, own, count - 1), own) or 0.0 for own in trajectories]


def mean_of(trajectories: Sequence[Sequence[float]]) -> list[float]:
    """The mean at each instant."""
    return [fmean(values) for values in zip(*trajectories, strict=True)]


def _without(sums: Sequence[float], own: Sequence[float], count: int) -> list[float]:
    return [(total - value) / count for total, value in zip(sums, own, strict=True)]


def _interval(values: Sequence[float], risk: float) -> tuple[float, float]:
    count = len(values)
    if count < 2:
        raise ValueError("a band needs two twins at least")
    quantile = float(student.ppf(1.0 - risk, count - 1))
    return fmean(values), quantile * stdev(values) * sqrt(1.0 + 1.0 / count)
