"""Percentiles and shares within target, with unfinished items, by one rule: linear between ranks.

    p-th percentile of n items = at place (n − 1)·p/100 of the sorted ones, counted from 0, between two ranks
    in proportion; finished at their time, unfinished at their age (Hyndman and Fan's definition 7)

A percentile is "at least" its value where one of its ranks is an unfinished item, or would be if unfinished
ones were the slowest: then nothing bounds it from above. Otherwise each of them moves it by a rank at most.
In a share within target an unfinished item is a failure, whatever its age; the share is "at least" its value
where one is younger than the target, as it can be where a live run ends soon after its window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from measurements.items import Item
from measurements.latencies import Latency
from measurements.run import Figure

_UNIT_S = {"h": 3600.0, "days": 86400.0}


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
    # In whole hundredths, so that a place that is a rank is exactly that rank.
    lower, hundredths = divmod(round((count - 1) * per_cent), 100)
    upper = lower + (hundredths > 0)
    low, high = ordered[lower].took, ordered[upper].took
    unfinished = sum(item.unfinished for item in ordered)
    falls = ordered[lower].unfinished or ordered[upper].unfinished or count - unfinished <= upper
    return Figure(low + (high - low) * hundredths / 100.0, count, 100.0 * unfinished / count, falls)


def within_target(ordered: list[Timed], target: float) -> Figure:
    """The share of items that were finished within the target, in per cent."""
    count = len(ordered)
    if not count:
        return Figure(None)
    kept = sum(item.took <= target and not item.unfinished for item in ordered)
    unfinished = sum(item.unfinished for item in ordered)
    open_still = any(item.took <= target and item.unfinished for item in ordered)
    return Figure(100.0 * kept / count, count, 100.0 * unfinished / count, open_still)


def figures_of(
    latency: Latency, items: Iterable[Item], end_s: float, targets: Mapping[str, float]
) -> dict[str, Figure]:
    """The median, the 95th percentile and the share within target, under the names that reports use."""
    ordered = timed(items, end_s, _UNIT_S[latency.unit])
    return {
        f"{latency.stem}_p50": percentile(ordered, 50),
        f"{latency.stem}_p95": percentile(ordered, 95),
        latency.share: within_target(ordered, targets.get(latency.stem, latency.target)),
    }
