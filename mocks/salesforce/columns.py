"""Columns and paths: how a field, or one reached through lookups, is read from a record, and how a row is
built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from mocks.salesforce.errors import RefusedError, no_field
from mocks.salesforce.history import FIELD, PARENTS
from mocks.salesforce.org import Org
from mocks.salesforce.schema import View
from mocks.store import Record

Read = Callable[[Record], Any]
Render = Callable[[Record], dict[str, Any]]
TIMES = {"CreatedDate": "_created_s", "LastModifiedDate": "_modified_s", "SystemModstamp": "_modified_s"}
"""System instants to where the store keeps them (seconds since the start)."""
API = "/services/data/v67.0"


def reader(org: Org, view: View, path: str, version: float) -> tuple[Read, str]:
    """What reads the path from a record, and its type; system instants come as seconds. Raises
    RefusedError.
    """
    head, dot, rest = path.partition(".")
    if dot:
        return _through(org, view, head, rest, version)
    field = view.fields.get(head)
    if field is None:
        raise no_field(head, view.kind.name)
    if field.name in TIMES:
        place = TIMES[field.name]
        return (lambda record: int(record[place] * 1000 + 1e-6) / 1000.0), "seconds"
    name = "_by" if field.name == "LastModifiedById" else field.name
    if name == "IsDeleted":
        return (lambda record: False), "checkbox"
    if name == FIELD and view.kind.name in PARENTS:
        shown = org.schema.view(PARENTS[view.kind.name], version).shown
        return (lambda record: shown.get(record[FIELD], record[FIELD])), field.type
    return itemgetter(name), field.type


def target(view: View, relation: str) -> tuple[str, str]:
    """The stored lookup field behind a relation's name, and the object that it points to. Raises
    RefusedError.
    """
    for field in view.fields.values():
        if field.relation and field.relation == relation:
            return field.name, field.reference
    message = f"Didn't understand relationship '{relation}' in field path."
    raise RefusedError("INVALID_FIELD", message, (relation,))


def _through(org: Org, view: View, head: str, rest: str, version: float) -> tuple[Read, str]:
    name, object_ = target(view, head)
    inner, kind = reader(org, org.schema.view(object_, version), rest, version)
    records = org.tables[object_].records

    def read(record: Record) -> Any:
        parent = records.get(record[name])
        return None if parent is None else inner(parent)

    return read, kind


def renderer(org: Org, view: View, paths: Iterable[str], version: float) -> Render:
    """What builds a row of these paths, parents nested, with the vendor's `attributes`."""
    return _rendering(org, view, _columns(org, view, paths, version))


def keeper(org: Org, view: View, paths: Iterable[str], version: float) -> Render:
    """The same for polls whose windows overlap: a row is made anew only after a write to it or a parent."""
    columns = _columns(org, view, paths, version)
    render, parents = _rendering(org, view, columns), columns.parents
    if columns.others:
        return render
    rows = _Rows(org.tables[view.kind.name].records, render)

    def kept(record: Record) -> Any:
        if not record["_write"]:  # taken out of its table since it was found
            return render(record)
        _, write, row = rows[record["Id"]]
        if record["_write"] != write:
            return rows.anew(record["Id"])
        for name, lookup, others in parents:
            parent, write, found = others[record[lookup]]
            if parent["_write"] != write or row[name] is not found:
                return rows.anew(record["Id"])
        return row

    return kept


def _rendering(org: Org, view: View, columns: _Columns) -> Render:
    blank = dict.fromkeys(("attributes", *columns.names))
    visible, values = tuple(columns.plain), _values(tuple(columns.plain.values()))
    instants, parents, others = columns.instants, columns.parents, columns.others
    stamps, type_, url = org.stamps, view.kind.name, f"{API}/sobjects/{view.kind.name}/"

    def render(record: Record) -> dict[str, Any]:
        row: dict[str, Any] = blank.copy()
        row["attributes"] = {"type": type_, "url": url + record["Id"]}
        row.update(zip(visible, values(record), strict=True))
        for name, place in instants:
            row[name] = stamps[record[place]]
        for name, lookup, rows in parents:
            parent, write, found = rows[record[lookup]]
            row[name] = found if parent["_write"] == write else rows.anew(record[lookup])
        for name, read in others:
            row[name] = read(record)
        return row

    return render


class _Columns(NamedTuple):
    """A row's columns by how they are read, and all names in their order."""

    names: list[str]
    plain: dict[str, str]
    instants: list[tuple[str, str]]
    parents: list[tuple[str, str, _Rows]]
    others: list[tuple[str, Read]]


def _columns(org: Org, view: View, paths: Iterable[str], version: float) -> _Columns:
    columns = _Columns([], {}, [], [], [])
    nested: dict[str, list[str]] = {}
    special: list[str] = []
    for path in paths:
        head, dot, rest = path.partition(".")
        if dot:
            nested.setdefault(head, []).append(rest)
            continue
        read, kind = reader(org, view, head, version)
        name = view.fields[head].name
        if kind == "seconds":
            columns.instants.append((head, TIMES[name]))
        elif name in {"IsDeleted", "LastModifiedById", FIELD}:
            columns.others.append((head, read))
        else:
            columns.plain[head] = name
            continue
        special.append(head)
    for head, inner in nested.items():
        _add_parent(org, view, head, inner, version, columns)
    columns.names.extend((*columns.plain, *special, *nested))
    return columns


def _values(names: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    """What takes these fields from a record, which holds all that its object has."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda record: tuple(record[name] for name in names)


def _add_parent(org: Org, view: View, head: str, paths: list[str], version: float, columns: _Columns) -> None:
    """A parent's row: where it is of the parent's own fields, it is made anew only after a write to it."""
    name, object_ = target(view, head)
    inner = renderer(org, org.schema.view(object_, version), paths, version)
    records = org.tables[object_].records
    if any("." in path for path in paths):
        columns.others.append(
            (head, lambda record: inner(found) if (found := records.get(record[name])) is not None else None)
        )
    else:
        columns.parents.append((head, name, _Rows(records, inner)))


class _Rows(dict[str | None, tuple[Record, int, Any]]):
    """Rows by record id as they were made: the record, the number of its write then, and the row. Windows
    overlap only for a while: where many are kept, most will not be asked for again.
    """

    def __init__(self, records: Mapping[str, Record], render: Render) -> None:
        super().__init__()
        self._records = records
        self._render = render

    def __missing__(self, record_id: str | None) -> tuple[Record, int, Any]:
        record = self._records.get(record_id or "")
        if record is None:
            return _NO_ROW
        if len(self) >= _MOST_ROWS:
            self.clear()
        found = self[record_id] = (record, record["_write"], self._render(record))
        return found

    def anew(self, record_id: str | None) -> Any:
        """The row as the record now is."""
        self.pop(record_id, None)
        return self[record_id][2]


_MOST_ROWS = 2048
_NO_ROW: tuple[Record, int, Any] = ({"_write": 0}, 0, None)
