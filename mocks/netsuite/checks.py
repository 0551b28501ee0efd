"""Field checks, compiled once per record type: what a body says becomes what the ledger holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from mocks.fields import Field
from mocks.netsuite.employment import EFFECTIVE, PEOPLE
from mocks.netsuite.errors import RefusedError, invalid_reference
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TYPES, RecordType
from mocks.releases import Release, Releases, reaches

Check = Callable[[Any, Ledger], Any]
_IGNORED = {"id", "links", "refName"}


class Checks:
    """The compiled checks of one record type, after the releases in force.

    `doors` maps a field to the name under which callers know it now; a field that a release removed has none.
    """

    __slots__ = ("_by_name", "_rules", "doors", "kind", "required")

    def __init__(self, kind: RecordType, releases: Iterable[Release] = ()) -> None:
        self.kind = kind
        fields = kind.object.fields
        required = [name for name, field in fields.items() if field.required]
        self.doors = {name: name for name in fields}
        self._rules: list[Mapping[str, Any]] = []
        for release in releases:
            field = str(release.parameters.get("field", ""))
            if release.kind == "rename_field":
                self.doors[field] = str(release.parameters["to"])
            elif release.kind == "remove_field":
                self.doors.pop(field, None)
            elif release.kind == "require_field":
                required.append(field)
            elif release.kind == "validation_rule":
                self._rules.append(release.parameters)
        self.required = tuple(required)
        self._by_name = {
            door: (name, _longest(fields[name]), _compile(door, fields[name]))
            for name, door in self.doors.items()
        }

    def clean(self, body: Mapping[str, Any], ledger: Ledger, strict: bool) -> dict[str, Any]:
        """The fields to write, references resolved. Raises RefusedError, for unknown names where strict."""
        checks = self._by_name
        cleaned: dict[str, Any] = {}
        for door, value in body.items():
            found = checks.get(door)
            if found is not None:
                name, longest, check = found
                if value is None or (longest and type(value) is str and len(value) <= longest):
                    cleaned[name] = value
                else:
                    cleaned[name] = check(value, ledger)
            elif strict and door not in _IGNORED:
                detail = f"Error while accessing a resource. Unknown reference or field {door}."
                raise RefusedError(400, "INVALID_CONTENT", detail, door)
        for rule in self._rules:
            if str(cleaned.get(rule["field"])) in rule["when"]:
                raise RefusedError(400, "USER_ERROR", str(rule["message"]), str(rule["field"]))
        return cleaned

    def require(self, fields: Mapping[str, Any]) -> None:
        """Raise RefusedError for the first required field without a value."""
        for name in self.required:
            if fields.get(name) in (None, ""):
                door = self.doors.get(name, name)
                raise RefusedError(400, "USER_ERROR", f"Please enter value(s) for: {door}.", door)


class CheckBook:
    """One account's checks by lower-case record type; releases that reach its callers change them."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self._changed: dict[str, Checks] = {}
        self._edition = 0

    @property
    def edition(self) -> int:
        """Of the releases in the checks; those that have become due are taken in."""
        if self._releases.edition != self._edition:
            self._apply()
        return self._edition

    def __getitem__(self, kind: str) -> Checks:
        if self._releases.edition != self._edition:
            self._apply()
        return self._changed.get(kind) or CHECKS[kind]

    def _apply(self) -> None:
        """REST names no version: what a release ties to one does not reach these callers."""
        current = self._releases.current
        self._edition = self._releases.edition
        by_kind: dict[str, list[Release]] = {}
        for release in current:
            kind = str(release.parameters.get("object", "")).lower()
            if kind in TYPES and reaches(release, 0.0):
                by_kind.setdefault(kind, []).append(release)
        self._changed = {kind: Checks(TYPES[kind], releases) for kind, releases in by_kind.items()}


def _longest(field: Field) -> int:
    """How long a text may be that is taken as it comes; 0 where every value needs its check."""
    return field.length if field.type == "text" and not field.read_only else 0


def _compile(name: str, field: Field) -> Check:
    if field.read_only:
        return _read_only(name)
    return _COMPILERS[field.type](name, field)


def _read_only(name: str) -> Check:
    def check(value: Any, ledger: Ledger) -> Any:
        raise RefusedError(
            400, "INSUFFICIENT_PERMISSION", f"You do not have permissions to set a value for {name}.", name
        )

    return check


