"""Fixed times: streams that every pattern starts at the same instants, such as revenue runs."""

from __future__ import annotations

import asyncio

from pipeline import patience
from pipeline.failures import RefusedError, UnreachableError
from pipeline.patterns.polling import taken
from pipeline.processing import Processing
from pipeline.workflows.stream import Stream

_RUN = "run broken"
_AGAIN_S = 900.0
_TRIES = 20
"""Five hours of tries, four an hour, until a person is told (assumption)."""


class FixedTimes:
    """Runs one stream at its instants; one that failed is tried again after 15 min, its end is told."""

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
            with patience.patient(loop.time() + _TRIES * _AGAIN_S):
                await self._once(before_s, at_s)
            before_s = at_s

    async def _once(self, since_s: float, until_s: float) -> None:
        cause, left = "timeout", "no try"
        for _ in range(_TRIES):
            try:
                items = await taken(self._stream, since_s, until_s)
                outcomes = await self._processing.many(self._stream, items)
            except (RefusedError, UnreachableError) as failed:
                self._processing.unreadable(self._stream, failed, _RUN)
                cause, left = failed.cause, failed.detail
            else:
                self._processing.readable(self._stream, _RUN)
                failures = [outcome for outcome in outcomes if outcome.state == "failed"]
                if not failures:
                    return
                cause = failures[0].cause
                left = f"{len(failures)} of {len(outcomes)} failed, first: {failures[0].detail}"
            await asyncio.sleep(_AGAIN_S)
        self._processing.given_up(self._stream, _RUN, cause, f"given up after {_TRIES} tries: {left}")
