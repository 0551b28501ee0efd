"""Inbox: which state of each item was carried over last, so that a doubled message does nothing twice."""

from __future__ import annotations

from pipeline.item import FORCED, Item
from pipeline.store import Store


class Inbox:
    """Remembers the last mark of each item; an item without a mark is always new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marks = store.table("inbox")
        self.doubled = 0

    def known(self, item: Item) -> bool:
        """Whether this very state was the last that was carried over."""
        if item.mark and item.mark != FORCED and self._marks.get(item.identity) == item.mark:
            self.doubled += 1
            return True
        return False

    def done(self, item: Item) -> None:
        """Remember and commit."""
        if item.mark and item.mark != FORCED:
            self._marks.put(item.identity, item.mark)
            self._store.commit()

    def forget(self, item: Item) -> None:
        """An operator, or the sweep, wants it carried over again."""
        self._marks.drop(item.identity)
