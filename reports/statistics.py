"""Statistics over replications: Student's t intervals, paired differences, Holm's correction and the verdict.

The unit is always the replication, never a record. Zero variance has no interval: the value stood in all of
them, which tells nothing before there are ten. The A/A check asks this very machinery to compare a model with
itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from kernel.luck import luck
from reports.kpis import Better

ALPHA = 0.05
CONSTANT_FROM = 10
"""So many equal values are told from zero; fewer may all have missed what happens now and then. Ten still
may: they leave open that a quarter of all replications differ (0.05 ^ (1/10) = 74 % give ten in a row once in
twenty)."""
BOUNDED_FROM = 0.25
"""From this share of replications on a mean is "at least" its value. Below it the middle half of the
replications holds no bound, whatever the bounded ones may really be (they are the slow ones)."""


class Interval(NamedTuple):
    """A mean with its 95 % interval (None without variance or below two values) and the p of "it is zero"."""

    mean: float
    low: float | None
    high: float | None
    p: float


def mean_interval(values: Sequence[float]) -> Interval:
    """Mean, Student's t interval at 95 %, and the two-sided p that the true mean is zero.

    Raises ValueError without values. Where all values are equal, p is 0 from ten of them on unless they are
    zero, else 1.
    """
    if not values:
        raise ValueError("no values")
    count = len(values)
    mean = math.fsum(values) / count
    if count < 2:
        return Interval(mean, None, None, 1.0)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1) / count)
    if error <= 1e-12 * abs(mean) or error == 0.0:
        return Interval(mean, None, None, 0.0 if mean and count >= CONSTANT_FROM else 1.0)
    reach = float(stdtrit(count - 1, 1 - ALPHA / 2)) * error
    p = 2.0 * float(stdtr(count - 1, -abs(mean) / error))
    return Interval(mean, mean - reach, mean + reach, p)


def paired_difference(values: Sequence[float], best: Sequence[float]) -> Interval:
    """The interval of `values − best`, replication by replication. Raises ValueError on unequal lengths."""
    return mean_interval([value - other for value, other in zip(values, best, strict=True)])


def unpaired_difference(values: Sequence[float], others: Sequence[float]) -> Interval:
    """The interval of mean(values) − mean(others) of independent runs, by Welch's t: spreads may differ.

    Its degrees of freedom are Welch and Satterthwaite's (Welch 1947). None below two values on a side;
    without any spread p is 0 from ten values on each side on unless the means are equal, else 1. Raises
    ValueError without values.
    """
    sides = [mean_interval(values), mean_interval(others)]
    mean = sides[0].mean - sides[1].mean
    counts = [len(values), len(others)]
    if min(counts) < 2:
        return Interval(mean, None, None, 1.0)
    parts = [
        math.fsum((value - side.mean) ** 2 for value in held) / (len(held) - 1) / len(held)
        for side, held in zip(sides, (values, others), strict=True)
    ]
    error = math.sqrt(math.fsum(parts))
    if error <= 1e-12 * max(abs(side.mean) for side in sides) or error == 0.0:
        return Interval(mean, None, None, 0.0 if mean and min(counts) >= CONSTANT_FROM else 1.0)
    freedom = math.fsum(parts) ** 2 / math.fsum(p**2 / (n - 1) for p, n in zip(parts, counts, strict=True))
    reach = float(stdtrit(freedom, 1 - ALPHA / 2)) * error
    return Interval(mean, mean - reach, mean + reach, 2.0 * float(stdtr(freedom, -abs(mean) / error)))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm’s step-down correction, in the order given: the k-th smallest of m p-values times (m − k + 1)."""
    order = sorted(range(len(ps)), key=ps.__getitem__)
    corrected = [1.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = highest
    return corrected


def verdict(pair: Interval, p_holm: float, margin: float, better: Better) -> str:
    """What a difference to the best model comes to.

    "~": not told from chance, or its mean is within the practical margin. "worse" or "better": told from
    chance and the whole interval beyond the margin. "inconclusive": told from chance, its mean beyond the
    margin, but its interval is not.
    """
    if p_holm >= ALPHA or abs(pair.mean) <= margin:
        return "~"
    near = pair.mean
    if pair.low is not None and pair.high is not None:
        near = pair.low if pair.mean > 0 else pair.high
    if near * pair.mean <= 0 or abs(near) <= margin:
        return "inconclusive"
    return "worse" if (pair.mean > 0) == (better == "low") else "better"


def no_difference_share(bank: Sequence[float], splits: int, seed: int) -> float:
    """A/A: the share of random halvings of one bank of runs that the comparison calls "no difference".

    Each split deals the bank into two arms by keyed luck and makes one uncorrected paired comparison.
    """
    half = len(bank) // 2
    same = 0
    for split in range(splits):
        order = sorted(range(len(bank)), key=lambda place: luck(seed, "a-a", f"{split}|{place}"))
        arms = [[bank[place] for place in order[:half]], [bank[place] for place in order[half : 2 * half]]]
        same += paired_difference(*arms).p >= ALPHA
    return same / splits


def mostly_bounded(bounded: int, replications: int) -> bool:
    """Whether so many replications have only a lower bound that their mean is one as well; never any one."""
    return bounded > 0 and bounded >= BOUNDED_FROM * replications


def round9(value: float) -> float:
    """The value to 9 significant digits, so that the last bits of a sum never reach a file."""
    return float(f"{value:.9g}")
