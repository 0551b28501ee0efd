"""Batch: the pipeline starts on a schedule, reads by watermark, writes in bulk; work waits in the source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from pipeline import patience
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Item
from pipeline.patterns.polling import Watermarks, taken
from pipeline.patterns.schedule import runs
from pipeline.processing import Processing
from pipeline.workflows.stream import Stream


class Batch:
    """The scheduled runs of one workflow."""

    def __init__(
        self, workflow: str, streams: Sequence[Stream], processing: Processing, watermarks: Watermarks
    ) -> None:
        self._workflow = workflow
        self._streams = [stream for stream in streams if not stream.instants_s]
        self._processing = processing
        self._watermarks = watermarks
        self._settings = processing.services.settings

    async def run(self) -> None:
        """Every run while the pipeline is up; one that would start during another is left out.

        A run waits for slots until the next one starts; what is left then stays in the source.
        """
        loop = asyncio.get_running_loop()
        for at_s, next_s in pairwise(runs(self._settings, self._workflow)):
            if at_s < loop.time():
                continue
            await asyncio.sleep(at_s - loop.time())
            with patience.patient(next_s):
                await self.once()

    async def once(self) -> None:
        """One run over all streams, in their order; the write-back ends it."""
        self._processing.services.metrics.add(f"runs.{self._workflow}")
        for stream in self._streams:
            try:
                await self._stream(stream)
            except (RefusedError, UnreachableError) as failed:
                self._processing.services.metrics.add(f"runs.{self._workflow}.broken")
                self._processing.unreadable(stream, failed, "run broken")
            else:
                self._processing.readable(stream, "run broken")
        await self._processing.services.write_back.flush()

    async def _stream(self, stream: Stream) -> None:
        """The watermark is committed after the run; what failed in time comes again with the next."""
        now_s = asyncio.get_running_loop().time()
        until_s = now_s - self._settings.schedule(self._workflow).cut_off_h * 3600.0
        since_s = self._watermarks.of(stream.name) - self._watermarks.overlap_s
        items = await taken(stream, since_s, until_s, now_s)
        await self._processing.many(stream, self._with_letters(stream, items), by="batch")
        self._watermarks.commit(stream.name, max(until_s, 0.0))

    def _with_letters(self, stream: Stream, items: list[Item]) -> list[Item]:
        """What failed before goes first, unless it changed anyway."""
        keys = {item.key for item in items}
        letters = self._processing.dead_letters.of(stream.name)
        again = [letter.item._replace(record=None) for letter in letters if letter.item.key not in keys]
        return [*again, *items]
