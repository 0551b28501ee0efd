"""Under way: which items are being carried over now, and since when; of what waits nothing else tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pipeline.item import Item
from pipeline.workflows.stream import Stream


class UnderWay:
    """By number, since one item may be carried twice at a time."""

    def __init__(self) -> None:
        self._carried: dict[int, tuple[float, Stream, Sequence[Item]]] = {}
        self._number = 0

    @contextmanager
    def carrying(self, stream: Stream, items: Sequence[Item]) -> Iterator[None]:
        """They are under way for what happens inside."""
        self._number += 1
        number = self._number
        self._carried[number] = (asyncio.get_running_loop().time(), stream, items)
        try:
            yield
        finally:
            del self._carried[number]

    def since(self, before_s: float) -> list[tuple[float, Stream, Item]]:
        """(since when, stream, item) of what began by then, oldest first."""
        return [
            (began_s, stream, item)
            for began_s, stream, items in self._carried.values()
            if began_s <= before_s
            for item in items
        ]
