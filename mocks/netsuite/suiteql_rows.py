"""SuiteQL's SELECT: how matched records, one by one or in groups, become rows of text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.suiteql_columns import Column, Reader, column, reader, writer
from mocks.netsuite.suiteql_text import Output, Query
from mocks.store import Record

Row = dict[str, Any]
Rows = Callable[[Sequence[Record]], list[Row]]
"""Records to rows; a null is absent."""

_Key = tuple[str | None, ...]
_AGGREGATES = frozenset({"count", "sum", "min", "max"})


class _Cell(NamedTuple):
    """One column of a row: a field that holds the text, or what writes it."""

    alias: str
    field: str
    write: Reader | None


def grouped(query: Query) -> bool:
    """Whether a row says something of a group of records."""
    return bool(query.group) or any(output.function in _AGGREGATES for output in query.outputs)


def rows_of(query: Query, columns: Mapping[str, Column], ledger: Ledger, time: BusinessTime) -> Rows:
    """A row a record. Raises QueryError for a column that is not there."""
    cells: list[_Cell] = []
    for output in query.outputs:
        if output.column == "*":
            cells.extend(_cell(name, what, "", ledger, time) for name, what in columns.items())
        else:
            what = column(columns, output.column)
            cells.append(_cell(output.alias, what, output.function, ledger, time))

    def rows(records: Sequence[Record]) -> list[Row]:
        found = []
        for record in records:
            row: Row = {"links": []}
            for alias, field, write in cells:
                value = record.get(field) if write is None else write(record)
                if value is not None:
                    row[alias] = value
            found.append(row)
        return found

    return rows


def groups_of(query: Query, columns: Mapping[str, Column], ledger: Ledger, time: BusinessTime) -> Rows:
    """A row a group, in order of its first record. Raises QueryError for a column that is not there."""
    cells = [_cell(name, column(columns, name), "", ledger, time) for name in query.group]
    outputs = [(output.alias, _said(output, query.group, columns)) for output in query.outputs]

    def rows(records: Sequence[Record]) -> list[Row]:
        found = []
        for key, members in _groups(cells, records).items():
            row: Row = {"links": []}
            for alias, said in outputs:
                value = key[said] if isinstance(said, int) else said(members)
                if value is not None:
                    row[alias] = value
            found.append(row)
        return found

    return rows


def _cell(alias: str, what: Column, function: str, ledger: Ledger, time: BusinessTime) -> _Cell:
    return _Cell(alias, what.field, writer(what, function, ledger, time))


def _groups(cells: Sequence[_Cell], records: Sequence[Record]) -> Mapping[_Key, Sequence[Record]]:
    """Records by what their cells hold; one group of all where there is no cell."""
    if not cells:
        return {(): records}
    groups: dict[_Key, list[Record]] = {}
    held = (
        [record.get(field) for record in records] if write is None else map(write, records)
        for _, field, write in cells
    )
    for key, record in zip(zip(*held, strict=True), records, strict=True):
        members = groups.get(key)
        if members is None:
            members = groups[key] = []
        members.append(record)
    return groups


def _said(
    output: Output, group: Sequence[str], columns: Mapping[str, Column]
) -> int | Callable[[Sequence[Record]], str | None]:
    """What an output says of a group: a place in its key, or something of its members."""
    if output.function == "count":
        return lambda members: str(len(members))
    if output.column in group:
        return group.index(output.column)
    what = column(columns, output.column)
    if output.function == "sum":
        return _sum(what)
    read, choose = reader(what), max if output.function == "max" else min
    return lambda members: _chosen(choose, map(read, members))


def _sum(what: Column) -> Callable[[Sequence[Record]], str]:
    """Numbers are added up as they are held: as text."""
    field = what.field
    return lambda members: (
        f"{math.fsum([float(value) for record in members if (value := record.get(field)) is not None]):.2f}"
    )


def _chosen(choose: Callable[[Iterable[Any]], Any], values: Iterable[Any]) -> str | None:
    held = [value for value in values if value is not None]
    return str(choose(held)) if held else None
