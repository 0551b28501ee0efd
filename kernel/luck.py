"""Keyed luck: every draw is a pure function of (seed, purpose, key), never of the order of calls.

So two models that differ only in their pipeline meet the same people, defects and outages (common random
numbers), and a run can be repeated from its seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

_NORMAL = NormalDist()
_SCALE = 1.0 / 2.0**53
Z_90 = 1.2815515655446004
Z_95 = 1.6448536269514722
"""Standard normal quantiles."""
_SUMMED = 500.0
"""Means up to which a Poisson distribution is summed: e^-745 is nothing to a computer."""

T = TypeVar("T")


def luck(seed: int, purpose: str, key: str) -> float:
    """A uniform draw in [0, 1), the same for the same arguments on every machine."""
    digest = blake2b(f"{purpose}|{key}".encode(), digest_size=8, key=seed.to_bytes(8, "little")).digest()
    return (int.from_bytes(digest, "little") >> 11) * _SCALE


def exponential(u: float, mean: float) -> float:
    """Inverse of the exponential distribution function."""
    return -mean * math.log1p(-u)


class Lognormal:
    """A lognormal distribution by its median and another percentile (same unit as given)."""

    __slots__ = ("_median", "_spread", "_z")

    def __init__(self, median: float, high: float, z: float = Z_90) -> None:
        self._median = median
        self._spread = math.log(high / median)
        self._z = z

    def at(self, u: float) -> float:
        """The inverse of its distribution function."""
        u = min(max(u, 1e-12), 1 - 1e-12)
        return self._median * math.exp(_NORMAL.inv_cdf(u) * self._spread / self._z)


def lognormal(u: float, median: float, p90: float) -> float:
    """Inverse of the lognormal with this median and 90th percentile (same unit as given)."""
    return Lognormal(median, p90).at(u)


def lognormal_p95(u: float, median: float, p95: float) -> float:
    """Inverse of the lognormal with this median and 95th percentile (same unit as given)."""
    return Lognormal(median, p95, Z_95).at(u)


def pick(u: float, options: Sequence[T]) -> T:
    """One of the options, uniformly."""
    return options[int(u * len(options))]


def weighted(u: float, weights: Sequence[tuple[T, float]]) -> T:
    """One of the options, in proportion to its weight (weights need not sum to one)."""
    mark = u * math.fsum(weight for _, weight in weights)
    for option, weight in weights:
        mark -= weight
        if mark < 0:
            return option
    return weights[-1][0]


def poisson(u: float, mean: float) -> int:
    """Inverse of the Poisson distribution function: summed, or by the normal one for large means."""
    if mean > _SUMMED:
        return max(0, round(mean + math.sqrt(mean) * _NORMAL.inv_cdf(min(max(u, 1e-12), 1 - 1e-12))))
    probability = total = math.exp(-mean)
    count = 0
    while u > total and count < 10_000:
        count += 1
        probability *= mean / count
        total += probability
    return count
