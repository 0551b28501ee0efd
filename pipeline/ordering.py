"""Ordering: items of one aggregate are worked one after the other, in order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Ordering:
    """A queue per key; a key that nobody holds costs nothing."""

    def __init__(self) -> None:
        self._tails: dict[str, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for the key's turn, and hold it for the block."""
        before = self._tails.get(key)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tails[key] = mine
        try:
            if before is not None:
                await asyncio.shield(before)
            yield
        finally:
            if before is not None and not before.done():
                before.add_done_callback(lambda _: _finish(mine))
            else:
                _finish(mine)
            if self._tails.get(key) is mine:
                del self._tails[key]


def _finish(place: asyncio.Future[None]) -> None:
    if not place.done():
        place.set_result(None)
