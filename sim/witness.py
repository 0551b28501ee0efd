"""The witness: one unfinished item that spares the looks after it while no system wrote under its key.

A document (time, expense) is finished by a write of its target and withdrawn by one of its source, and both
stand in a journal under its business key: where no such entry came, it is unfinished still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from measurements.items import Item
from mocks.system import System

_TOLD = frozenset({"time", "expense"})
"""Flows whose every turn stands in a journal under the item's own key."""


class Witness:
    """Remembers one unfinished item, and how far each journal was read when it was."""

    def __init__(self, systems: Mapping[str, System]) -> None:
        self._journals = [system.journal for system in systems.values()]
        self._key = ""
        self._read: list[int] = []

    def choose(self, unfinished: Iterable[Item]) -> None:
        """Take one of the items that are unfinished now; none where no journal would tell of it."""
        self._key = next((item.key for item in unfinished if item.flow in _TOLD), "")
        self._read = [journal.writes for journal in self._journals]

    def stands(self) -> bool:
        """Whether the item is surely unfinished still; false where it must be looked at."""
        return bool(self._key) and not any(
            journal.wrote(self._key, read) for journal, read in zip(self._journals, self._read, strict=True)
        )
