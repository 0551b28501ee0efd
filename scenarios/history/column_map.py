"""The column map of a log (TOML beside it): which column or attribute is what, and how it is written."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kernel.errors import InputError
from scenarios.history.activities import Activities
from scenarios.scenario_file import Names, listed, zone_checked
from scenarios.validation import Given, checked, read_toml


class ActivityNames(Given):
    """The activities that the map names; the others are the scenario's."""

    submitted: Names = ()
    approved: Names = ()
    handed_over: Names = ()
    paid: Names = ()
    rejected: Names = ()


class ColumnMap(Given):
    """`file` is the log, beside the map; `zone` that of instants which name none; `amount` names columns that
    are tried in order."""

    file: str = ""
    case: str = ""
    activity: str = ""
    time: str = ""
    amount: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    zone: str = "UTC"
    time_format: str = ""
    decimal: Literal[".", ","] = "."
    thousands: Annotated[str, Field(max_length=1)] = ""
    delimiter: str = ","
    encoding: str = "utf-8"
    activities: ActivityNames = ActivityNames()

    def named(self, names: Activities) -> Activities:
        """The activities' names, where the map says none those of the scenario."""
        given: Mapping[str, Any] = self.activities.model_dump(include=self.activities.model_fields_set)
        return replace(names, **given)


def read(path: Path) -> ColumnMap:
    """The map. Raises InputError for the first mistake."""
    columns = checked(ColumnMap, read_toml(path), str(path))
    zone_checked(f"{path}: zone", columns.zone)
    if len(columns.delimiter) != 1 or columns.delimiter in '"\r\n':
        raise InputError(f"{path}: delimiter", "not one character", "give one, such as ,")
    if columns.thousands == columns.decimal or columns.thousands.isdigit():
        what = f"{columns.thousands!r} cannot stand between thousands"
        raise InputError(f"{path}: thousands", what, "give another character than decimal has")
    try:
        codecs.lookup(columns.encoding)
    except LookupError as error:
        remedy = "give a name such as utf-8, utf-16 or cp1252"
        raise InputError(f"{path}: encoding", f"unknown encoding {columns.encoding!r}", remedy) from error
    return columns
