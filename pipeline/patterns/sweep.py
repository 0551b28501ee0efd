"""Sweep: every day at 03:00 source and target are compared, and what is missing is repaired.

    last complete sweep ──────────> now      compared (never less than events are kept, and a day)
    dead letters, hooks given up ─> again    by the workflow's own step, a few at a time
    still fails ──────────────────> told     as an exception record, under every pattern
    open, though it stands ───────> closed
    not compared for two days ────> told     of the whole stream
told, and refused by the org ─> told     once more

By keys, counts and sums; the same for every model but the baselines; its calls count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline import patience
from pipeline.exceptions import GIVEN_UP, Open
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import FORCED, Item
from pipeline.patterns.bounded import bounded
from pipeline.patterns.schedule import instants
from pipeline.processing import SWEPT, Processing
from pipeline.settings import Schedule
from pipeline.workflows.stream import Stream, fits

_GRACE_S = 3600.0
_SWEEP = "sweep broken"
_BLIND_S = 2 * 86400.0
"""How long a stream may go uncompared before people are told (assumption): one night may be the outage of an
hour, two are none.
"""
Judged = Callable[[Stream], float]
"""Until when what was handed over should have been carried over by now."""


class Sweep:
    """The daily reconciliation of all streams; one comparison at a time."""

    def __init__(self, streams: Sequence[Stream], processing: Processing, judged: Judged) -> None:
        self._streams = streams
        self._processing = processing
        self._services = processing.services
        self._judged = judged
        self._settings = processing.services.settings
        self._swept = processing.services.store.table(SWEPT)
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Every day, for as long as the pipeline is up; never where no time of day is set.

        What it reads and repairs waits for slots until midway to the next, when people can be told.
        """
        loop = asyncio.get_running_loop()
        settings = self._settings
        if not settings.sweep_clock:
            return
        daily = instants(settings.time, Schedule((settings.sweep_clock,)), settings.hq_zone)
        for at_s, next_s in pairwise(daily):
            if at_s > loop.time():
                await asyncio.sleep(at_s - loop.time())
                with patience.patient((at_s + next_s) / 2.0):
                    await self.once()

    async def once(self) -> None:
        """One sweep; a stream that cannot be compared now is left for the next day."""
        await self._adopt()
        failed = {stream.name: await self.compare(stream) for stream in self._streams}
        await self._again(failed)
        await self._closed()
        self._services.exceptions.send_again()
        await self._services.write_back.flush()

    async def _again(self, failed: dict[str, list[Item]]) -> None:
        """What could not be repaired is tried again on the same day, by the waits of redelivery."""
        for wait_s in self._settings.redelivery_s:
            if not any(failed.values()):
                return
            await asyncio.sleep(wait_s)
            for stream in self._streams:
                failed[stream.name] = await self._repair(stream, failed[stream.name])

    async def compare(self, stream: Stream) -> list[Item]:
        """One stream; what could not be repaired. It is complete, and the next begins from there, once all it
        found went its way.
        """
        async with self._turn:
            now_s = asyncio.get_running_loop().time()
            until_s = min(now_s - _GRACE_S, self._judged(stream))
            found = await self._differing(stream, self._since_s(stream, now_s), until_s)
            failed = await self._repair(stream, [*(found or ()), *self._left(stream)])
            if found is not None and until_s > self._swept.get(stream.name, 0.0):
                self._swept.put(stream.name, until_s)
                self._services.store.commit()
            return failed

    def _since_s(self, stream: Stream, now_s: float) -> float:
        """From the last complete one, and always deeper than events are kept: of two nets that end at one
        depth, what falls through the first falls through the second.
        """
        swept_s: float = self._swept.get(stream.name, 0.0)
        deep_s = now_s - self._settings.event_retention_s - self._settings.sweep_beyond_s
        return max(0.0, min(swept_s, deep_s))

    async def _differing(self, stream: Stream, since_s: float, until_s: float) -> list[Item] | None:
        """What differs; None where it could not be compared."""
        metrics = self._services.metrics
        try:
            found = await stream.sweep(since_s, until_s) if until_s > since_s else []
        except (RefusedError, UnreachableError) as failed:
            metrics.add(f"sweeps.{stream.name}.broken")
            self._processing.unreadable(stream, failed, _SWEEP)
            blind_s = asyncio.get_running_loop().time() - self._swept.get(stream.name, 0.0)
            if isinstance(failed, UnreachableError) and blind_s > _BLIND_S:
                self._processing.given_up(stream, _SWEEP, failed.cause, failed.detail)
            return None
        self._processing.readable(stream, _SWEEP)
        metrics.add(f"sweeps.{stream.name}.found", len(found))
        return found

    def _left(self, stream: Stream) -> list[Item]:
        """What waits as a dead letter, and what the org itself told people of."""
        letters = [letter.item for letter in self._processing.dead_letters.of(stream.name)]
        units = [one.unit for one in self._services.exceptions.all() if one.cause == "integration"]
        given_up = [
            Item(stream.name, unit.key, order=unit.key)
            for unit in units
            if unit.flow == stream.flow and fits(stream, unit.key)
        ]
        return [item._replace(record=None, mark=FORCED) for item in (*letters, *given_up)]

    async def _repair(self, stream: Stream, items: Sequence[Item]) -> list[Item]:
        """Each once, a few at a time; what failed, of which people must know."""
        once: dict[str, Item] = {}
        for item in items:
            once.setdefault(item.identity, item)
        outcomes = await bounded(self._processing.one, list(once.values()), self._settings.repairs)
        for outcome in outcomes:
            if outcome.state == "failed":
                self._processing.report(stream, outcome)
        left = {outcome.item.identity for outcome in outcomes if outcome.state == "failed"}
        return [item._replace(record=None) for name, item in once.items() if name in left]

    async def _adopt(self) -> None:
        try:
            self._services.exceptions.adopt(await self._services.salesforce.rows(GIVEN_UP))
        except (RefusedError, UnreachableError):
            self._services.metrics.add("sweeps.exceptions.broken")

    async def _closed(self) -> None:
        """Close what is open on an item that stands, whoever brought it there."""
        for stream in self._streams:
            units = [open_.unit for open_ in self._services.exceptions.all() if _speaks(stream, open_)]
            try:
                due = await stream.differing([unit.key for unit in units]) if units else frozenset[str]()
            except (RefusedError, UnreachableError):
                self._services.metrics.add("sweeps.exceptions.broken")
                continue
            for unit in units:
                if unit.key not in due:
                    self._services.exceptions.close(unit.stream, unit.flow, unit.key)


def _speaks(stream: Stream, open_: Open) -> bool:
    """Whether it is about one item of the stream, and about its effect rather than a note of it."""
    unit = open_.unit
    return unit.stream == stream.name != unit.key and open_.cause != "write_back"
