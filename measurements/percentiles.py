"""Percentiles with unfinished items, by one rule: nearest rank.

    p-th percentile of n items = the item at rank ⌈p·n/100⌉; finished at their time, unfinished at their age

A percentile with an unfinished item at or below its rank could only be higher: it is "at least" that value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from measurements.items import Item
from measurements.run import Figure


class Timed(NamedTuple):
    """How long one item took, or its age where it is unfinished; sorts finished ones first among equals."""

    took: float
    unfinished: bool


def timed(items: Iterable[Item], end_s: float, unit_s: float) -> list[Timed]:
    """Items as durations in units of `unit_s`, shortest first."""
    return sorted(
        Timed(
            ((end_s if item.finished_s is None else item.finished_s) - item.starts_s) / unit_s,
            item.finished_s is None,
        )
        for item in items
    )


def percentile(ordered: list[Timed], per_cent: float) -> Figure:
    """The percentile of durations sorted by `timed`; its value is None without any."""
    count = len(ordered)
    if not count:
        return Figure(None)
    rank = max(1, math.ceil(per_cent * count / 100.0 - 1e-9))
    first = next((place for place, item in enumerate(ordered) if item.unfinished), count)
    unfinished = sum(item.unfinished for item in ordered)
    return Figure(ordered[rank - 1].took, count, 100.0 * unfinished / count, first < rank)


def latency(name: str, ordered: list[Timed]) -> dict[str, Figure]:
    """The median and the 95th percentile under the names that reports use."""
    return {f"{name}_p50": percentile(ordered, 50), f"{name}_p95": percentile(ordered, 95)}
