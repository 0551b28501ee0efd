"""Bus: what the pipeline itself tells others in it, such as portfolio reporting, of items that passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pipeline.item import Outcome

Listener = Callable[[Outcome], None]


class Bus(Protocol):
    """Fans out; whoever listens keeps what it hears (embedded: in the same process and store)."""

    def publish(self, outcome: Outcome) -> None:
        """Tell every listener."""
        ...

    def listen(self, listener: Listener) -> None:
        """Be told from now on."""
        ...


class EmbeddedBus:
    """The bus inside one process."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, outcome: Outcome) -> None:
        """Tell every listener, in order of their coming."""
        for listener in self._listeners:
            listener(outcome)

    def listen(self, listener: Listener) -> None:
        """Be told from now on."""
        self._listeners.append(listener)
