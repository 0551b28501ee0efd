"""What a margin and utilization report over the shelf says: sums per project and per worker.

    revenue = sum of approved billable value (time at bill rates, billable expenses)
    cost    = sum of time at cost rates, and expenses
    hours   = approved hours, of which billable

In minor units of the reporting currency at period-end rates. Cumulative over the facts that the warehouse
holds: those of the running period that the opening brought, and what became visible since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kernel.money import times
from measurements.facts import Snapshot
from mocks.warehouse.shelf import Fact, Values


class Measures(NamedTuple):
    """What one fact adds to its project (all four) and its worker (hours only)."""

    revenue_minor: int
    cost_minor: int
    hours_centi: int
    billable_centi: int


_NONE = Measures(0, 0, 0, 0)


class Report:
    """Running sums over facts in the order of sight; a newer version replaces what the older added."""

    def __init__(self, to_usd: Mapping[str, str]) -> None:
        self._to_usd = to_usd
        self._held: dict[tuple[str, str], tuple[str, str, Measures]] = {}
        self._projects: dict[str, Measures] = {}
        self._workers: dict[str, Measures] = {}

    def put(self, fact: Fact) -> None:
        """Count the fact's version in, and its former version out."""
        if fact.kind not in {"time_approved", "expense"}:
            return
        identity = (fact.source, fact.key)
        project, worker, measures = self._held.get(identity, ("", "", _NONE))
        self._add(project, worker, measures, -1)
        measures = self._measures(fact)
        project, worker = str(fact.values.get("project", "")), str(fact.values.get("worker", ""))
        self._held[identity] = (project, worker, measures)
        self._add(project, worker, measures, 1)

    def rows(self, at_s: float) -> Iterator[Snapshot]:
        """One row per project, then one per worker."""
        for kind, sums in (("project", self._projects), ("worker", self._workers)):
            for key in sorted(sums):
                if key:
                    yield Snapshot(at_s, kind, key, *sums[key])

    def _add(self, project: str, worker: str, measures: Measures, sign: int) -> None:
        for sums, key in ((self._projects, project), (self._workers, worker)):
            revenue, cost, hours, billable = sums.get(key, _NONE)
            sums[key] = Measures(
                revenue + sign * measures[0],
                cost + sign * measures[1],
                hours + sign * measures[2],
                billable + sign * measures[3],
            )

    def _measures(self, fact: Fact) -> Measures:
        values, currency = fact.values, str(fact.values.get("currency", "USD"))
        if fact.kind == "expense":
            amount = self._usd(int(values.get("amount_minor", 0)), currency)
            return Measures(amount if values.get("billable") else 0, amount, 0, 0)
        return Measures(
            self._usd(int(values.get("bill_minor", 0)), currency),
            self._usd(int(values.get("cost_minor", 0)), str(values.get("cost_currency") or currency)),
            int(values.get("hours_centi", 0)),
            billable_centi(values),
        )

    def _usd(self, amount_minor: int, currency: str) -> int:
        rate = self._to_usd.get(currency)
        return amount_minor if rate is None or currency == "USD" else times(amount_minor, rate, "USD")


def billable_centi(values: Values) -> int:
    """Billable hours of a time fact: as told, or all of them where it has a bill amount."""
    told = values.get("billable_centi")
    if told is not None:
        return int(told)
    return int(values.get("hours_centi", 0)) if values.get("bill_minor") else 0


def snapshots(
    log: Iterable[Fact], instants: Iterable[float], to_usd: Mapping[str, str]
) -> Iterator[Snapshot]:
    """What the report said at each instant (ascending), from the order of sight."""
    report = Report(to_usd)
    coming = iter(log)
    fact = next(coming, None)
    for at_s in instants:
        while fact is not None and fact.visible_s <= at_s:
            report.put(fact)
            fact = next(coming, None)
        yield from report.rows(at_s)
