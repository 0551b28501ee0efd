"""Event logs as CSV with a column map: a row an event, told by the physical line on which it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from kernel.errors import InputError
from scenarios.history import cells
from scenarios.history.activities import Activities
from scenarios.history.cases import Event
from scenarios.history.column_map import ColumnMap

_MARKED = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte order marks, which say the encoding themselves."""
_Row = tuple[str, Mapping[str, str]]


def events(path: Path, raw: BinaryIO, columns: ColumnMap, names: Activities) -> Iterator[Event]:
    """Every event of the log. Raises InputError with the line where it breaks."""
    with TextIOWrapper(raw, encoding=_encoding(path, raw, columns), newline="") as file:
        for where, row in _rows(path, file, columns):
            yield _event(row, columns, names, where)


def _event(row: Mapping[str, str], columns: ColumnMap, names: Activities, where: str) -> Event:
    case, activity = row["case"].strip(), row["activity"].strip()
    if not case:
        raise InputError(f"{where}, {columns.case}", "no case", "give each row its case")
    at = None
    if names.concern(activity):
        at = cells.moment(row["time"], columns, f"{where}, {columns.time}")
    return Event(case, activity, at, _amount(row, columns, where))


def _amount(row: Mapping[str, str], columns: ColumnMap, where: str) -> Decimal | None:
    for name in columns.amount:
        found = cells.amount(row[f"amount.{name}"], columns, f"{where}, {name}")
        if found is not None:
            return found
    return None


def _rows(path: Path, file: TextIOWrapper, columns: ColumnMap) -> Iterator[_Row]:
    """Where each row stands, and its cells by what the map calls them."""
    reader, line = csv.reader(file, delimiter=columns.delimiter, strict=True), 1
    try:
        head = next(reader, [])
        places = _places(path, head, columns)
        line = reader.line_num + 1
        for row in reader:
            where = f"{path}: line {line}"
            if row and len(row) != len(head):
                what = f"{len(row)} cells, and {len(head)} columns"
                raise InputError(where, what, "check delimiter, decimal commas and quotes")
            if row:
                yield where, {name: row[place] for name, place in places.items()}
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        what = f"not {file.encoding} text ({error.reason})"
        remedy = "save it as UTF-8, or say its encoding in the column map, such as cp1252"
        raise InputError(f"{path}: from line {line} on", what, remedy) from error
    except csv.Error as error:
        remedy = "check its quotes, and delimiter in the column map"
        raise InputError(f"{path}: line {line}", f"no row: {error}", remedy) from error


def _places(path: Path, head: list[str], columns: ColumnMap) -> dict[str, int]:
    """The place of each column that the map names; as written, else without regard to case and blanks."""
    wanted = {"case": columns.case, "activity": columns.activity, "time": columns.time}
    wanted |= {f"amount.{name}": name for name in columns.amount}
    if not head:
        raise InputError(str(path), "empty", "give a CSV file with a row of column names")
    return {key: _place(path, head, name) for key, name in wanted.items()}


def _place(path: Path, head: list[str], name: str) -> int:
    for same in (str, lambda text: text.strip().casefold()):
        found = [place for place, column in enumerate(head) if same(column) == same(name)]
        if len(found) > 1:
            raise InputError(str(path), f"{len(found)} columns {name!r}", "give each its own name")
        if found:
            return found[0]
    known = ", ".join(head)
    raise InputError(str(path), f"no column {name!r}", f"correct the column map; it has {known[:300]}")


def _encoding(path: Path, raw: BinaryIO, columns: ColumnMap) -> str:
    """What its mark says, else the map. Raises InputError where it has neither and is no such text."""
    head = raw.read(4)
    raw.seek(0)
    for mark, encoding in _MARKED.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head and columns.encoding == "utf-8":
        remedy = "save it as UTF-8, or say encoding = 'utf-16-le' (or -be) in the column map"
        raise InputError(str(path), "UTF-16 without its mark, or no text", remedy)
    return columns.encoding
