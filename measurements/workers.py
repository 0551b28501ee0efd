"""Which worker changes a target holds by content, where its record names another change.

A target that is written from a worker's current state names only the newest change; it then also holds every
older one whose values it carries. So a change without a row of its own is held from the first row of the same
worker and target that carries all its values, written after the change was committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from measurements.facts import Commitment, Effect
from measurements.identity import Unit


def held(commitments: Sequence[Commitment], first: Mapping[Unit, Effect]) -> dict[Unit, Effect]:
    """Unit to the row that holds it, for the units that have no row under their own key."""
    wanting = [row for row in commitments if (row.key, row.part, row.version) not in first and row.terms]
    if not wanting:
        return {}
    written: dict[tuple[str, str], list[Effect]] = {}
    for effect in sorted(first.values(), key=lambda effect: (effect.at_s, effect.record, effect.key)):
        written.setdefault((effect.worker, effect.part), []).append(effect)
    found: dict[Unit, Effect] = {}
    for row in wanting:
        for effect in written.get((row.worker, row.part), ()):
            if effect.at_s >= row.committed_at_s and row.terms.items() <= effect.terms.items():
                unit = (row.key, row.part, row.version)
                found[unit] = effect._replace(key=row.key, version=row.version)
                break
    return found
