"""The view: the facts of one run, indexed once for all KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kernel.money import times
from measurements.excuses import of_shape
from measurements.facts import Commitment, EntityClose, Problem
from measurements.items import First, Item, by_flow, first_posted, is_about, items
from measurements.observed import Observed
from measurements.workers import held

Span = tuple[float, float]
"""First and last instant."""


@dataclass(frozen=True, slots=True)
class View:
    """Indexes over one `Observed`.

    `commitments` by flow; `first` flow to unit to its earliest posted row; `items` all items by flow,
    `counted` those of the population; `closes` by entity, locked when the ERP locked; `problems` flow and key
    to the exception records on it; `streams` the records about a whole stream, which name keys by shape.
    """

    observed: Observed
    commitments: Mapping[str, list[Commitment]]
    first: Mapping[str, First]
    items: Mapping[str, list[Item]]
    counted: Mapping[str, list[Item]]
    closes: Mapping[str, EntityClose]
    problems: Mapping[tuple[str, str], list[Problem]]
    streams: list[Problem]

    def open_on(self, item: Item) -> list[Span]:
        """When an exception record about the item was open."""
        return [
            _span(row, self.observed.end_s)
            for row in self.problems.get((item.flow, item.key), ())
            if is_about(item, row.version)
        ]

    def rework(self, item: Item, taken_s: float) -> list[Span]:
        """When a record about the item was open, or one about its whole stream before it was taken."""
        whole = [
            _span(row, self.observed.end_s)
            for row in self.streams
            if row.flow == item.flow and item.starts_s >= row.since_s and of_shape(row, item.key)
        ]
        return [*self.open_on(item), *((first_s, min(last_s, taken_s)) for first_s, last_s in whole)]

    def usd(self, sums: Mapping[str, int]) -> int:
        """Sums by currency as minor units of the US dollar at period-end rates. Raises KeyError."""
        rates = self.observed.rates
        return sum(
            amount if currency in {"", "USD"} else times(amount, rates[currency], "USD")
            for currency, amount in sums.items()
        )


def view(observed: Observed) -> View:
    """Index the facts of a run."""
    commitments = by_flow(observed.books.commitments)
    first = first_posted(observed.books.effects)
    if "worker" in commitments:
        first["worker"] = {**first.get("worker", {}), **held(commitments["worker"], first.get("worker", {}))}
    found = items(commitments, first, observed.books.sightings, observed.end_s)
    counted = {flow: within(rows, observed.window_s) for flow, rows in found.items()}
    closes = {close.entity: close for close in as_locked(observed)}
    problems = _problems(observed.books.problems)
    streams = [row for row in observed.books.problems if row.keys]
    return View(observed, commitments, first, found, counted, closes, problems, streams)


def as_locked(observed: Observed) -> Iterator[EntityClose]:
    """The closes with their locks as the ERP has them: finance locks late where the ERP is down.

    A lock that never fell stays where it was planned.
    """
    told = {lock.entity: lock for lock in observed.books.locks if lock.period == observed.period}
    for close in observed.closes:
        lock = told.get(close.entity)
        time_s = None if lock is None else lock.time_lock_s
        ledger_s = None if lock is None else lock.ledger_lock_s
        yield close._replace(
            time_lock_s=close.time_lock_s if time_s is None else time_s,
            ledger_lock_s=close.ledger_lock_s if ledger_s is None else ledger_s,
        )


def within(rows: Iterable[Item], window_s: tuple[float, float]) -> list[Item]:
    """The population: items whose start event lies in the window."""
    first_s, last_s = window_s
    return [item for item in rows if first_s <= item.starts_s < last_s]


def _problems(rows: Iterable[Problem]) -> dict[tuple[str, str], list[Problem]]:
    found: dict[tuple[str, str], list[Problem]] = {}
    for row in rows:
        if not row.keys:
            found.setdefault((row.flow, row.key), []).append(row)
    return found


def _span(row: Problem, end_s: float) -> Span:
    return row.opened_at_s, end_s if row.closed_at_s is None else row.closed_at_s
