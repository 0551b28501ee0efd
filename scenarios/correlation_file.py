"""Files that say where an integration of one's own puts the business keys, for `rehearse load --external`.

[[netsuite.timeBill]]       an object of a target
field = "memo"              one of its fields
pattern = '(?P<key>\\S+)'    what its whole text looks like; the groups are what the shipped convention names
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from kernel.errors import InputError
from mocks.correlation import Place, Places, convention, place
from mocks.landscape import Landscape
from scenarios.known import fields_of, one_of
from scenarios.validation import Given, checked, read_toml

Correlations = Mapping[str, Places]
"""System to object to its places."""

_Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class _Place(Given):
    field: _Text
    pattern: _Text


_Objects = dict[str, Annotated[tuple[_Place, ...], Field(min_length=1)]]


class _File(Given):
    salesforce: _Objects = Field(default_factory=dict)
    netsuite: _Objects = Field(default_factory=dict)
    warehouse: _Objects = Field(default_factory=dict)


def load(path: Path | None) -> Correlations:
    """What the file says; nothing without one. Raises InputError."""
    if path is None:
        return {}
    told = checked(_File, read_toml(path), str(path))
    return {
        system: {name: _places(f"{path}: {system}", system, name, rows) for name, rows in objects.items()}
        for system, objects in told
    }


def placed(landscape: Landscape, told: Correlations) -> Landscape:
    """The landscape whose systems are read by it."""
    if not told:
        return landscape
    systems = {system: replace(landscape.of(system), correlation=places) for system, places in told.items()}
    return replace(landscape, systems={**landscape.systems, **systems})


def places_of(told: Correlations) -> Iterator[tuple[str, str, Place]]:
    """(system, object, place) in the order in which they are asked, the convention last."""
    for system in _File.model_fields:
        own = told.get(system, {})
        for name, shipped in convention(system).items():
            for one in (*own.get(name, ()), *shipped):
                yield system, name, one


def _places(where: str, system: str, name: str, rows: Sequence[_Place]) -> tuple[Place, ...]:
    shipped = convention(system)
    if name not in shipped:
        remedy = f"use {one_of(tuple(shipped), name)}"
        raise InputError(f"{where}.{name}", "no object that carries keys of a source", remedy)
    groups = {group for one in shipped[name] for group in one.groups}
    return tuple(_place(f"{where}.{name}", system, name, row, groups) for row in rows)


def _place(where: str, system: str, name: str, row: _Place, groups: set[str]) -> Place:
    known = fields_of(system, name)
    if row.field not in known:
        raise InputError(f"{where}: field", f"there is no {row.field}", f"use {one_of(known, row.field)}")
    try:
        made = place(row.field, row.pattern)
    except re.error as error:
        raise InputError(f"{where}: pattern", f"no regular expression: {error}", "correct it") from None
    named, wanted = set(made.groups), ", ".join(f"(?P<{group}>…)" for group in sorted(groups))
    if not named or not named <= groups:
        what = f"names {', '.join(sorted(named - groups))}" if named else "names no group"
        raise InputError(f"{where}: pattern", what, f"name at least one of {wanted}, and no other")
    return made
