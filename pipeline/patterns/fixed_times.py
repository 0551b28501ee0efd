"""Fixed times: streams that every pattern starts at the same instants, such as revenue runs."""

from __future__ import annotations

import asyncio

from pipeline.failures import RefusedError, UnreachableError
from pipeline.patterns.polling import taken
from pipeline.processing import Processing
from pipeline.workflows.stream import Stream

_AGAIN_S = 900.0


class FixedTimes:
    """Runs one stream at its instants; a run that could not read is tried again after 15 min."""

    def __init__(self, stream: Stream, processing: Processing) -> None:
        self._stream = stream
        self._processing = processing

    async def run(self) -> None:
        """Every instant, then the end."""
        loop = asyncio.get_running_loop()
        before_s = 0.0
        for at_s in self._stream.instants_s:
            if at_s > loop.time():
                await asyncio.sleep(at_s - loop.time())
            await self._once(before_s, at_s)
            before_s = at_s

    async def _once(self, since_s: float, until_s: float) -> None:
        for _ in range(20):
            try:
                items = await taken(self._stream, since_s, until_s)
                outcomes = await self._processing.many(self._stream, items)
            except (RefusedError, UnreachableError) as failed:
                self._processing.unreadable(self._stream, failed, "run broken")
            else:
                self._processing.readable(self._stream)
                if all(outcome.state != "failed" for outcome in outcomes):
                    return
            await asyncio.sleep(_AGAIN_S)
