"""Which changes of workers are in effect and not carried over yet, and which wait for their day.

    Updated window     what was entered lately: future-dated ones wait, all others are in effect
    Effective window   what has just come into effect, whenever it was entered

Either alone is not enough: by entry date alone a future-dated change is missed on its day.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from datetime import date
from typing import Any, NamedTuple

from pipeline.item import Item
from pipeline.services import Services
from pipeline.translation.worker import key_of, worker_key, worker_of
from pipeline.workflows.worker_state import WorkerState

UPDATED = "updated"
WINDOWS = (UPDATED, "effective")
STREAM = "workers"
_ZONES_S = 30 * 3600.0
"""How far back the effective window reaches: a day begins at most 26 h apart on Earth; the overlap on top."""

Given = Mapping[str, Any]


class Entry(NamedTuple):
    """A change as the transaction log names it."""

    change: str
    effective: str
    entered: str


class Found(NamedTuple):
    """A worker as of now, the entries in effect, and those to come."""

    given: Given
    now: dict[str, Entry]
    later: dict[str, Entry]


class WorkerChanges:
    """Reads deltas. `windows` leaves one out: point-to-point does, and misses what is future-dated."""

    def __init__(self, services: Services, state: WorkerState, windows: tuple[str, ...] = WINDOWS) -> None:
        self._services = services
        self._state = state
        self._windows = windows

    async def items(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Items of [since, until): in effect with their data, future-dated ones thin and held."""
        found = await self.found(since_s, until_s)
        for worker, one in found.items():
            new = [entry for entry in one.now.values() if not self._state.settled(entry.change)]
            items = [*await self._in_effect(worker, one.given, new, until_s)]
            items += [await self._held(worker, one.given, entry) for entry in one.later.values()]
            if items:
                yield items

    async def found(self, since_s: float, until_s: float) -> dict[str, Found]:
        """Workers with changes of the window, by key. Raises UnreachableError."""
        found: dict[str, Found] = {}
        since_s = max(since_s, 0.0)
        if "effective" in self._windows:
            async for given, entry in self._logged(None, (max(since_s - _ZONES_S, 0.0), until_s)):
                _of(found, given).now[entry.change] = entry
        if UPDATED in self._windows:
            async for given, entry in self._logged((since_s, until_s), None):
                self._sort(_of(found, given), entry, until_s)
        return found

    async def _logged(
        self, updated: tuple[float, float] | None, effective: tuple[float, float] | None
    ) -> AsyncGenerator[tuple[Given, Entry], None]:
        async with aclosing(self._services.workday.changes(updated, effective)) as pages:
            async for page in pages:
                for given in page:
                    for line in given["log"]:
                        yield given, Entry(line["change"], line["effective"], line["entered"])

    def _sort(self, one: Found, entry: Entry, now_s: float) -> None:
        """In effect where its day has begun everywhere; else it is held until the effective window has it."""
        if entry.change in one.now:
            return
        midnights = [self._midnight_s(entry.effective, zone) for zone in self._zones()]
        (one.now if max(midnights) <= now_s else one.later)[entry.change] = entry

    def _zones(self) -> Iterable[str]:
        entities = self._services.settings.entities.values()
        return [setting.zone for setting in entities] or [self._services.settings.hq_zone]

    def _midnight_s(self, day: str, zone: str) -> float:
        return self._services.settings.time.at(date.fromisoformat(day), "00:00", zone)

    async def _in_effect(self, worker: str, given: Given, entries: list[Entry], now_s: float) -> list[Item]:
        """One item a change, in order of effect, each with the worker as that change left it."""
        entries = sorted(entries, key=lambda entry: (entry.effective, entry.entered))
        items = []
        for place, entry in enumerate(entries):
            record = given
            if place < len(entries) - 1:
                entered = max(other.entered for other in entries[: place + 1])
                record = await self._as_of(worker, entry.effective, entered) or given
            items.append(_item(worker, entry, record, now_s))
        return items

    async def _held(self, worker: str, given: Given, entry: Entry) -> Item:
        """Until 00:00 of its day at the worker's entity; who is not hired yet is asked for as of that day."""
        known = worker_of(given) or worker_of(await self._as_of(worker, entry.effective, "") or {})
        entity = self._services.settings.entities.get(known.entity) if known else None
        zone = entity.zone if entity else self._services.settings.hq_zone
        item = _item(worker, entry, None, self._services.settings.time.seconds(entry.entered))
        at_s = self._midnight_s(entry.effective, zone)
        return item._replace(mark=f"{entry.change} held", not_before_s=at_s)

    async def _as_of(self, worker: str, on: str, entered: str) -> Given | None:
        found = await self._services.workday.named([worker], on=on, entered=entered)
        return found[0] if found else None


def _of(found: dict[str, Found], given: Given) -> Found:
    return found.setdefault(worker_key(given), Found(given, {}, {}))


def _item(worker: str, entry: Entry, record: Given | None, handed_s: float) -> Item:
    key = key_of(worker, entry.effective, entry.change)
    return Item(STREAM, key, 1, entry.change, worker, record, handed_s)
