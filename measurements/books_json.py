"""Books as JSON and back: how they leave a system that runs in a process of its own.

{"commitments": [[flow, key, …], …], "effects": […], …}     each row in the order of its fields
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def _limit_use(*row: Any) -> LimitUse:
    found = LimitUse(*row)
    return found._replace(series=tuple((hour, share) for hour, share in found.series))


_ROWS: Mapping[str, Callable[..., Any]] = {
    "commitments": Commitment,
    "effects": Effect,
    "problems": Problem,
    "traffic": Traffic,
    "limits": _limit_use,
    "sightings": Sighting,
    "snapshots": Snapshot,
    "values": Value,
    "lines": InvoiceLine,
    "holds": Hold,
    "locks": PeriodLock,
    "record_errors": RecordError,
    "receipts": Receipt,
}
"""Table to what makes a row of it."""


def plain(books: Books) -> dict[str, list[list[Any]]]:
    """The books as values that JSON has; tables without rows are left out."""
    tables = books._asdict()
    return {name: [list(row) for row in rows] for name, rows in tables.items() if rows}


def read(tables: Mapping[str, Sequence[Sequence[Any]]]) -> Books:
    """The books of such values. Raises KeyError for a table, TypeError for a row that books do not have."""
    return Books(**{name: tuple(_ROWS[name](*row) for row in rows) for name, rows in tables.items()})