def _text(name: str, field: Field) -> Check:
    length = field.length

    def check(value: Any, ledger: Ledger) -> str:
        text = value if isinstance(value, str) else str(value)
        if len(text) > length:
            raise _invalid(
                name, f"The field {name} contained more than the maximum number ( {length} ) of characters."
            )
        return text

    return check


def _decimal(name: str, field: Field) -> Check:
    def check(value: Any, ledger: Ledger) -> str:
        try:
            float(value)
        except (TypeError, ValueError):
            raise _invalid(name, f"Invalid number {value!r} for {name}.") from None
        return value if isinstance(value, str) else str(value)

    return check


def _boolean(name: str, field: Field) -> Check:
    def check(value: Any, ledger: Ledger) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("T", "true", "F", "false"):
            return value in ("T", "true")
        raise _invalid(name, f"Invalid value {value!r} for {name}.")

    return check


def _date(name: str, field: Field) -> Check:
    def check(value: Any, ledger: Ledger) -> str:
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            raise _invalid(name, f"Invalid date {value!r} for {name}.") from None
        return str(value)

    return check


def _period(name: str, field: Field) -> Check:
    def check(value: Any, ledger: Ledger) -> str:
        text = value.get("refName") or value.get("id") if isinstance(value, dict) else value
        if not isinstance(text, str) or len(text) != 7 or text[4] != "-":
            raise _invalid(name, f"Invalid period {value!r} for {name}.")
        return text

    return check


def _choice(name: str, field: Field) -> Check:
    options = frozenset(field.picklist)

    def check(value: Any, ledger: Ledger) -> str:
        text = value.get("id") if isinstance(value, dict) else value
        if text not in options:
            raise _invalid(name, f"Invalid value {text!r} for {name}.")
        return str(text)

    return check


def _entry(name: str, field: Field) -> Check:
    target = field.reference

    def check(value: Any, ledger: Ledger) -> str:
        if isinstance(value, dict):
            value = value.get("externalId") or value.get("id") or value.get("refName")
        closed = ledger.lists.get(target)
        if closed is not None and value not in closed:
            raise invalid_reference(target, str(value), name)
        return str(value)

    return check


def _reference(name: str, field: Field) -> Check:
    kinds = tuple(field.reference.split())
    first = kinds[0]
    people = not PEOPLE.isdisjoint(kinds)

    def check(value: Any, ledger: Ledger) -> str:
        record = None
        if type(value) is dict and "externalId" in value:
            record = ledger.tables[first].find("externalId", value["externalId"])
        if record is None:
            record = ledger.find(kinds, value)
        # Whether a person who left may still be named depends on the transaction's date: employment.py.
        if record is None or (record.get("isInactive") and not (people and record.get(EFFECTIVE))):
            raise invalid_reference(first, _key(value), name)
        return str(record["id"])

    return check


def _key(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return str(value.get("externalId") or value.get("id") or value.get("refName"))


def _lines(name: str, field: Field) -> Check:
    def check(value: Any, ledger: Ledger) -> list[Mapping[str, Any]]:
        items = value.get("items") if isinstance(value, dict) else value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise _invalid(name, f"Invalid sublist {name}: items expected.")
        if field.required and not items:
            raise RefusedError(400, "USER_ERROR", f"You must enter at least one line item for {name}.", name)
        _amounts(name, items)
        return items

    return check


def _amounts(name: str, items: Iterable[Mapping[str, Any]]) -> None:
    for index, item in enumerate(items):
        for column in ("amount", "quantity", "rate"):
            try:
                float(item.get(column) or 0)
            except (TypeError, ValueError):
                raise _invalid(
                    f"{name}.items[{index}].{column}", f"Invalid number {item[column]!r}."
                ) from None


def _invalid(path: str, detail: str) -> RefusedError:
    return RefusedError(400, "INVALID_CONTENT", detail, path)


_COMPILERS: Mapping[str, Callable[[str, Field], Check]] = {
    "text": _text,
    "number": _decimal,
    "checkbox": _boolean,
    "date": _date,
    "period": _period,
    "picklist": _choice,
    "entry": _entry,
    "reference": _reference,
    "list": _lines,
}

CHECKS: Mapping[str, Checks] = {name: Checks(kind) for name, kind in TYPES.items()}
"""Lower-case record type to its checks."""
