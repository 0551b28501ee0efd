"""Bus: what the pipeline itself tells others in it, such as portfolio reporting, of items that passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from pipeline.item import Outcome

Listener = Callable[[Outcome], None]


class Bus(Protocol):
    """Fans out; whoever listens keeps what it hears (embedded: in the same process and store)."""

    def publish(self, outcome: Outcome) -> None:
        """Tell every listener of the item's stream."""
        ...

    def listen(self, listener: Listener, streams: Iterable[str]) -> None:
        """Be told from now on of items of these streams."""
        ...


class EmbeddedBus:
    """The bus inside one process."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def publish(self, outcome: Outcome) -> None:
        """Tell every listener of the item's stream, in order of their coming."""
        for listener in self._listeners.get(outcome.item.stream, ()):
            listener(outcome)

    def listen(self, listener: Listener, streams: Iterable[str]) -> None:
        """Be told from now on of items of these streams."""
        for stream in streams:
            self._listeners.setdefault(stream, []).append(listener)
