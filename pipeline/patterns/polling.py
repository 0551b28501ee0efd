"""Polling: a stream's changes by a committed watermark with overlap, for all who start by themselves."""

from __future__ import annotations

from math import inf

from pipeline.item import Item
from pipeline.store import Store
from pipeline.workflows.stream import Stream


class Watermarks:
    """How far each stream was read, kept in the store."""

    def __init__(self, store: Store, overlap_s: float) -> None:
        self._store = store
        self._marks = store.table("watermarks")
        self.overlap_s = overlap_s

    def of(self, stream: str) -> float:
        """The committed watermark; the run's start where there is none."""
        mark: float = self._marks.get(stream, 0.0)
        return mark

    def commit(self, stream: str, at_s: float) -> None:
        """Everything handed over before has been taken."""
        self._marks.put(stream, at_s)
        self._store.commit()


async def taken(stream: Stream, since_s: float, until_s: float, now_s: float = inf) -> list[Item]:
    """What changed since, the newest state of each key, handed over by `until_s` and in effect by `now_s`.

    Raises RefusedError and UnreachableError. Nothing else ends the loop early, so no page is left open.
    """
    newest: dict[str, Item] = {}
    async for page in stream.changed(since_s, until_s):
        for item in page:
            if item.handed_s <= until_s and item.not_before_s <= now_s:
                newest[item.key] = item
    return list(newest.values())
