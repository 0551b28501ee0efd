"""Slots: a cap on calls under way, first come first served, waited for no longer than a deadline."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf

from pipeline.failures import UnreachableError


class Slots:
    """Counts calls under way; who finds none free waits in a fair queue."""

    __slots__ = ("_free", "_waiting", "_what", "waited_s")

    def __init__(self, size: int, what: str) -> None:
        self._free = size
        self._what = what
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.waited_s = 0.0

    def occupied(self) -> bool:
        """Occupy a slot where one is free at once; false where it must be waited for."""
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return True
        return False

    async def take(self, deadline_s: float = inf) -> None:
        """Occupy a slot. Raises UnreachableError (504) where none came free by the deadline."""
        if self.occupied():
            return
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.append(place)
        timer = None if deadline_s == inf else loop.call_at(deadline_s, self._give_up, place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.leave()
            raise
        finally:
            self.waited_s += loop.time() - began_s
            if timer is not None:
                timer.cancel()

    def leave(self) -> None:
        """Give the slot to who has waited longest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _give_up(self, place: asyncio.Future[None]) -> None:
        if not place.done():
            place.set_exception(UnreachableError("timeout", f"no {self._what} within the caller's time", 504))
