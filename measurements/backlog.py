"""What waited, hour by hour: items that had started and not yet stood at each full hour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from measurements.items import Item

Series = Sequence[tuple[int, float]]
"""Hour to items waiting, a line where the count changed; it holds until the next line."""

_HOUR_S = 3600.0
_NEAR = 0.05
"""How near its fault-free twin a backlog must be to count as recovered (semantics.md §6)."""


def backlog(items: Iterable[Item], end_s: float) -> list[tuple[int, float]]:
    """All items of one flow, those outside the population too: they wait as well."""
    hours = math.floor(end_s / _HOUR_S)
    change = [0] * (hours + 2)
    for item in items:
        # At the instant of hour h an item waits if it started at or before h and finished after h.
        first = max(0, math.ceil(item.starts_s / _HOUR_S))
        last = hours + 1 if item.finished_s is None else max(0, math.ceil(item.finished_s / _HOUR_S))
        if first < last and first <= hours:
            change[first] += 1
            change[min(last, hours + 1)] -= 1
    series: list[tuple[int, float]] = []
    waiting = 0
    for hour in range(hours + 1):
        waiting += change[hour]
        if change[hour] or not hour:
            series.append((hour, float(waiting)))
    return series


def waiting(items: Mapping[str, Iterable[Item]], end_s: float) -> dict[str, list[tuple[int, float]]]:
    """The backlog of every flow."""
    return {flow: backlog(rows, end_s) for flow, rows in items.items()}


def total(backlogs: Mapping[str, Series], hours: int) -> list[float]:
    """The sum over flows at each full hour from 0 to `hours`."""
    sums = [0.0] * (hours + 1)
    for series in backlogs.values():
        known = dict(series)
        waiting = 0.0
        for hour in range(hours + 1):
            waiting = known.get(hour, waiting)
            sums[hour] += waiting
    return sums


def recovered_h(mine: Sequence[float], twin: Sequence[float], end_h: float) -> float | None:
    """The first full hour from a fault's end on at which the backlog is within 5 % of its twin's."""
    for hour in range(math.ceil(end_h), min(len(mine), len(twin))):
        if mine[hour] <= twin[hour] * (1 + _NEAR):
            return max(float(hour), end_h)
    return None
