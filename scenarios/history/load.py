"""Reads a firm's own history: XES (.xes, .xes.gz), or CSV with a small column map (TOML)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from kernel.errors import InputError
from scenarios.history.cases import Activities, Event, History, history
from scenarios.history.xes import events as xes_events
from scenarios.scenario import Columns
from scenarios.scenario_file import zone_checked
from scenarios.validation import Given, checked, read_toml


class _Map(Given):
    """The column map. `file` is the log, beside the map; `zone` that of instants which name none."""

    file: str = ""
    case: str
    activity: str
    time: str
    amount: str
    zone: str = "UTC"
    delimiter: str = ","
    time_format: str = ""
    activities: dict[str, str] = Field(default_factory=dict)


def load(path: str | Path, activities: Columns | None = None) -> History:
    """The history of a log. A CSV's map is `<log>.toml` beside it, or is itself the path given. Raises
    InputError."""
    path = Path(path)
    if not path.is_file():
        raise InputError(str(path), "no such log", "give the path of a .xes, .xes.gz or .csv file")
    names = asdict(activities or Columns())
    if path.name.endswith((".xes", ".xes.gz")):
        found = history(path.name, xes_events(path), Activities(**names))
    elif path.suffix in {".csv", ".toml"}:
        mapping = path if path.suffix == ".toml" else path.with_suffix(".toml")
        columns = checked(_Map, read_toml(mapping), str(mapping))
        _check(columns, names, str(mapping))
        log = mapping.parent / columns.file if columns.file else path.with_suffix(".csv")
        found = history(log.name, _csv_events(log, columns), Activities(**{**names, **columns.activities}))
    else:
        raise InputError(str(path), "unknown kind of log", "give a .xes, .xes.gz or .csv file")
    if not found.cases:
        raise InputError(
            str(path),
            f"none of its {found.read} cases was handed over",
            "name the activities in the scenario",
        )
    return found


def _check(columns: _Map, names: dict[str, Any], where: str) -> None:
    zone_checked(f"{where}: zone", columns.zone)
    for name in columns.activities:
        if name not in names:
            raise InputError(f"{where}: activities.{name}", "unknown activity", f"use {', '.join(names)}")
    if len(columns.delimiter) != 1:
        raise InputError(f"{where}: delimiter", "not one character", "give one, such as ,")


def _csv_events(path: Path, columns: _Map) -> Iterator[Event]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file, delimiter=columns.delimiter)
            for name in (columns.case, columns.activity, columns.time, columns.amount):
                if name not in (rows.fieldnames or ()):
                    raise InputError(str(path), f"no column {name!r}", "correct the column map")
            zone = ZoneInfo(columns.zone)
            for number, row in enumerate(rows, 2):
                moment = _moment(row[columns.time] or "", columns, zone, f"{path}: line {number}")
                yield Event(row[columns.case], row[columns.activity], moment, row[columns.amount] or "")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read: {error}", "give a readable UTF-8 CSV file") from error


def _moment(text: str, columns: _Map, zone: ZoneInfo, where: str) -> datetime:
    try:
        form = columns.time_format
        moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError as error:
        remedy = "give time_format in the column map"
        raise InputError(f"{where}, {columns.time}", f"no instant: {text!r}", remedy) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
