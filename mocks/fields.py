"""Record types as data, and checks compiled from them: what a vendor refuses, in kinds its dialect words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


class Field(NamedTuple):
    """`type`: text, textarea, number, currency, checkbox, date, datetime, picklist, reference, list, object,
    any.

    `reference` names the type that a reference points to; `relation` is its path name (vendor's word).
    """

    name: str
    type: str = "text"
    length: int = 255
    required: bool = False
    external: bool = False
    unique: bool = False
    read_only: bool = False
    picklist: tuple[str, ...] = ()
    reference: str = ""
    relation: str = ""
    label: str = ""
    default: Any = None


class Violation(NamedTuple):
    """`kind`: unknown, required, type, length, picklist or read_only."""

    kind: str
    field: str
    value: Any = None


Check = Callable[[Any], str]
"""A value to the kind of its violation, or to the empty string."""


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One record type: its fields by name. `prefix` begins its ids where the vendor does so."""

    name: str
    label: str
    prefix: str
    fields: Mapping[str, Field]

    def with_fields(self, fields: Iterable[Field], without: Iterable[str] = ()) -> ObjectType:
        """The same type after a release: fields added or redefined, others gone."""
        gone = set(without)
        kept = {name: field for name, field in self.fields.items() if name not in gone}
        return replace(self, fields={**kept, **{field.name: field for field in fields}})


def object_type(name: str, label: str, prefix: str, fields: Iterable[Field]) -> ObjectType:
    """A record type from a list of fields."""
    return ObjectType(name, label, prefix, {field.name: field for field in fields})


class Checks:
    """The compiled checks of one type. `ignore` are names that pass unchecked (a vendor's own envelope)."""

    def __init__(self, kind: ObjectType, ignore: Iterable[str] = ()) -> None:
        self._checks: dict[str, Check] = {field.name: _check(field) for field in kind.fields.values()}
        self._checks.update(dict.fromkeys(ignore, _pass))
        self._required = tuple(field.name for field in kind.fields.values() if field.required)

    def violations(self, values: Mapping[str, Any], creating: bool) -> list[Violation]:
        """Everything wrong with the values; empty where they can be written."""
        found: list[Violation] = []
        checks = self._checks
        for name, value in values.items():
            check = checks.get(name)
            if check is None:
                found.append(Violation("unknown", name, value))
            elif value is not None:
                kind = check(value)
                if kind:
                    found.append(Violation(kind, name, value))
        for name in self._required:
            if (creating and values.get(name) in {None, ""}) or (
                name in values and values[name] in {None, ""}
            ):
                found.append(Violation("required", name))
        return found


def _pass(_: Any) -> str:
    return ""


def _check(field: Field) -> Check:
    if field.read_only:
        return lambda value: "read_only"
    if field.type == "picklist":
        options = frozenset(field.picklist)
        return lambda value: "" if value in options or not options else "picklist"
    if field.type in {"text", "textarea", "reference"}:
        return _text_check(field.length)
    return _CHECKS.get(field.type, _pass)


def _text_check(length: int) -> Check:
    def check(value: Any) -> str:
        if type(value) is not str:
            return "type" if isinstance(value, dict | list) else ""
        return "length" if len(value) > length else ""

    return check


def _number(value: Any) -> str:
    if type(value) in {int, float}:
        return ""
    try:
        float(value)
    except (TypeError, ValueError):
        return "type"
    return "" if isinstance(value, str) else "type"


def _checkbox(value: Any) -> str:
    return "" if type(value) is bool else "type"


def _date(value: Any) -> str:
    return "" if isinstance(value, str) and _DATE.match(value) else "type"


def _datetime(value: Any) -> str:
    return "" if isinstance(value, str) and _DATETIME.match(value) else "type"


_CHECKS: Mapping[str, Check] = {
    "number": _number,
    "currency": _number,
    "checkbox": _checkbox,
    "date": _date,
    "datetime": _datetime,
}
