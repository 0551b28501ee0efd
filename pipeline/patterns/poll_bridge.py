"""Poll bridge: where a source has no hook or channel, API-led and event poll it; empty polls count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf

from pipeline import patience
from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Item
from pipeline.patterns.polling import Watermarks, taken
from pipeline.processing import Processing
from pipeline.workflows.stream import Stream

Take = Callable[[Stream, list[Item]], Awaitable[float | None]]
"""Does something with what a poll found; answers the earliest hand-over that must be read again, or None."""


class PollBridge:
    """Polls one stream at its source's interval and passes on what changed (`ahead`: future-dated too)."""

    def __init__(
        self,
        stream: Stream,
        interval_s: float,
        watermarks: Watermarks,
        processing: Processing,
        take: Take,
        ahead: bool,
    ) -> None:
        self._stream = stream
        self._interval_s = interval_s
        self._watermarks = watermarks
        self._processing = processing
        self._take = take
        self._ahead = ahead

    async def run(self) -> None:
        """Poll at multiples of the interval while the pipeline is up; each waits for slots until the next."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._interval_s - loop.time() % self._interval_s)
            try:
                with patience.patient(loop.time() + self._interval_s):
                    await self.once()
            except (RefusedError, UnreachableError) as failed:
                self._processing.services.metrics.add(f"polls.{self._stream.name}.failed")
                self._processing.unreadable(self._stream, failed, "poll broken")
            else:
                self._processing.readable(self._stream, "poll broken")

    async def once(self) -> None:
        """One poll. Raises RefusedError and UnreachableError."""
        now_s = asyncio.get_running_loop().time()
        since_s = self._watermarks.of(self._stream.name) - self._watermarks.overlap_s
        horizon_s = inf if self._ahead else now_s
        items = await taken(self._stream, since_s, now_s, horizon_s)
        again_s = await self._take(self._stream, items) if items else None
        self._watermarks.commit(self._stream.name, now_s if again_s is None else min(now_s, again_s))
