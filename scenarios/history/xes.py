"""Event logs as XES, plain or gzipped, read as a stream with the standard library's parser."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from kernel.errors import InputError
from scenarios.history.cases import Event

AMOUNT_KEYS = ("(case)_Amount", "case:Amount", "Amount", "amount", "cost:total")
_NAME, _TIME = "concept:name", "time:timestamp"


def events(path: Path) -> Iterator[Event]:
    """Every event of the log. Raises InputError with the case where it breaks."""
    case = "its head"
    try:
        with _opened(path) as file:
            for number, trace in enumerate(_traces(file), 1):
                case = f"trace {number}"
                yield from _events(trace)
                trace.clear()
    except (ParseError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            str(path), f"broken log after {case}: {error}", "export it again as XES 1.0"
        ) from error
    except (ValueError, KeyError) as error:
        raise InputError(
            f"{path}: {case}", f"event without a readable {error}", f"give each event {_NAME} and {_TIME}"
        ) from error


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _traces(file: BinaryIO) -> Iterator[Element]:
    """Finished traces; the root forgets them, so that memory stays flat."""
    root: Element | None = None
    for what, element in iterparse(file, events=("start", "end")):
        if root is None:
            root = element
        if what == "end" and element.tag.rpartition("}")[2] == "trace":
            yield element
            root.clear()


def _events(trace: Element) -> Iterator[Event]:
    case, amount = "", ""
    for child in trace:
        key = child.get("key")
        if key == _NAME:
            case = child.get("value", "")
        elif key in AMOUNT_KEYS:
            amount = child.get("value", "")
    for child in trace:
        if child.tag.rpartition("}")[2] == "event":
            found = {item.get("key", ""): item.get("value", "") for item in child}
            mine = next((found[key] for key in AMOUNT_KEYS if key in found), amount)
            yield Event(case or found["case:concept:name"], found[_NAME], _instant(found[_TIME]), mine)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
