"""Slots: a cap on what is under way, first come first served, waited for no longer than a deadline."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf

from pipeline.failures import UnreachableError


class Slots:
    """Counts what is under way; who finds none free waits in a fair queue. The size may change."""

    __slots__ = ("_waiting", "_what", "size", "under_way", "waited_s")

    def __init__(self, size: int, what: str) -> None:
        self.size = size
        self.under_way = 0
        self._what = what
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.waited_s = 0.0

    def occupied(self) -> bool:
        """Occupy a slot where one is free at once; false where it must be waited for."""
        if self.under_way < self.size and not self._waiting:
            self.under_way += 1
            return True
        return False

    async def take(self, deadline_s: float = inf, first: bool = False) -> None:
        """Occupy a slot (`first`: before all who wait). Raises UnreachableError (504) at the deadline."""
        if self.under_way < self.size and (first or not self._waiting):
            self.under_way += 1
            return
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.insert(0 if first else len(self._waiting), place)
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
        self.under_way -= 1
        self._admit()

    async def retake(self, after_s: float, deadline_s: float) -> None:
        """Give it back and occupy one again some time later (before the deadline), before all who wait.

        Raises as `take`.
        """
        self.leave()
        if after_s > 0.0:
            await asyncio.sleep(after_s)
        await self.take(deadline_s, first=True)

    def resize(self, size: int) -> None:
        """Let so many be under way; what is above that ends as it would."""
        self.size = size
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.under_way < self.size:
            place = self._waiting.popleft()
            if not place.done():
                self.under_way += 1
                place.set_result(None)

    def _give_up(self, place: asyncio.Future[None]) -> None:
        if not place.done():
            place.set_exception(UnreachableError("timeout", f"no {self._what} within the caller's time", 504))
