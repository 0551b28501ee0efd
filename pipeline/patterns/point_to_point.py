"""Point-to-point: one script per pair of systems, as found in the field; a baseline.

Every 15 minutes it asks for what was saved since a watermark, which it stores before it writes; it creates
plainly, tries once, and writes failures to a log that nobody reads.
"""

from __future__ import annotations

import asyncio
from functools import partial
from math import inf

from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Item, Outcome, Result
from pipeline.patterns.polling import taken
from pipeline.services import Services
from pipeline.workflows.stream import Stream, batched


class Script:
    """The script of one stream."""

    def __init__(self, stream: Stream, services: Services, offset_s: float) -> None:
        """`offset_s`: scripts are not all started in the same minute."""
        self._stream = stream
        self._services = services
        self._offset_s = offset_s
        self._watermark_s = 0.0

    async def run(self) -> None:
        """Poll for as long as the pipeline is up; what has fixed times runs at those."""
        loop = asyncio.get_running_loop()
        if self._stream.instants_s:
            for at_s in self._stream.instants_s:
                await asyncio.sleep(max(0.0, at_s - loop.time()))
                await self.once()
            return
        every_s = self._services.settings.plain_poll_s
        while True:
            await asyncio.sleep(every_s - (loop.time() - self._offset_s) % every_s)
            await self.once()

    async def once(self) -> None:
        """One poll. The watermark moves first: what fails below is not asked for again."""
        now_s = asyncio.get_running_loop().time()
        since_s, self._watermark_s = self._watermark_s, now_s
        try:
            items = await taken(self._stream, since_s, now_s, now_s)
            if batched(self._stream) or self._stream.instants_s:
                await self._together(items, now_s)
                return
        except (RefusedError, UnreachableError) as failed:
            self._log(None, failed.detail)
            return
        for item in items:
            await self._write(item, now_s)

    async def _together(self, items: list[Item], taken_s: float) -> None:
        for outcome in await self._stream.apply_bulk(items):
            self._noted(outcome, taken_s)
            for back in outcome.backs:
                self._services.write_back.later(back, partial(self._written, outcome.item))

    async def _write(self, item: Item, taken_s: float) -> None:
        """One attempt; a failure in the middle leaves what was written before it."""
        try:
            outcome = await self._stream.apply(item)
            self._noted(outcome, taken_s)
            await self._services.write_back.now(outcome.backs, inf)
        except (RefusedError, UnreachableError) as failed:
            self._log(item, failed.detail)

    def _written(self, item: Item, result: Result) -> None:
        if not result.ok:
            self._log(item, f"write-back {result.key}: {result.detail}")

    def _noted(self, outcome: Outcome, taken_s: float) -> None:
        item = outcome.item
        if outcome.state != "skipped":
            self._services.trail.taken(self._stream.flow, item.key, item.version, taken_s)
        if outcome.state in {"refused", "failed"}:
            self._log(item, outcome.detail)

    def _log(self, item: Item | None, detail: str) -> None:
        key, version = (item.key, item.version) if item else ("", 0)
        self._services.metrics.add(f"log.{self._stream.name}")
        self._services.trail.step(self._stream.flow, key, version, "logged", detail)
