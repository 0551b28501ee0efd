"""SuiteQL's columns: each table's names, and how a value is read from a record and written as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from mocks.netsuite.checks import CheckBook
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TRANSACTION_CODES, TYPES
from mocks.netsuite.suiteql_text import QueryError
from mocks.store import Record

PERIODS = "accountingperiod"
_PERIOD_COLUMNS = ("id", "periodname", "subsidiary", "timelocked", "closed")
_TYPE_CODES = {table: code for code, table in TRANSACTION_CODES.items()}
Reader = Callable[[Record], Any]


class Column(NamedTuple):
    """How a column is read: the record's field, its kind, and what it refers to."""

    field: str
    kind: str
    target: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the field's own value is what is compared."""
        return self.kind not in {"instant", "code", "checkbox", "number"}


def columns_of(table: str, checks: CheckBook) -> dict[str, Column]:
    """All columns of a table. Raises QueryError where there is no such table."""
    if table == PERIODS:
        return {name: Column(name, "text") for name in _PERIOD_COLUMNS}
    names = list(TRANSACTION_CODES.values()) if table == "transaction" else [table]
    if names[0] not in TYPES:
        raise QueryError(f"Record '{table}' was not found.")
    columns = {
        "id": Column("id", "id"),
        "createddate": Column("_created_s", "instant"),
        "lastmodifieddate": Column("_modified_s", "instant"),
    }
    if table == "transaction":
        columns["type"] = Column("_kind", "code")
    for name in names:
        for field in TYPES[name].object.fields.values():
            door = checks[name].doors.get(field.name)
            if door is not None and field.type != "list":
                target = tuple(field.reference.split()) if field.type == "reference" else ()
                columns.setdefault(door.lower(), Column(field.name, field.type, target))
    return columns


def column(columns: Mapping[str, Column], name: str) -> Column:
    """The column of that name. Raises QueryError."""
    try:
        return columns[name]
    except KeyError:
        raise QueryError(f"Field '{name}' was not found.") from None


def reader(column: Column) -> Reader:
    """How the column's value is read for comparing: text, float, or seconds."""
    field = column.field
    if column.kind == "instant":
        return lambda record: record[field]
    if column.kind == "code":
        return lambda record: _TYPE_CODES[record["_kind"]]
    if column.kind == "checkbox":
        return lambda record: "T" if record.get(field) else "F"
    if column.kind == "number":
        return lambda record: _number(record.get(field))
    return lambda record: record.get(field)


def writer(column: Column, function: str, ledger: Ledger, time: BusinessTime) -> Reader | None:
    """How the column is written as text; None where its field holds the text.

    BUILTIN.DF of a reference is the business key of what it points to.
    """
    read = reader(column)
    if column.kind == "instant":
        stamp = time.stamp
        return lambda record: stamp(read(record))
    if function == "df" and column.target:
        find, kinds = ledger.find, column.target
        return lambda record: display(find(kinds, read(record)))
    return None if column.plain or column.kind == "number" else read


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def display(record: Record | None) -> str | None:
    """What BUILTIN.DF says of a record: its business key."""
    if record is None:
        return None
    name = record.get("entityId") or record.get("externalId") or record.get("name")
    return None if name is None else str(name)
