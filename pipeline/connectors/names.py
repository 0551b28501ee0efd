"""Names: a vendor renamed a field, an operator applied the mapping, the pipeline keeps the old name.

Names belong to objects: a path is renamed step by step, each field by the object that holds it. A field that
is gone takes its values with it: a body that has one is refused, unless it is empty or a label. With nothing
applied every method returns what it was given; what a mapping makes of a query's shape is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.connectors.query import Dialect, Query, dialect, join, read, split
from pipeline.failures import SchemaError

PLAIN = dialect("'[^']*'")
"""Of a vendor that is asked without queries."""
_MOST_KNOWN = 512

Row = dict[str, Any]
Renames = Mapping[str, str]


class _Level(NamedTuple):
    """What a row holds under new names, below its parents: (new, known) pairs."""

    parents: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]


class _Known(NamedTuple):
    """A shape as the vendor now wants it, and what to rename in the rows that answer it."""

    shape: tuple[str, ...]
    levels: tuple[_Level, ...]


class Names:
    """Renames by object (spelled in any case) of one system; `labels` of an object may be left out."""

    def __init__(
        self, spoken: Dialect = PLAIN, system: str = "", labels: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self._dialect = spoken
        self._system = system
        self._labels = labels or {}
        self._outward: dict[str, dict[str, str]] = {}
        self._inward: dict[str, dict[str, str]] = {}
        self._known: dict[tuple[str, ...], _Known] = {}

    def apply(self, object_: str, field: str, to: str) -> None:
        """From now on the vendor calls `field` of the object `to` (empty: it is gone)."""
        outward = self._outward.setdefault(object_.lower(), {})
        outward[field] = to
        self._inward[object_.lower()] = {new: known for known, new in outward.items() if new}
        self._known.clear()

    @property
    def applied(self) -> bool:
        """Whether any mapping is."""
        return bool(self._outward)

    def field(self, object_: str, field: str) -> str:
        """The name of one field, as in a path."""
        return (self._outward.get(object_.lower()) or {}).get(field) or field if self._outward else field

    def out(self, object_: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A body as the vendor now wants it. Raises SchemaError where a value has no field any more."""
        renames = self._outward.get(object_.lower()) if self._outward else None
        if not renames:
            return values
        lost = self.lost(object_, values)
        if lost is not None:
            raise lost
        return {renames.get(name, name): value for name, value in values.items() if renames.get(name, name)}

    def lost(self, object_: str, values: Mapping[str, Any]) -> SchemaError | None:
        """Why a body cannot be sent: its first value, neither empty nor a label, whose field is gone."""
        renames = self._outward.get(object_.lower()) if self._outward else None
        if not renames:
            return None
        labels = self._labels.get(object_.lower(), frozenset())
        for name, value in values.items():
            if not renames.get(name, name) and value not in (None, "") and name not in labels:
                return SchemaError(self._system, object_, name)
        return None

    def into(self, object_: str, values: Row) -> Row:
        """A record as the pipeline knows it."""
        renames = self._inward.get(object_.lower()) if self._inward else None
        if not renames:
            return values
        return {renames.get(name, name): value for name, value in values.items()}

    def known(self, object_: str, fields: list[str]) -> list[str]:
        """Names of fields as the pipeline knows them."""
        renames = self._inward.get(object_.lower())
        return [renames.get(name, name) for name in fields] if renames else fields

    def query(self, text: str) -> str:
        """A query as the vendor now wants it."""
        if not self._outward:
            return text
        shape, literals = split(text, self._dialect)
        return join(self._of(shape).shape, literals)

    def rows(self, text: str, rows: list[Row]) -> list[Row]:
        """What a query answered, as the pipeline knows it: nested below parents, or (bulk) dotted."""
        if self._inward:
            for level in self._of(split(text, self._dialect)[0]).levels:
                for row in rows:
                    _rename(row, level)
        return rows

    def _of(self, shape: tuple[str, ...]) -> _Known:
        known = self._known.get(shape)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[shape] = self._made(read(shape))
        return known

    def _made(self, query: Query) -> _Known:
        levels: dict[tuple[str, ...], dict[str, str]] = {}
        for path in query.columns:
            new = self._path(query.object, path)
            if new != path:
                *parents, last = path.split(".")
                levels.setdefault(tuple(parents), {})[new.rpartition(".")[2]] = last
                levels.setdefault((), {})[new] = path
        return _Known(
            query.shape(lambda path: self._path(query.object, path)),
            tuple(_Level(parents, tuple(moved.items())) for parents, moved in levels.items()),
        )

    def _path(self, object_: str, path: str) -> str:
        """A path as the vendor now spells it: relations keep their names, the last step is a field."""
        *parents, last = path.split(".")
        for relation in parents:
            object_ = self._dialect.relations[relation]
        members = self._dialect.unions.get(object_, (object_,))
        names = {self._renames(member).get(last) or last for member in members}
        return ".".join((*parents, names.pop() if len(names) == 1 else last))

    def _renames(self, object_: str) -> Renames:
        """Old to new name of the object's fields, as a query spells them."""
        renames = self._outward.get(object_.lower()) or {}
        if not self._dialect.folds:
            return renames
        return {known.lower(): new.lower() for known, new in renames.items()}


def _rename(row: Row, level: _Level) -> None:
    """In place: rows come fresh from the wire. All old names go first, since two fields may swap theirs."""
    for parent in level.parents:
        row = row.get(parent) or {}
    found = [(known, row.pop(new)) for new, known in level.moved if new in row]
    row.update(found)
