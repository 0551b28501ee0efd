"""A live run beside its twin: signed errors of each workflow and of all together, and every count.

A sign above 0 says that the simulation tells more than was measured live.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from kernel.time import HOUR_S
from measurements.items import Item
from measurements.judgement import FINDINGS
from measurements.percentiles import percentile, timed
from validation.distances import (
    backlog,
    ks_distance,
    peak_s,
    relative,
    trajectory_error,
    wasserstein_over_mean,
)
from validation.reading import Counts, Reading, Unit, counted, finished_somewhere, workflow_of

ALL = "all workflows"


class Told(NamedTuple):
    """One workflow in one world: seconds, items an hour, items that wait at the end of each bin.

    `n` items start in the window, of which `unfinished` are not over at the end; those enter at their age.
    Items that finish at one instant are one event, as of a bulk write: `single` is how many independent ones
    they are worth, (Σ m)² / Σ m² of groups of m (Kish's effective size).
    """

    n: int
    single: float
    unfinished: int
    per_hour: float
    mean_s: float
    p50_s: float
    p95_s: float
    took_s: Sequence[float]
    backlog: Sequence[int]


class Errors(NamedTuple):
    """A workflow in both worlds, and how far the twin is from what was measured; None = cannot be said.

    `ks` and `wasserstein` are of latencies, `backlog` of trajectories; `peak_min`: later in the twin.
    """

    live: Told
    twin: Told
    throughput: float | None
    mean: float | None
    p50: float | None
    p95: float | None
    ks: float | None
    wasserstein: float | None
    backlog: float | None
    peak_min: float


class Comparison(NamedTuple):
    """`workflows` has `ALL` first; `counts`: table to name to (live, twin).

    `only_live` and `only_twin`: what the audit found, by key, in one of them; `unjudged`: items that neither
    world finished, by workflow.
    """

    workflows: Mapping[str, Errors]
    counts: Mapping[str, Mapping[str, tuple[int, int]]]
    only_live: Sequence[tuple[str, ...]]
    only_twin: Sequence[tuple[str, ...]]
    same_audit: bool
    unjudged: Counts


def compared(live: Reading, twin: Reading) -> Comparison:
    """All errors of one live run against one twin."""
    units = finished_somewhere((live, twin))
    return Comparison(
        workflows={
            name: _errors(told(live, units, name), told(twin, units, name))
            for name in populations((live, twin), units)
        },
        counts={
            "acts": _both(live.acts, twin.acts),
            "calls": _both(live.calls, twin.calls),
            "refused": _both(live.refused, twin.refused),
            "failed": _both(live.failed, twin.failed),
            "retries": {"items tried again": (live.retries, twin.retries)},
            "exceptions": _both(live.exceptions, twin.exceptions),
            "audit": _both(live.audit, twin.audit),
        },
        only_live=sorted(live.findings - twin.findings),
        only_twin=sorted(twin.findings - live.findings),
        same_audit=same_audit(live, twin),
        unjudged=unjudged(live, units),
    )


def same_audit(one: Reading, other: Reading) -> bool:
    """Whether both audits found the same to be wrong, count by count and key by key.

    What is pending or has an open exception at the end is no finding: it is counted, and its error published.
    """
    return _wrong(one) == _wrong(other) and one.findings == other.findings


def _wrong(reading: Reading) -> dict[str, int]:
    return {name: count for name, count in reading.audit.items() if name.split(":")[0] in FINDINGS}


def populations(readings: Sequence[Reading], units: Collection[Unit]) -> list[str]:
    """All together, then each workflow of which an item starts in the window and is finished somewhere."""
    found = {
        workflow_of(item)
        for reading in readings
        for item in counted(reading.items.values(), reading.span)
        if (item.flow, item.key, item.version) in units
    }
    return [ALL, *sorted(found)] if found else []


def unjudged(reading: Reading, units: Collection[Unit]) -> dict[str, int]:
    """By workflow: items that start in the window and that no world finished."""
    found: dict[str, int] = {}
    for item in counted(reading.items.values(), reading.span):
        if (item.flow, item.key, item.version) not in units:
            found[workflow_of(item)] = found.get(workflow_of(item), 0) + 1
    return dict(sorted(found.items()))


def told(reading: Reading, units: Collection[Unit], workflow: str) -> Told:
    """One workflow of a reading, of those units."""
    items = [
        item
        for unit, item in reading.items.items()
        if unit in units and (workflow == ALL or workflow_of(item) == workflow)
    ]
    span = reading.span
    population = counted(items, span)
    ordered = timed(population, span.end_s, 1.0)
    took = [one.took for one in ordered]
    return Told(
        n=len(took),
        single=_single(population),
        unfinished=sum(one.unfinished for one in ordered),
        per_hour=_finished(items, span.from_s, span.until_s) * HOUR_S / (span.until_s - span.from_s),
        mean_s=sum(took) / len(took) if took else 0.0,
        p50_s=percentile(ordered, 50).value or 0.0,
        p95_s=percentile(ordered, 95).value or 0.0,
        took_s=took,
        backlog=backlog(items, span),
    )


def _single(items: Sequence[Item]) -> float:
    groups = Counter(item.finished_s for item in items).values()
    return len(items) ** 2 / sum(group * group for group in groups) if items else 0.0


def _finished(items: Sequence[Item], from_s: float, until_s: float) -> int:
    return sum(item.finished_s is not None and from_s <= item.finished_s < until_s for item in items)


def _errors(live: Told, twin: Told) -> Errors:
    return Errors(
        live,
        twin,
        throughput=relative(live.per_hour, twin.per_hour),
        mean=relative(live.mean_s, twin.mean_s),
        p50=relative(live.p50_s, twin.p50_s),
        p95=relative(live.p95_s, twin.p95_s),
        ks=ks_distance(live.took_s, twin.took_s),
        wasserstein=wasserstein_over_mean(live.took_s, twin.took_s),
        backlog=trajectory_error(live.backlog, twin.backlog),
        peak_min=(peak_s(twin.backlog) - peak_s(live.backlog)) / 60.0,
    )


def _both(live: Counts, twin: Counts) -> dict[str, tuple[int, int]]:
    return {name: (live.get(name, 0), twin.get(name, 0)) for name in sorted({*live, *twin})}
