"""The view: the facts of one run, indexed once for all KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kernel.money import times
from measurements.facts import Commitment, EntityClose
from measurements.items import First, Item, by_flow, first_posted, items
from measurements.observed import Observed
from measurements.workers import held

Version = tuple[str, str, int]
"""Flow, key and version."""


@dataclass(frozen=True, slots=True)
class View:
    """Indexes over one `Observed`.

    `commitments` by flow; `first` flow to unit to its earliest posted row; `items` all items by flow,
    `counted` those of the population; `closes` by entity, locked when the ERP locked; `problems` (flow, key,
    version) to their spans.
    """

    observed: Observed
    commitments: Mapping[str, list[Commitment]]
    first: Mapping[str, First]
    items: Mapping[str, list[Item]]
    counted: Mapping[str, list[Item]]
    closes: Mapping[str, EntityClose]
    problems: Mapping[Version, list[tuple[float, float]]]

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
    return View(observed, commitments, first, found, counted, closes, _problems(observed))


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


def _problems(observed: Observed) -> dict[Version, list[tuple[float, float]]]:
    """When exceptions were open; one on an item that was never read is about each of its versions."""
    found: dict[Version, list[tuple[float, float]]] = {}
    unread = {(row.flow, row.key) for row in observed.books.problems if not row.version}
    versions: dict[tuple[str, str], set[int]] = {unit: set() for unit in unread}
    for due in observed.books.commitments if unread else ():
        if (due.flow, due.key) in versions:
            versions[due.flow, due.key].add(due.version)
    for row in observed.books.problems:
        closed_s = observed.end_s if row.closed_at_s is None else row.closed_at_s
        for version in (row.version,) if row.version else sorted(versions[row.flow, row.key]):
            found.setdefault((row.flow, row.key, version), []).append((row.opened_at_s, closed_s))
    return found
