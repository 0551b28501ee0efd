"""The open asynchronous generators: the interpreter tells the loop of each, and the loop ends them."""

from __future__ import annotations

import sys
import weakref
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sim.tasks import INCARNATION, Incarnation

Generator = AsyncGenerator[Any, Any]


class OpenGenerators:
    """Every asynchronous generator begun, oldest first; `lost` gets those dropped before their end."""

    def __init__(self, lost: Callable[[Generator], None]) -> None:
        self._lost = lost
        self._open: dict[int, tuple[weakref.ref[Generator], Incarnation | None]] = {}
        self._count = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Be told of generators while this block runs."""
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._began, finalizer=self._lost)
        try:
            yield
        finally:
            sys.set_asyncgen_hooks(*before)

    async def close(self) -> None:
        """Close those that still live, oldest first; those of the dead stay as they are."""
        still_open, self._open = self._open, {}
        for reference, incarnation in still_open.values():
            generator = reference()
            if generator is not None and (incarnation is None or incarnation.alive):
                await generator.aclose()

    def _began(self, generator: Generator) -> None:
        self._count = number = self._count + 1
        reference = weakref.ref(generator, lambda _: self._open.pop(number, None))
        self._open[number] = (reference, INCARNATION.get())
