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


class _Rule(NamedTuple):
    """A value whose type is one of `types` (a text no longer than `most`) passes; `check` tells of any."""

    types: frozenset[type]
    most: int
    check: Check


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


class _Given(NamedTuple):
    """What is to be looked at where exactly these names are given, in their order.

    `rules`: for each the types of values that pass at once (text up to `most`), and the check for all else.
    `whole`: a new record may be made of them. `required` are those of them that may not be emptied.
    """

    rules: tuple[_Rule, ...]
    whole: bool
    required: tuple[str, ...]


_MOST_KNOWN = 1000
"""Lists of names kept as compiled, for one type."""


class Checks:
    """The compiled checks of one type. `ignore` are names that pass unchecked (a vendor's own envelope)."""

    def __init__(self, kind: ObjectType, ignore: Iterable[str] = ()) -> None:
        fields = kind.fields.values()
        self._rules: dict[str, _Rule] = {field.name: _rule(field) for field in fields}
        self._rules.update(dict.fromkeys(ignore, _ANYTHING))
        self._required = tuple(field.name for field in fields if field.required)
        self._needed = frozenset(field.name for field in fields if field.required and field.default is None)
        self._given: dict[tuple[str, ...], _Given | None] = {}

    def sound(self, values: Mapping[str, Any], creating: bool) -> bool:
        """Whether nothing is wrong with the values, for a new record completed by its type's defaults.

        Says so of almost all that can be written; what it cannot vouch for is left to `violations`.
        """
        names = tuple(values)
        try:
            given = self._given[names]
        except KeyError:
            given = self._compiled(names)
        if given is None or (creating and not given.whole):
            return False
        for (types, most, check), value in zip(given.rules, values.values(), strict=True):
            kind = type(value)
            if kind in types:
                if kind is str and len(value) > most:
                    return False
            elif value is not None and check(value):
                return False
        for name in given.required:  # noqa: SIM110 (a generator a record would cost more than the tests)
            if values[name] in {None, ""}:
                return False
        return True

    def _compiled(self, names: tuple[str, ...]) -> _Given | None:
        if len(self._given) >= _MOST_KNOWN:
            self._given.clear()
        given = None
        if all(name in self._rules for name in names):
            rules = tuple(self._rules[name] for name in names)
            required = tuple(name for name in self._required if name in names)
            given = _Given(rules, self._needed.issubset(names), required)
        self._given[names] = given
        return given

    def violations(self, values: Mapping[str, Any], creating: bool) -> list[Violation]:
        """Everything wrong with the values; empty where they can be written."""
        found: list[Violation] = []
        for name, value in values.items():
            rule = self._rules.get(name)
            if rule is None:
                found.append(Violation("unknown", name, value))
            elif value is not None:
                kind = rule.check(value)
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


_ANYTHING = _Rule(frozenset(), 0, _pass)


def _rule(field: Field) -> _Rule:
    if field.read_only:
        return _Rule(frozenset(), 0, lambda value: "read_only")
    if field.type == "picklist":
        options = frozenset(field.picklist)
        return _Rule(frozenset(), 0, lambda value: "" if value in options or not options else "picklist")
    if field.type in {"text", "textarea", "reference"}:
        return _Rule(frozenset({str}), field.length, _text_check(field.length))
    return _RULES.get(field.type, _ANYTHING)


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
    return "" if type(value) is str and _DATE.match(value) else "type"


def _datetime(value: Any) -> str:
    return "" if type(value) is str and _DATETIME.match(value) else "type"


_NUMBER = _Rule(frozenset({int, float}), 0, _number)
_RULES: Mapping[str, _Rule] = {
    "number": _NUMBER,
    "currency": _NUMBER,
    "checkbox": _Rule(frozenset({bool}), 0, _checkbox),
    "date": _Rule(frozenset(), 0, _date),
    "datetime": _Rule(frozenset(), 0, _datetime),
}
