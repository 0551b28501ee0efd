"""Sweep: every day at 03:00 source and target are compared, and what is missing is repaired.

By keys, counts and sums; the same for every model but the baselines; its calls count. A repair is the
workflow's own step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline import patience
from pipeline.exceptions import GIVEN_UP
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import FORCED, Item
from pipeline.patterns.schedule import instants
from pipeline.processing import Processing
from pipeline.settings import Schedule
from pipeline.workflows.stream import Stream

_GRACE_S = 3600.0
Judged = Callable[[Stream], float]
"""Until when what was handed over should have been carried over by now."""


class Sweep:
    """The daily reconciliation of all streams."""

    def __init__(self, streams: Sequence[Stream], processing: Processing, judged: Judged) -> None:
        self._streams = streams
        self._processing = processing
        self._judged = judged
        self._settings = processing.services.settings

    async def run(self) -> None:
        """Every day, for as long as the pipeline is up; its repairs wait for slots until the next day's."""
        loop = asyncio.get_running_loop()
        settings = self._settings
        daily = instants(settings.time, Schedule((settings.sweep_clock,)), settings.hq_zone)
        for at_s, next_s in pairwise(daily):
            if at_s > loop.time():
                await asyncio.sleep(at_s - loop.time())
                with patience.patient(next_s):
                    await self.once()

    async def once(self) -> None:
        """One sweep; a stream that cannot be compared now is left for the next day."""
        await self._adopt()
        again: list[Item] = []
        for stream in self._streams:
            try:
                items = await self._missing(stream)
            except (RefusedError, UnreachableError) as failed:
                self._processing.services.metrics.add(f"sweeps.{stream.name}.broken")
                self._processing.unreadable(stream, failed, "sweep broken")
                continue
            self._processing.readable(stream)
            self._processing.services.metrics.add(f"sweeps.{stream.name}.found", len(items))
            again += await self._repaired(items)
        await self._again(again)
        await self._processing.services.write_back.flush()

    async def _repaired(self, items: Sequence[Item]) -> list[Item]:
        """Carry them over, as many at once as there are workers and slots; those that failed."""
        outcomes = await asyncio.gather(*(self._processing.one(item) for item in items))
        return [item for item, outcome in zip(items, outcomes, strict=True) if outcome.state == "failed"]

    async def _again(self, failed: list[Item]) -> None:
        """Repairs that failed are tried again on the same day; what then fails still is the next day's."""
        for wait_s in self._settings.redelivery_s:
            if not failed:
                return
            await asyncio.sleep(wait_s)
            failed = await self._repaired([item._replace(record=None) for item in failed])

    async def _adopt(self) -> None:
        services = self._processing.services
        try:
            services.exceptions.adopt(await services.salesforce.rows(GIVEN_UP))
        except (RefusedError, UnreachableError):
            services.metrics.add("sweeps.exceptions.broken")

    async def _missing(self, stream: Stream) -> list[Item]:
        """What the comparison finds, and what waits on a person or as a dead letter."""
        now_s = asyncio.get_running_loop().time()
        until_s = min(now_s - _GRACE_S, self._judged(stream))
        since_s = now_s - self._settings.sweep_days * 86400.0
        found = {item.key: item for item in await stream.sweep(since_s, until_s)} if until_s > since_s else {}
        for letter in self._processing.dead_letters.of(stream.name):
            found.setdefault(letter.item.key, letter.item._replace(record=None, mark=FORCED))
        for key, cause in self._processing.services.exceptions.open_keys(stream.flow):
            if cause == "integration":
                found.setdefault(key, Item(stream.name, key, mark=FORCED, order=key))
        return list(found.values())
