"""A reading: what a validation needs of one run in a window, from what the systems hold.

Acts and calls are counted from the full hour in which the window begins, since systems count by the hour;
what lies before it is the same past in every world that is compared. The audit is the run's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from kernel.time import HOUR_S
from measurements.assess import assess
from measurements.calls import errors, own_calls
from measurements.facts import FLOWS, Traffic
from measurements.items import Item
from measurements.observed import Observed
from measurements.view import view

Counts = Mapping[str, int]
Unit = tuple[str, str, int]
"""Flow, key and version of an item."""


class Span(NamedTuple):
    """The window, and the end of observation; seconds since the start of the play."""

    from_s: float
    until_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One run as it is compared.

    `items`: every item that waited at some moment from the window's beginning on, by unit. `acts`, `calls`:
    "system: kind" to requests of people and of the integration; `refused`: "system: limit" to refusals of
    the whole run; `failed`: class of failed calls to count; `retries`: how often an item that was kept from
    passing had to be tried again; `exceptions`: cause to records opened; `audit`: "finding: flow" to count;
    `findings`: those by key, with the workflows whose identity does not hold.
    """

    model: str
    span: Span
    items: Mapping[Unit, Item]
    acts: Counts
    calls: Counts
    refused: Counts
    failed: Counts
    retries: int
    exceptions: Counts
    audit: Counts
    findings: frozenset[tuple[str, ...]]


def read(observed: Observed) -> Reading:
    """What counts of a run."""
    span = Span(*observed.window_s, observed.end_s)
    traffic = [row for row in observed.books.traffic if (row.hour + 1) * HOUR_S > span.from_s]
    judged = assess(observed)
    broken = {("identity", workflow) for workflow, balance in judged.identity.items() if not balance.holds}
    return Reading(
        model=observed.model,
        span=span,
        items={_unit(item): item for item in _waiting(observed, span)},
        acts=_people(traffic),
        calls=_parts(own_calls(traffic)),
        refused={f"{use.system}: {use.limit}": use.refusals for use in observed.books.limits if use.refusals},
        failed=dict(sum((Counter(classes) for classes in errors(traffic).values()), Counter[str]())),
        retries=sum(step.what == "refused" and step.at_s >= span.from_s for step in observed.trail),
        exceptions=_opened(observed, span),
        audit={
            f"{kind}: {flow}": count
            for kind, flows in sorted(judged.audit.items())
            for flow, count in sorted(flows.items())
            if count
        },
        findings=frozenset({tuple(map(str, line[:5])) for line in judged.findings} | broken),
    )


def counted(items: Iterable[Item], span: Span) -> list[Item]:
    """The population: items that start in the window."""
    return [item for item in items if span.from_s <= item.starts_s < span.until_s]


def workflow_of(item: Item) -> str:
    """The workflow that carries the item."""
    return FLOWS[item.flow]


def finished_somewhere(readings: Sequence[Reading]) -> set[Unit]:
    """The units that at least one world finished.

    Of what no world finished all know only how long they looked: it would agree whatever they are worth.
    """
    return {
        unit for reading in readings for unit, item in reading.items.items() if item.finished_s is not None
    }


def _unit(item: Item) -> Unit:
    return item.flow, item.key, item.version


def _waiting(observed: Observed, span: Span) -> list[Item]:
    """In their order; those that were over before the window are past."""
    return [
        item
        for item in chain.from_iterable(view(observed).items.values())
        if item.finished_s is None or item.finished_s >= span.from_s
    ]


def _people(traffic: Iterable[Traffic]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in traffic:
        if row.who == "people":
            found[f"{row.system}: {row.kind}"] += row.calls
    return dict(sorted(found.items()))


def _parts(calls: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {f"{system}: {kind}": count for system, kinds in calls.items() for kind, count in kinds.items()}


def _opened(observed: Observed, span: Span) -> dict[str, int]:
    causes = Counter(row.cause for row in observed.books.problems if row.opened_at_s >= span.from_s)
    return dict(sorted(causes.items()))
