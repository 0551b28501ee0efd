"""Reads a firm's own history: XES or CSV, plain or gzipped, with a small column map (TOML) beside it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kernel.errors import InputError
from scenarios.history import csv_log, xes
from scenarios.history.activities import Activities
from scenarios.history.cases import NO_AMOUNT, NOT_HANDED_OVER, Event, History, history
from scenarios.history.column_map import ColumnMap, read

_KINDS = (".xes", ".xes.gz", ".csv", ".csv.gz", ".txt", ".tsv")
_GIVE = "give a .xes, .xes.gz, .csv or .csv.gz file"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def load(path: str | Path, activities: Activities | None = None) -> History:
    """The history of a log. Its map is `<log>.toml` beside it, or is itself the path given. Raises
    InputError."""
    path = Path(path)
    log, mapping = log_and_map(path)
    if not log.is_file():
        raise InputError(str(log), "no such log", _GIVE)
    if not log.name.lower().endswith(_KINDS):
        raise InputError(str(path), "unknown kind of log", _GIVE)
    columns = read(mapping) if mapping.is_file() else None
    names = (columns or ColumnMap()).named(activities or Activities())
    try:
        found = history(log.name, _events(log, mapping, columns, names), names)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(str(log), f"broken log: {error}", "pack it again") from error
    except OSError as error:
        raise InputError(str(log), f"cannot be read: {error.strerror or error}", _GIVE) from error
    if not found.cases:
        raise InputError(str(log), *_nothing(found, mapping))
    return found


def log_and_map(path: Path) -> tuple[Path, Path]:
    """The log and its column map, of which either may be given; the map of an XES log need not exist."""
    if path.suffix.lower() != ".toml":
        kinds = sorted(_KINDS, key=len, reverse=True)
        kind = next((kind for kind in kinds if path.name.lower().endswith(kind)), path.suffix)
        return path, path.with_name(f"{path.name[: len(path.name) - len(kind)]}.toml")
    named = read(path).file if path.is_file() else ""
    if named:
        return path.parent / named, path
    beside = [path.with_name(f"{path.stem}{kind}") for kind in (".csv", ".csv.gz", ".xes", ".xes.gz")]
    return next((log for log in beside if log.is_file()), beside[0]), path


def _events(log: Path, mapping: Path, columns: ColumnMap | None, names: Activities) -> Iterator[Event]:
    """By what the file holds, whatever it is called."""
    with _opened(log) as file:
        head = file.read(64)
        file.seek(0)
        if head.startswith(_ZIP):
            raise InputError(
                str(log), "a workbook or an archive, no log", "save it as CSV UTF-8 (or unpack it)"
            )
        called_xes = columns is None and ".xes" in log.suffixes
        if called_xes or head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t").startswith(b"<"):
            yield from xes.events(log, file, columns or ColumnMap(), names)
        else:
            yield from csv_log.events(log, file, _whole(columns, mapping), names)


def _opened(log: Path) -> BinaryIO:
    with log.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(log, "rb")) if packed else log.open("rb")


def _whole(columns: ColumnMap | None, mapping: Path) -> ColumnMap:
    """A CSV has no names of its own, so its map needs all four."""
    if columns is None:
        remedy = "write one: case, activity, time and amount name its columns"
        raise InputError(str(mapping), "no column map beside the log", remedy)
    for name in ("case", "activity", "time", "amount"):
        if not getattr(columns, name):
            raise InputError(f"{mapping}: {name}", "missing", "name the column")
    return columns


def _nothing(found: History, mapping: Path) -> tuple[str, str]:
    """Why none of its cases can be played, and what would change that."""
    why = "; ".join(f"{count:,} {reason}" for reason, count in found.skipped.items())
    what = f"none of its {found.read:,} cases can be played ({why or 'there are none'})"
    most = max(found.skipped, key=found.skipped.__getitem__, default="")
    if most == NOT_HANDED_OVER:
        return what, f"name the activities as the log does, in the scenario or in {mapping.name}"
    if most == NO_AMOUNT:
        return what, f'name where it stands: amount = "..." in {mapping.name} beside the log'
    return what, "correct the log"
