"""Correlation: where each business key shows in what an integration wrote into a target.

    <system>/correlation.toml   the shipped convention, which the people's own screens and the opening keep
    a user's file               where another integration puts its keys: asked first, the convention after it
                                    └──> reader(object, group)(record) ──> key, part, version, as text

A place is a field and a pattern that fits the whole of its text; each named group of it is one of the names
that the shipped file uses for that object. A group is read from the first place that fits and has it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

Record = Mapping[str, Any]
Reader = Callable[[Record], str]

_WHOLE = r"(?P<{}>.+)"


class Place(NamedTuple):
    """A field of an object, and what is read from it."""

    field: str
    pattern: re.Pattern[str]

    @property
    def groups(self) -> tuple[str, ...]:
        """The names that it reads."""
        return tuple(self.pattern.groupindex)

    def is_whole(self, group: str) -> bool:
        """Whether the group is all that stands in the field."""
        return self.pattern.pattern == _WHOLE.format(group)


Places = Mapping[str, Sequence[Place]]
"""Object, as its vendor spells it, to its places in the order in which they are asked."""


class Correlation:
    """Reads the keys of one system's records."""

    def __init__(self, system: str, own: Places) -> None:
        """`own` is what the user says of this system; an object that it leaves out has the convention."""
        self._own = {name.lower(): tuple(places) for name, places in own.items()}
        self._places = {
            name.lower(): (*self._own.get(name.lower(), ()), *places)
            for name, places in convention(system).items()
        }
        self._readers: dict[tuple[str, str], Reader] = {}

    def reader(self, name: str, group: str) -> Reader:
        """Reads that group of records of an object (in any case): empty where none of its places has it."""
        found = self._readers.get((name, group))
        if found is None:
            found = self._readers[name, group] = _reader(self._of(name, group), group)
        return found

    def field_of(self, name: str, group: str) -> str | None:
        """The one field of which the group is the whole text, where it is that simple."""
        places = self._of(name, group)
        return places[0].field if len(places) == 1 and places[0].is_whole(group) else None

    def own_fields(self, name: str) -> tuple[str, ...]:
        """The fields that a user's file reads of an object."""
        return tuple(dict.fromkeys(place.field for place in self._own.get(name.lower(), ())))

    def _of(self, name: str, group: str) -> list[Place]:
        return [place for place in self._places.get(name.lower(), ()) if group in place.groups]


@cache
def convention(system: str) -> Places:
    """The shipped one: which objects have keys, and which names they have. Nothing where there is no file."""
    path = Path(__file__).parent / system / "correlation.toml"
    if not path.exists():
        return {}
    told = tomllib.loads(path.read_text(encoding="utf-8"))[system]
    return {name: tuple(place(**row) for row in rows) for name, rows in told.items()}


def place(field: str, pattern: str) -> Place:
    """Raises re.error for what is no pattern."""
    return Place(field, re.compile(pattern, re.DOTALL))


@lru_cache(256)
def version(text: str) -> int:
    """The version that a text tells: 1 where it tells nothing, 0 where it is no number."""
    try:
        return int(float(text or 1))
    except ValueError:
        return 0


def change_key(correlation: Correlation, name: str, record: Record) -> str:
    """The key of a worker's change: as written, else by worker, day of effect and change."""
    key, worker, day, change = (
        correlation.reader(name, group)(record) for group in ("key", "worker", "effective", "change")
    )
    return key or (f"{worker}@{day}#{change}" if change else f"{worker}@{day}")


def _reader(places: Sequence[Place], group: str) -> Reader:
    if len(places) == 1 and places[0].is_whole(group):
        field = places[0].field
        return lambda record: str(record.get(field) or "")
    return lambda record: asked(places, group, record)


def asked(places: Sequence[Place], group: str, record: Record) -> str:
    """The group from the first place that fits and has it: what every reader does, however it is made."""
    for field, pattern in places:
        found = pattern.fullmatch(str(record.get(field) or ""))
        if found is not None and found[group]:
            return str(found[group])
    return ""
