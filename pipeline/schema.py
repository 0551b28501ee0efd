"""Schema: a field that the vendor's schema promises is there, or the reading is refused; never a default.

An empty value is the vendor's to send, and the reader's to judge; an absent field is a changed schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.failures import SchemaError


def field(row: Mapping[str, Any], name: str, system: str, object_: str) -> Any:
    """The field's value, which may be empty. Raises SchemaError."""
    try:
        return row[name]
    except KeyError:
        raise SchemaError(system, object_, name) from None


def demand(row: Mapping[str, Any], names: Iterable[str], system: str, object_: str) -> None:
    """Raise SchemaError for the first of the fields that the row lacks."""
    for name in names:
        if name not in row:
            raise SchemaError(system, object_, name)
