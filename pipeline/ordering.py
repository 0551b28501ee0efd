"""Ordering: items of one aggregate are worked one after the other, in order of arrival."""

from __future__ import annotations

import asyncio
from collections import deque


class Ordering:
    """A queue per key; a key that nobody holds costs nothing."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, key: str) -> None:
        """Wait for the key's turn; whoever has taken it leaves it."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = deque()
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave(key)
            raise

    def leave(self, key: str) -> None:
        """Give the turn to who has waited longest."""
        waiting = self._waiting[key]
        while waiting:
            place = waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        del self._waiting[key]
