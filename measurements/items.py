"""Items: what a latency KPI counts, from its start event to the instant its last part stood.

    documents (time, expense, invoice, revenue)  one item a key and version; every part must be posted
    states (project, worker, control)            a version stands once it or a newer one does
    reporting                                    a version is seen once the warehouse shows it or a newer one

Recalled or superseded before it stood: no item, since it never had to. A state from before the run that
nobody wrote again stood from the opening: no item either. *Posted* means approved in the target and in a
period that was open at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from measurements.facts import DOCUMENTS, TARGETS, Commitment, Effect, Sighting
from measurements.identity import Unit


class Item(NamedTuple):
    """One counted thing; `finished_s` None = not by the end of observation."""

    flow: str
    key: str
    version: int
    entity: str
    starts_s: float
    finished_s: float | None


WHOLE = frozenset({"project"})
"""Flows in which a key is one item whatever its version: its version is 0."""


def is_about(item: Item, version: int) -> bool:
    """Whether what was said of a version of the item's key concerns the item.

    A document is its own version. A state stands once a newer one does, so that what holds the newer one up
    holds it up too. A version of 0 names none: then all are meant.
    """
    if version == 0 or item.version == 0:
        return True
    return version == item.version if item.flow in DOCUMENTS else version >= item.version


First = Mapping[Unit, Effect]
"""Unit to its earliest posted row."""

Versions = Mapping[tuple[str, str], Sequence[tuple[int, float]]]
"""Key and part to the (version, instant) at which each was first there."""


def by_flow(rows: Iterable[Commitment]) -> dict[str, list[Commitment]]:
    """Rows by their flow, in order."""
    flows: dict[str, list[Commitment]] = {}
    for row in rows:
        held = flows.get(row.flow)
        if held is None:
            held = flows[row.flow] = []
        held.append(row)
    return flows


def first_posted(effects: Iterable[Effect]) -> dict[str, dict[Unit, Effect]]:
    """Flow to unit to its earliest posted row; reversals, pending and void rows do not count."""
    found: dict[str, dict[Unit, Effect]] = {}
    for effect in effects:
        if effect.state != "posted" or effect.reverses:
            continue
        flow = effect.flow
        if flow in DOCUMENTS and not effect.period_open:
            continue
        units = found.get(flow)
        if units is None:
            units = found[flow] = {}
        unit = (effect.key, effect.part, effect.version)
        known = units.get(unit)
        if known is None or effect.at_s < known.at_s:
            units[unit] = effect
    return found


def items(
    commitments: Mapping[str, Sequence[Commitment]],
    first: Mapping[str, First],
    sightings: Sequence[Sighting],
    end_s: float,
) -> dict[str, list[Item]]:
    """Every item of every flow by the end of observation, in order of its first row."""
    found: dict[str, list[Item]] = {}
    for flow, rows in commitments.items():
        units = first.get(flow, {})
        if flow in DOCUMENTS:
            found[flow] = _documents(flow, rows, units, end_s)
        elif flow == "reporting":
            found[flow] = _reporting(rows, _seen(sightings), end_s)
        else:
            found[flow] = _states(flow, rows, _versions(units), end_s)
    return found


class _Open:
    """An item while its rows are read: earliest start, latest part, last recall."""

    __slots__ = ("entity", "finished_s", "starts_s", "withdrawn_s")

    def __init__(self, row: Commitment, finished_s: float) -> None:
        self.entity = row.entity
        self.starts_s = row.due_from_s
        self.finished_s = finished_s
        self.withdrawn_s = math.inf if row.withdrawn_at_s is None else row.withdrawn_at_s

    def join(self, row: Commitment, finished_s: float) -> None:
        """One more part or version of the same item."""
        self.starts_s = min(self.starts_s, row.due_from_s)
        self.finished_s = max(self.finished_s, finished_s)
        self.withdrawn_s = max(
            self.withdrawn_s, math.inf if row.withdrawn_at_s is None else row.withdrawn_at_s
        )


def _documents(flow: str, rows: Sequence[Commitment], first: First, end_s: float) -> list[Item]:
    held: dict[tuple[str, int], _Open] = {}
    for row in rows:
        if not row.authorised or row.due_from_s > end_s:
            continue
        effect = first.get((row.key, row.part, row.version))
        _add(held, (row.key, row.version), row, math.inf if effect is None else effect.at_s)
    return _closed(flow, held, end_s)


def _states(flow: str, rows: Sequence[Commitment], versions: Versions, end_s: float) -> list[Item]:
    """A project is one item whatever its version: its clock runs from the first win."""
    held: dict[tuple[str, int], _Open] = {}
    whole = flow in WHOLE
    for row in rows:
        if not row.authorised or row.due_from_s > end_s:
            continue
        version = 0 if whole else row.version
        parts = (row.part,) if row.part or flow not in TARGETS else ("psa", "erp")
        finished_s = max(_since(versions.get((row.key, part), ()), version) for part in parts)
        if row.committed_at_s >= 0 or finished_s < math.inf:
            _add(held, (row.key, version), row, finished_s)
    return _closed(flow, held, end_s)


def _reporting(rows: Sequence[Commitment], seen: Versions, end_s: float) -> list[Item]:
    held: dict[tuple[str, int], _Open] = {}
    for row in rows:
        if row.authorised and row.due_from_s <= end_s:
            at_s = _since(seen.get((row.system, row.key), ()), row.version)
            if row.committed_at_s >= 0 or at_s < math.inf:
                _add(held, (row.key, row.version), row, at_s)
    return _closed("reporting", held, end_s)


def _add(held: dict[tuple[str, int], _Open], unit: tuple[str, int], row: Commitment, at_s: float) -> None:
    known = held.get(unit)
    if known is None:
        held[unit] = _Open(row, at_s)
    else:
        known.join(row, at_s)


def _closed(flow: str, held: Mapping[tuple[str, int], _Open], end_s: float) -> list[Item]:
    found = []
    for (key, version), item in held.items():
        if item.finished_s > end_s:
            if item.withdrawn_s <= end_s:
                continue
            found.append(Item(flow, key, version, item.entity, item.starts_s, None))
        elif item.withdrawn_s >= item.finished_s:
            finished_s = max(item.starts_s, item.finished_s)
            found.append(Item(flow, key, version, item.entity, item.starts_s, finished_s))
    return found


def _versions(first: First) -> dict[tuple[str, str], list[tuple[int, float]]]:
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for (key, part, version), effect in first.items():
        found.setdefault((key, part), []).append((version, effect.at_s))
    return found


def _seen(sightings: Iterable[Sighting]) -> dict[tuple[str, str], list[tuple[int, float]]]:
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in sightings:
        if row.visible_at_s is not None:
            found.setdefault((row.source, row.key), []).append((row.version, row.visible_at_s))
    return found


def _since(versions: Sequence[tuple[int, float]], wanted: int) -> float:
    """When that version or a newer one was first there."""
    return min((at_s for version, at_s in versions if version >= wanted), default=math.inf)
