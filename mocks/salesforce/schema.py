"""What an org's objects look like to a client: definitions after releases, and each API version's names
for them.

A rename keeps the stored name: clients that see the release use the new one, those pinned before it the old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mocks.fields import Checks, Field, ObjectType
from mocks.releases import Release, reaches
from mocks.salesforce.errors import RefusedError, no_field
from mocks.salesforce.history import HISTORIES
from mocks.salesforce.objects import SYSTEM_FIELDS, TYPES

VERSION = 67.0
"""The org's current API version (Summer '26)."""


class View:
    """One object as clients of one version see it. `stored` maps visible to stored names; `shown` the
    renamed back.
    """

    __slots__ = ("fields", "kind", "plain", "shown", "stored")

    def __init__(self, kind: ObjectType, gone: set[str], renamed: Mapping[str, str]) -> None:
        fields = {
            field.name: field for field in (*SYSTEM_FIELDS, *kind.fields.values()) if field.name not in gone
        }
        self.kind = kind
        self.plain = not gone and not renamed
        self.shown = dict(renamed)
        self.fields: dict[str, Field] = {renamed.get(name, name): field for name, field in fields.items()}
        self.stored = {visible: field.name for visible, field in self.fields.items()}

    def inward(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A client's values under the stored names. Raises RefusedError for a name that it does not see."""
        if self.plain:
            return values
        found = {}
        for name, value in values.items():
            stored = self.stored.get(name)
            if stored is None:
                raise no_field(name, self.kind.name)
            found[stored] = value
        return found


class Schema:
    """All objects; `rules` are validation rules that releases brought, by object."""

    def __init__(self) -> None:
        self.types: dict[str, ObjectType] = {**TYPES, **HISTORIES}
        self.checks: dict[str, Checks] = {name: Checks(kind) for name, kind in self.types.items()}
        self.rules: dict[str, list[Mapping[str, Any]]] = {}
        self.generation = 0
        self._changes: list[Release] = []
        self._views: dict[tuple[str, float], View] = {}
        self._by_lower = {name.lower(): name for name in self.types}

    def named(self, name: str) -> str:
        """The object's name as defined. Raises RefusedError where there is none."""
        if name in self.types:
            return name
        found = self._by_lower.get(name.lower())
        if found is None:
            raise RefusedError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found

    def view(self, name: str, version: float = VERSION) -> View:
        """How clients of this version see it."""
        view = self._views.get((name, version))
        if view is None:
            view = self._views[name, version] = self._make(name, version)
        return view

    def apply(self, release: Release) -> None:
        """A release is in force from now on."""
        what = release.parameters
        if release.kind in {"rename_field", "remove_field"}:
            self._changes.append(release)
        elif release.kind == "require_field":
            kind = self.types[what["object"]]
            field = kind.fields[what["field"]]._replace(required=True)
            self.types[kind.name] = kind.with_fields([field])
            self.checks[kind.name] = Checks(self.types[kind.name])
        elif release.kind == "validation_rule":
            self.rules.setdefault(what["object"], []).append(what)
        self.generation += 1
        self._views.clear()

    def withdraw(self, release: Release) -> None:
        """A rule or a required field is no longer in force; the rules that are left stay."""
        what = release.parameters
        if release.kind == "validation_rule":
            self.rules[what["object"]].remove(what)
        elif release.kind == "require_field":
            kind, field = self.types[what["object"]], TYPES[what["object"]].fields[what["field"]]
            self.types[kind.name] = kind.with_fields([field])
            self.checks[kind.name] = Checks(self.types[kind.name])
        self.generation += 1
        self._views.clear()

    def _make(self, name: str, version: float) -> View:
        gone: set[str] = set()
        renamed: dict[str, str] = {}
        for release in self._changes:
            if release.parameters["object"] != name or not reaches(release, version):
                continue
            if release.kind == "remove_field":
                gone.add(release.parameters["field"])
            else:
                renamed[release.parameters["field"]] = release.parameters["to"]
        return View(self.types[name], gone, renamed)


def key_field(kind: ObjectType) -> str:
    """The external id by which people and integrations name its records."""
    return next((field.name for field in kind.fields.values() if field.external), "Id")


def numeric(kind: ObjectType) -> Iterable[str]:
    """Names of its number and currency fields."""
    return (field.name for field in kind.fields.values() if field.type in {"number", "currency"})
