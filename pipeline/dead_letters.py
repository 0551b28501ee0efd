"""Dead letters: items that failed though nobody refused them, each with cause and history."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from pipeline.item import Item, Outcome
from pipeline.store import Store


class DeadLetter(NamedTuple):
    """An item, why it failed last, and every earlier failure as (instant, detail)."""

    item: Item
    cause: str
    detail: str
    history: tuple[tuple[float, str], ...]


class DeadLetters:
    """One letter an item; gone when the item passes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._letters = store.table("dead_letters")

    def add(self, outcome: Outcome) -> DeadLetter:
        """Keep the failed item."""
        item = outcome.item
        had: DeadLetter | None = self._letters.get(item.identity)
        now_s = asyncio.get_running_loop().time()
        history = (*(had.history if had else ()), (now_s, f"{outcome.cause}: {outcome.detail}"))[-20:]
        letter = DeadLetter(item, outcome.cause, outcome.detail, history)
        self._letters.put(item.identity, letter)
        self._store.commit()
        return letter

    def drop(self, item: Item) -> None:
        """The item passed."""
        self._letters.drop(item.identity)

    def of(self, stream: str) -> list[DeadLetter]:
        """The letters of a stream, oldest first."""
        return [letter for _, letter in self._letters.items() if letter.item.stream == stream]

    def all(self) -> list[DeadLetter]:
        """Every letter."""
        return [letter for _, letter in self._letters.items()]
