"""The shelf of facts: the newest version of each, and the order in which versions became visible.

A fact is what a source committed: identified by (source, key), told in versions. A version that comes late,
after a newer one, is kept out of the answer but counts as seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

KINDS = ("time_approved", "expense", "project", "invoice", "revenue", "worker")

Values = Mapping[str, Any]


class Fact(NamedTuple):
    """One version of a fact, with the instant from which the warehouse shows it."""

    source: str
    key: str
    version: int
    kind: str
    committed_s: float
    visible_s: float
    values: Values


class Shelf:
    """All facts; `log` holds every version that ever became the newest, in order of sight."""

    def __init__(self) -> None:
        self.log: list[Fact] = []
        self._newest: dict[tuple[str, str], Fact] = {}
        self._seen: dict[tuple[str, str, int], tuple[float, float]] = {}

    def put(self, fact: Fact) -> bool:
        """Upsert: True where it now is the newest (an equal version with the same values is not news)."""
        self._seen.setdefault((fact.source, fact.key, fact.version), (fact.committed_s, fact.visible_s))
        newest = self._newest.get((fact.source, fact.key))
        if newest is not None and _stands(newest, fact):
            return False
        self._newest[fact.source, fact.key] = fact
        self.log.append(fact)
        return True

    def newest(self, source: str, key: str) -> Fact | None:
        """The newest version of one fact."""
        return self._newest.get((source, key))

    def facts(self) -> Iterator[Fact]:
        """The newest version of every fact, in order of first sight."""
        return iter(self._newest.values())

    def sightings(self) -> Iterator[tuple[str, str, int, float, float]]:
        """(source, key, version, committed, visible) of every version that ever arrived."""
        return ((*identity, *instants) for identity, instants in self._seen.items())


def _stands(newest: Fact, fact: Fact) -> bool:
    if fact.version == newest.version:
        return fact.values == newest.values
    return fact.version < newest.version
