"""Books as JSON and back: how they leave a system that runs in a process of its own.

{"commitments": [[flow, key, …], …], "effects": […], …}     each row in the order of its fields

What is never due has an infinite instant, for which JSON has no number: it is written as "never".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from measurements.facts import (
    Books,
    Commitment,
    Effect,
    Hold,
    InvoiceLine,
    LimitUse,
    PeriodLock,
    Problem,
    Receipt,
    RecordError,
    Sighting,
    Snapshot,
    Traffic,
    Value,
)

NEVER = "never"


_ROWS: Mapping[str, type[Any]] = {
    "commitments": Commitment,
    "effects": Effect,
    "problems": Problem,
    "traffic": Traffic,
    "limits": LimitUse,
    "sightings": Sighting,
    "snapshots": Snapshot,
    "values": Value,
    "lines": InvoiceLine,
    "holds": Hold,
    "locks": PeriodLock,
    "record_errors": RecordError,
    "receipts": Receipt,
}
"""Table to its rows."""

_INSTANTS: Mapping[str, tuple[int, ...]] = {
    name: tuple(at for at, kind in enumerate(row.__annotations__.values()) if "float" in str(kind))
    for name, row in _ROWS.items()
}
"""Table to the places of its numbers that may be infinite."""


def plain(books: Books) -> dict[str, list[list[Any]]]:
    """The books as values that JSON has; tables without rows are left out."""
    tables = books._asdict()
    return {name: [_plain(row, _INSTANTS[name]) for row in rows] for name, rows in tables.items() if rows}


def read(tables: Mapping[str, Sequence[Sequence[Any]]]) -> Books:
    """The books of such values. Raises KeyError for a table, TypeError for a row that books do not have."""
    return Books(**{name: tuple(_row(name, row) for row in rows) for name, rows in tables.items()})


def _plain(row: Sequence[Any], instants: Sequence[int]) -> list[Any]:
    values = list(row)
    for at in instants:
        if values[at] == math.inf:
            values[at] = NEVER
    return values


def _row(table: str, values: Sequence[Any]) -> Any:
    held = list(values)
    for at in _INSTANTS[table]:
        if held[at] == NEVER:
            held[at] = math.inf
    found = _ROWS[table](*held)
    if table == "limits":
        return found._replace(series=tuple((hour, share) for hour, share in found.series))
    return found
