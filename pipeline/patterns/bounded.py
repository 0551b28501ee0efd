"""Bounded: many pieces of work, a few at a time: a repair of hundreds leaves slots to the day's work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


async def bounded(
    work: Callable[[_Item], Awaitable[_Answer]], items: Sequence[_Item], most: int
) -> list[_Answer]:
    """The answers in the order of the items; `most` are under way at once."""
    answers: dict[int, _Answer] = {}
    waiting = iter(enumerate(items))

    async def lane() -> None:
        for place, item in waiting:
            answers[place] = await work(item)

    await asyncio.gather(*(lane() for _ in range(min(most, len(items)))))
    return [answers[place] for place in range(len(items))]
