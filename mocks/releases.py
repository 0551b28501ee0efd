"""Releases as data: what changes in a system, when, and who caused it. Pinned API versions are respected.

| kind            | parameters (all needed)     | pinned clients                                             |
|-----------------|-----------------------------|------------------------------------------------------------|
| retire_version  | version                     | those pinned to it or older get the vendor's "gone"        |
| rename_field    | object, field, to           | spared where `from_version` is set and theirs is older     |
| remove_field    | object, field               | likewise                                                   |
| require_field   | object, field               | all: a tenant's own change                                 |
| validation_rule | object, field, when, message| all: a write whose field has a value in `when` is refused  |
| limit_cut       | limit, size                 | all                                                        |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mocks.parameters import Parameter

_FIELD = (Parameter("object", "text", required=True), Parameter("field", "text", required=True))

PARAMETERS: Mapping[str, tuple[Parameter, ...]] = {
    "retire_version": (Parameter("version", required=True, least=0.1, most=10_000),),
    "rename_field": (*_FIELD, Parameter("to", "text", required=True)),
    "remove_field": _FIELD,
    "require_field": _FIELD,
    "validation_rule": (
        *_FIELD,
        Parameter("when", "values", required=True),
        Parameter("message", "text", required=True),
    ),
    "limit_cut": (Parameter("limit", "text", required=True), Parameter("size", required=True, least=0.1)),
}
"""What each kind takes."""

KINDS = tuple(PARAMETERS)
PINNED = ("rename_field", "remove_field")
"""Kinds that spare clients pinned to a version older than `from_version`."""


class Release(NamedTuple):
    """`cause`: vendor release, package upgrade, tenant change, new validation rule, limit cut."""

    at_s: float
    cause: str
    kind: str
    parameters: Mapping[str, Any]
    from_version: float | None = None


class Releases:
    """A system's releases; each is applied once, with the first call after its time."""

    def __init__(self, planned: tuple[Release, ...] = ()) -> None:
        self._planned = sorted(planned, key=lambda release: release.at_s)
        self._next_s = self._planned[0].at_s if self._planned else math.inf
        self.current: list[Release] = []
        self.retired_version = 0.0
        self.applied: Callable[[Release], None] = _ignore

    def add(self, release: Release) -> None:
        """Plan one more."""
        self._planned = sorted([*self._planned, release], key=lambda planned: planned.at_s)
        self._next_s = self._planned[0].at_s

    def at(self, now_s: float) -> list[Release]:
        """The releases in force; applies those that have become due."""
        while now_s >= self._next_s:
            release = self._planned.pop(0)
            self.current.append(release)
            if release.kind == "retire_version":
                self.retired_version = max(self.retired_version, float(release.parameters["version"]))
            self.applied(release)
            self._next_s = self._planned[0].at_s if self._planned else math.inf
        return self.current

    def gone(self, version: float, now_s: float) -> bool:
        """Whether a client pinned to this version is turned away (0 = the call names none)."""
        self.at(now_s)
        return 0.0 < version <= self.retired_version


def reaches(release: Release, version: float) -> bool:
    """Whether a client pinned to this version sees the release."""
    return release.from_version is None or version >= release.from_version


def _ignore(_: Release) -> None:
    pass
