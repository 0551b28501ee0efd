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


class MemoryTable:
    """A dictionary with a journal of what to undo."""

    __slots__ = ("_undo", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}
        self._undo: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """The value, uncommitted changes included."""
        return self.rows.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Set a value, uncommitted."""
        self._undo.setdefault(key, self.rows.get(key, _ABSENT))
        self.rows[key] = value

    def drop(self, key: str) -> None:
        """Remove a key, uncommitted."""
        if key in self.rows:
            self._undo.setdefault(key, self.rows[key])
            del self.rows[key]

    def items(self) -> list[tuple[str, Any]]:
        """All pairs, in order of insertion."""
        return list(self.rows.items())

    def commit(self) -> None:
        """Forget how to undo."""
        if self._undo:
            self._undo.clear()

    def roll_back(self) -> None:
        """Undo what was not committed."""
        for key, value in self._undo.items():
            if value is _ABSENT:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        self._undo.clear()


class MemoryStore:
    """The store of virtual time."""

    def __init__(self) -> None:
        self._tables: dict[str, MemoryTable] = {}

    def table(self, name: str) -> MemoryTable:
        """The table, made where there is none."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = MemoryTable()
        return table

    def commit(self) -> None:
        """Make every change durable."""
        for table in self._tables.values():
            table.commit()

    def roll_back(self) -> None:
        """Forget every change since the last commit."""
        for table in self._tables.values():
            table.roll_back()


_ABSENT = object()
