"""Ordering: items of one aggregate are worked one after the other, in order of arrival."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf

from pipeline.failures import UnreachableError


class Ordering:
    """A queue per key; a key that nobody holds costs nothing."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, key: str, deadline_s: float = inf) -> None:
        """Wait for the turn of a key; who has taken it leaves it. Raises UnreachableError at the deadline."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = deque()
            return
        loop = asyncio.get_running_loop()
        place: asyncio.Future[None] = loop.create_future()
        waiting.append(place)
        timer = None if deadline_s == inf else loop.call_at(deadline_s, _give_up, place, key)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave(key)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def leave(self, key: str) -> None:
        """Give the turn to who has waited longest."""
        waiting = self._waiting[key]
        while waiting:
            place = waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        del self._waiting[key]


def _give_up(place: asyncio.Future[None], key: str) -> None:
    if not place.done():
        place.set_exception(UnreachableError("timeout", f"an earlier change of {key} is under way", 504))
