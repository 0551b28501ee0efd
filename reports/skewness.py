"""Bounds of a mean that allow for skew: Hall's (1992) transformation of Student's t, and the wider of both.

    T = √n (S + g S²÷3 + g² S³÷27 + g÷(6n)),   S = (mean − truth) ÷ s,   g = the sample's skewness

A long tail that few replications meet makes the mean and the spread too small together, and t too sure of it.
Without skew T is t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtr, stdtrit


@dataclass(frozen=True, slots=True)
class Sample:
    """Count, mean, standard deviation (0 where all values are equal) and skewness of some values."""

    count: int
    mean: float
    deviation: float
    skewness: float

    @property
    def p(self) -> float:
        """The two-sided p that the true mean is zero: the larger of Student's and Hall's.

        1 where there is no spread, or where the transformed mean lies on the other side.
        """
        if not self.deviation:
            return 1.0
        root, g, s = math.sqrt(self.count), self.skewness, self.mean / self.deviation
        hall = root * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * self.count))
        if hall * s <= 0:
            return 1.0
        return 2.0 * float(stdtr(self.count - 1, -min(abs(hall), abs(root * s))))

    def bounds(self, level: float, count: int | None = None) -> tuple[float, float]:
        """The outer bounds of both at this level; with `count`, of a sample alike that has so many values."""
        often = count or self.count
        reach = float(stdtrit(often - 1, 1.0 - level / 2.0)) / math.sqrt(often)
        below = max(reach, self._inverse(reach, often))
        above = min(-reach, self._inverse(-reach, often))
        return self.mean - self.deviation * below, self.mean - self.deviation * above

    def _inverse(self, reach: float, count: int) -> float:
        """S at which T is `reach` times the root of the count; T grows with S throughout."""
        g = self.skewness
        if abs(g) < _NO_SKEW:
            return reach
        inner = 1.0 + g * (reach - g / (6 * count))
        return 3.0 / g * (math.copysign(abs(inner) ** (1 / 3), inner) - 1.0)


_NO_SKEW = 1e-6


def sample(values: Sequence[float]) -> Sample:
    """Raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    count = len(values)
    mean = math.fsum(values) / count
    deviations = [value - mean for value in values]
    deviation = math.sqrt(math.fsum(one**2 for one in deviations) / max(1, count - 1))
    if deviation <= 1e-12 * abs(mean) * math.sqrt(count):
        return Sample(count, mean, 0.0, 0.0)
    return Sample(count, mean, deviation, math.fsum(one**3 for one in deviations) / count / deviation**3)
