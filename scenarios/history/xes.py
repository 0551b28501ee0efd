"""Event logs as XES, read as a stream with the standard library's parser. An attribute is looked for on the
event, then on its trace, at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from kernel.errors import InputError
from scenarios.history import cells
from scenarios.history.activities import Activities
from scenarios.history.cases import Event
from scenarios.history.column_map import ColumnMap

AMOUNT_KEYS = ("(case)_Amount", "case:Amount", "Amount", "amount", "cost:total")
"""Where the map names none."""
_NAME, _TIME, _CASE = "concept:name", "time:timestamp", "case:concept:name"
_NUMBERS = ("float", "int")
"""Attributes that XES writes with a point, whatever the log's country does."""


def events(path: Path, raw: BinaryIO, columns: ColumnMap, names: Activities) -> Iterator[Event]:
    """Every event of the log. Raises InputError with the trace where it breaks."""
    place = "its head"
    try:
        for number, trace in enumerate(_traces(raw), 1):
            place = f"trace {number}"
            yield from _events(trace, columns, names, f"{path}: {place}")
            trace.clear()
    except ParseError as error:
        raise InputError(str(path), f"broken log after {place}: {error}", "export it again as XES") from error


def _traces(file: BinaryIO) -> Iterator[Element]:
    """Finished traces; the root forgets them, so that memory stays flat."""
    root: Element | None = None
    for what, element in iterparse(file, events=("start", "end")):
        if root is None:
            root = element
        if what == "end" and _tag(element) == "trace":
            yield element
            root.clear()


def _events(trace: Element, columns: ColumnMap, names: Activities, where: str) -> Iterator[Event]:
    about = {item.get("key", ""): item for child in trace if _tag(child) != "event" for item in child.iter()}
    for number, child in enumerate((child for child in trace if _tag(child) == "event"), 1):
        own = {item.get("key", ""): item for part in child for item in part.iter()}
        place = f"{where}, event {number}"
        case = _text((about, own), columns.case or _NAME) if columns.case else _case(about, own)
        activity = _text((own,), columns.activity or _NAME)
        if not case or not activity:
            missing = (columns.activity or _NAME) if case else (columns.case or _CASE)
            raise InputError(place, f"event without a readable {missing!r}", "export it again with that")
        at = _moment(own, columns, place) if names.concern(activity) else None
        yield Event(case, activity, at, _amount((own, about), columns, place))


def _case(about: dict[str, Element], own: dict[str, Element]) -> str:
    return _text((about,), _NAME) or _text((own,), _CASE)


def _moment(own: dict[str, Element], columns: ColumnMap, where: str) -> datetime:
    key = columns.time or _TIME
    text = _text((own,), key)
    if not text:
        raise InputError(where, f"event without a readable {key!r}", f"give each event {_NAME} and {_TIME}")
    return cells.moment(text, columns, f"{where}, {key}")


def _amount(places: Sequence[dict[str, Element]], columns: ColumnMap, where: str) -> Decimal | None:
    for key in columns.amount or AMOUNT_KEYS:
        for place in places:
            if key in place:
                element = place[key]
                written = columns.model_copy(update={"decimal": ".", "thousands": ""})
                as_written = written if _tag(element) in _NUMBERS else columns
                found = cells.amount(element.get("value", ""), as_written, f"{where}, {key}")
                if found is not None:
                    return found
    return None


def _text(places: Sequence[dict[str, Element]], key: str) -> str:
    found = (place[key].get("value", "").strip() for place in places if key in place)
    return next((text for text in found if text), "")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
