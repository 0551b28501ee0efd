"""Store: durable state behind one small protocol; in memory here, committed and uncommitted apart.

A new incarnation after a crash starts from what was committed: whoever must not forget commits first.
"""

from __future__ import annotations

from typing import Any, Protocol


class Table(Protocol):
    """One table of the store: keys are text, values plain data."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value, uncommitted changes included."""
        ...

    def put(self, key: str, value: Any) -> None:
        """Set a value, uncommitted."""
        ...

    def drop(self, key: str) -> None:
        """Remove a key, uncommitted."""
        ...

    def items(self) -> list[tuple[str, Any]]:
        """All pairs, in order of insertion."""
        ...


class Store(Protocol):
    """Tables by name, and one commit for all of them."""

    def table(self, name: str) -> Table:
        """The table, made where there is none."""
        ...

    def commit(self) -> None:
        """Make every change durable."""
        ...

    def roll_back(self) -> None:
        """Forget every change since the last commit, as a crash does."""
        ...


_ABSENT = object()
Change = tuple[dict[str, Any], str, Any]
"""A table's rows, a key, and what stood there before."""


class MemoryTable:
    """A dictionary that notes in its store's journal what to undo."""

    __slots__ = ("_journal", "rows")

    def __init__(self, journal: list[Change]) -> None:
        self.rows: dict[str, Any] = {}
        self._journal = journal

    def get(self, key: str, default: Any = None) -> Any:
        """The value, uncommitted changes included."""
        return self.rows.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Set a value, uncommitted."""
        self._journal.append((self.rows, key, self.rows.get(key, _ABSENT)))
        self.rows[key] = value

    def drop(self, key: str) -> None:
        """Remove a key, uncommitted."""
        if key in self.rows:
            self._journal.append((self.rows, key, self.rows.pop(key)))

    def items(self) -> list[tuple[str, Any]]:
        """All pairs, in order of insertion."""
        return list(self.rows.items())


class MemoryStore:
    """The store of virtual time; a commit costs no round of all tables."""

    def __init__(self) -> None:
        self._tables: dict[str, MemoryTable] = {}
        self._journal: list[Change] = []

    def table(self, name: str) -> MemoryTable:
        """The table, made where there is none."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = MemoryTable(self._journal)
        return table

    def commit(self) -> None:
        """Make every change durable."""
        self._journal.clear()

    def roll_back(self) -> None:
        """Forget every change since the last commit, the latest first."""
        for rows, key, before in reversed(self._journal):
            if before is _ABSENT:
                rows.pop(key, None)
            else:
                rows[key] = before
        self._journal.clear()
