"""Releases as data: what changes in a system, when, and who caused it. Pinned API versions are respected.

An administrator has some taken back (`TAKEN_BACK`): a rule switched off, a field optional again, a limit
bought back, the end of a version put off (assumption: vendors grant it). A renamed field stays renamed.

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

import orjson

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
TAKEN_BACK = ("require_field", "validation_rule", "retire_version", "limit_cut")
"""Kinds that an administrator can undo; the others are answered by a mapping of names."""


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
        self.edition = 0
        self.applied: Callable[[Release], None] = _ignore
        self.withdrawn: Callable[[Release], None] = _ignore

    def add(self, release: Release) -> None:
        """Plan one more."""
        self._planned = sorted([*self._planned, release], key=lambda planned: planned.at_s)
        self._next_s = self._planned[0].at_s

    def at(self, now_s: float) -> list[Release]:
        """The releases in force; applies those that have become due."""
        while now_s >= self._next_s:
            release = self._planned.pop(0)
            self.current.append(release)
            self._count()
            self.applied(release)
            self._next_s = self._planned[0].at_s if self._planned else math.inf
        return self.current

    def withdraw(self, kind: str, parameters: Mapping[str, Any], now_s: float) -> None:
        """Take one in force back. Raises ValueError where there is none, or its kind cannot be."""
        if kind not in TAKEN_BACK:
            raise ValueError(f"{kind} cannot be taken back: {', '.join(TAKEN_BACK)} can")
        for release in self.at(now_s):
            if release.kind == kind and _same(release.parameters, parameters):
                self.current.remove(release)
                self._count()
                self.withdrawn(release)
                return
        raise ValueError(f"no {kind} with these parameters is in force")

    def _count(self) -> None:
        """`edition` tells states of `current` apart."""
        self.edition += 1
        retired = [float(one.parameters["version"]) for one in self.current if one.kind == "retire_version"]
        self.retired_version = max(retired, default=0.0)

    def gone(self, version: float, now_s: float) -> bool:
        """Whether a client pinned to this version is turned away (0 = the call names none)."""
        self.at(now_s)
        return 0.0 < version <= self.retired_version


def reaches(release: Release, version: float) -> bool:
    """Whether a client pinned to this version sees the release."""
    return release.from_version is None or version >= release.from_version


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """As JSON has them, where a tuple is a list."""
    written = [orjson.dumps(dict(given), option=orjson.OPT_SORT_KEYS) for given in (one, other)]
    return written[0] == written[1]


def _ignore(_: Release) -> None:
    pass
