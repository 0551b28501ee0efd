"""Which effects stand: the target's rows net of reversals, each record in its last state.

rows ─> last state of each record ─> posted, not a reversal, not reversed ─> live
                                 └─> reversals that undo nothing, undo twice, or undo another sum
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from measurements.facts import Effect


class Standing(NamedTuple):
    """`live` effects, those only `pending` in the target, and reversals that are themselves wrong.

    `orphans` undo no record that stands there; `repeated` undo one that was already undone; `unequal` undo
    another amount than was posted; `moved` pairs each good reversal in another period with its original.
    """

    live: list[Effect]
    pending: list[Effect]
    orphans: list[Effect]
    repeated: list[Effect]
    unequal: list[Effect]
    moved: list[tuple[Effect, Effect]]


def standing(effects: Iterable[Effect]) -> Standing:
    """What one flow's target rows come to at the end; in the order of the rows."""
    originals: list[Effect] = []
    reversals: list[Effect] = []
    pending: list[Effect] = []
    for row in _last_states(effects):
        if row.state == "posted":
            (reversals if row.reverses else originals).append(row)
        elif row.state == "pending":
            pending.append(row)
    found = Standing([], pending, [], [], [], [])
    undone = _undone(originals, reversals, found) if reversals else set()
    found.live.extend(row for row in originals if (row.system, row.record) not in undone)
    return found


def _last_states(effects: Iterable[Effect]) -> Iterable[Effect]:
    last: dict[tuple[str, str, str, str], Effect] = {}
    for row in effects:
        place = (row.system, row.record, row.key, row.part)
        known = last.get(place)
        if known is None or row.at_s >= known.at_s:
            last[place] = row
    return last.values()


def _undone(originals: list[Effect], reversals: list[Effect], found: Standing) -> set[tuple[str, str]]:
    """Places that a live reversal undoes. Latest first, so that a reversal undone later undoes nothing."""
    rows = {(row.system, row.record): row for row in (*originals, *reversals)}
    undone: set[tuple[str, str]] = set()
    for row in sorted(reversals, key=lambda row: (-row.at_s, row.record)):
        if (row.system, row.record) in undone:
            continue
        place = (row.system, row.reverses)
        original = rows.get(place)
        if original is None:
            found.orphans.append(row)
        elif place in undone:
            found.repeated.append(row)
        else:
            undone.add(place)
            _compare(row, original, found)
    return undone


def _compare(reversal: Effect, original: Effect, found: Standing) -> None:
    # Books may write the undone sum with either sign, or none at all.
    for undone, posted in (
        (reversal.hours_centi, original.hours_centi),
        (reversal.amount_minor, original.amount_minor),
    ):
        if undone and abs(undone) != abs(posted):
            found.unequal.append(reversal)
            break
    if reversal.period != original.period:
        found.moved.append((reversal, original))
