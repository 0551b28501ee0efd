"""Columns and paths: how a field, or one reached through lookups, is read from a record, and how a row is
built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from mocks.salesforce.errors import RefusedError, no_field
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
    plain: list[tuple[str, str]] = []
    special: list[tuple[str, Read]] = []
    nested: dict[str, list[str]] = {}
    for path in paths:
        head, dot, rest = path.partition(".")
        if dot:
            nested.setdefault(head, []).append(rest)
            continue
        read, kind = reader(org, view, head, version)
        if kind == "seconds":
            special.append((head, _stamped(org, TIMES[view.fields[head].name])))
        elif view.fields[head].name in {"IsDeleted", "LastModifiedById"}:
            special.append((head, read))
        else:
            plain.append((head, view.fields[head].name))
    special.extend((head, _parent(org, view, head, rest, version)) for head, rest in nested.items())
    visible, values = tuple(name for name, _ in plain), _values(tuple(name for _, name in plain))
    blank = dict.fromkeys(("attributes", *visible, *(name for name, _ in special)))
    type_, url = view.kind.name, f"{API}/sobjects/{view.kind.name}/"

    def render(record: Record) -> dict[str, Any]:
        row: dict[str, Any] = blank.copy()
        row["attributes"] = {"type": type_, "url": url + record["Id"]}
        row.update(zip(visible, values(record), strict=True))
        for name, read in special:
            row[name] = read(record)
        return row

    return render


def _values(names: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    """What takes these fields from a record, which holds all that its object has."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda record: tuple(record[name] for name in names)


def _parent(org: Org, view: View, head: str, paths: list[str], version: float) -> Read:
    """A parent's row: where it is of the parent's own fields, it is made anew only after a write to it."""
    name, object_ = target(view, head)
    inner = renderer(org, org.schema.view(object_, version), paths, version)
    records = org.tables[object_].records
    if any("." in path for path in paths):
        return lambda record: None if (parent := records.get(record[name])) is None else inner(parent)
    rows = _Rows(records, inner)

    def read(record: Record) -> Any:
        parent, write, row = rows[record[name]]
        return row if parent["_write"] == write else rows.made(record[name])

    return read


class _Rows(dict[str | None, tuple[Record, int, Any]]):
    """Rows by record id as they were made: the record, the number of its write then, and the row."""

    def __init__(self, records: Mapping[str, Record], render: Render) -> None:
        super().__init__()
        self._records = records
        self._render = render

    def __missing__(self, record_id: str | None) -> tuple[Record, int, Any]:
        record = self._records.get(record_id or "")
        if record is None:
            return _NO_ROW
        found = self[record_id] = (record, record["_write"], self._render(record))
        return found

    def made(self, record_id: str | None) -> Any:
        """The row as the record now is."""
        self.pop(record_id, None)
        return self[record_id][2]


_NO_ROW: tuple[Record, int, Any] = ({"_write": 0}, 0, None)


def _stamped(org: Org, place: str) -> Read:
    stamps = org.stamps
    return lambda record: stamps[record[place]]
