"""Point-to-point: one script per pair of systems, as found in the field; a baseline.

Every 15 minutes it asks for what was saved since a watermark, which it stores before it writes; it creates
plainly, tries once, and writes failures to a log that nobody reads.
"""

from __future__ import annotations

import asyncio
from math import inf

from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Item
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
                await self._together(items)
                return
        except (RefusedError, UnreachableError) as failed:
            self._log("", failed)
            return
        for item in items:
            await self._write(item)

    async def _together(self, items: list[Item]) -> None:
        for outcome in await self._stream.apply_bulk(items):
            for back in outcome.backs:
                self._services.write_back.later(back)

    async def _write(self, item: Item) -> None:
        try:
            outcome = await self._stream.apply(item)
            await self._services.write_back.now(outcome.backs, inf)
        except (RefusedError, UnreachableError) as failed:
            self._log(item.key, failed)

    def _log(self, key: str, failed: RefusedError | UnreachableError) -> None:
        self._services.metrics.add(f"log.{self._stream.name}")
        self._services.trail.step(self._stream.flow, key, 0, "logged", failed.detail)
