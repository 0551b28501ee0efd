"""The tables of one flow, by unit: what is due, what sources say, what stands, what exceptions speak for."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from measurements.excuses import Excuses
from measurements.facts import TARGETS, Commitment, Effect, Problem, Receipt
from measurements.identity import Unit
from measurements.periods import Periods
from measurements.population import audited, handed_over_s, newest
from measurements.standing import Standing

GRACE_S = 26 * 3600.0
"""What was committed or recalled later than this before the end is pending (semantics.md §6)."""


class FlowFacts(NamedTuple):
    """The tables of one flow; `receipts` is None where sources keep none. `grace_s`: as `GRACE_S`."""

    flow: str
    due: Sequence[Commitment]
    commitments: Sequence[Commitment]
    effects: Sequence[Effect]
    problems: Sequence[Problem]
    receipts: Sequence[Receipt] | None
    end_s: float
    periods: Periods
    horizon_s: float = math.inf
    grace_s: float = GRACE_S


class Tables(NamedTuple):
    """The same tables by unit; `excused` is what open exception records speak for.

    `overtaken` are due units that were recalled or replaced between the horizon and the end, `later` keys of
    which something was handed over in between. `targets` must all hold a unit without a part.
    """

    due: dict[Unit, Commitment]
    sources: dict[Unit, list[Commitment]]
    live: dict[Unit, list[Effect]]
    waiting: set[Unit]
    excused: Excuses
    overtaken: set[Unit]
    later: set[str]
    targets: int


def tables_of(facts: FlowFacts, stands: Standing, later: Collection[Unit]) -> Tables:
    """Index one flow; `later` are the units handed over after the horizon."""
    end_s, horizon_s = facts.end_s, min(facts.horizon_s, facts.end_s)
    due = {(row.key, row.part, row.version): row for row in facts.due if audited(row, horizon_s)}
    sources: dict[Unit, list[Commitment]] = {}
    for row in facts.commitments:
        sources.setdefault((row.key, row.part, row.version), []).append(row)
    targets = TARGETS.get(facts.flow, 1)
    whole = {unit[0] for unit in due if not unit[1]} if targets > 1 else set()
    live: dict[Unit, list[Effect]] = {}
    for effect in stands.live:
        unit = unit_of(effect, whole) if whole else (effect.key, effect.part, effect.version)
        live.setdefault(unit, []).append(effect)
    excused = Excuses(facts.problems, end_s, facts.grace_s)
    waiting = {unit_of(effect, whole) for effect in stands.pending}
    keys = {unit[0] for unit in later}
    return Tables(due, sources, live, waiting, excused, _overtaken(facts, due), keys, targets)


def later_units(facts: FlowFacts) -> set[Unit]:
    """Units that were handed over only after the horizon."""
    if facts.horizon_s >= facts.end_s:
        return set()
    early: set[Unit] = set()
    late: set[Unit] = set()
    for row in facts.commitments:
        (early if handed_over_s(row) <= facts.horizon_s else late).add((row.key, row.part, row.version))
    return late - early


def of_population(stands: Standing, later: Collection[Unit]) -> Standing:
    """What stands, without the effects of those units."""
    if not later:
        return stands

    def counted(effect: Effect) -> bool:
        return plain(effect) not in later and (effect.key, "", effect.version) not in later

    kept = stands._asdict()
    kept.update({name: list(filter(counted, kept[name])) for name in stands._fields if name != "moved"})
    return Standing(**{**kept, "moved": [pair for pair in stands.moved if counted(pair[1])]})


def _overtaken(facts: FlowFacts, due: Mapping[Unit, Commitment]) -> set[Unit]:
    if facts.horizon_s >= facts.end_s:
        return set()
    last = newest(facts.commitments, facts.end_s)
    return {
        unit
        for unit, row in due.items()
        if (row.withdrawn_at_s is not None and row.withdrawn_at_s <= facts.end_s)
        or last.get((row.system, row.key, row.part), row.version) > row.version
    }


def unit_of(effect: Effect, whole: set[str]) -> Unit:
    """The same without its part where the key is due as a whole."""
    return effect.key, "" if effect.key in whole else effect.part, effect.version


def source_of(tables: Tables, unit: Unit) -> list[Commitment] | None:
    """A source's commitment without a part speaks for all parts."""
    return tables.sources.get(unit) or tables.sources.get((unit[0], "", unit[2]))


def plain(effect: Effect) -> Unit:
    """The unit that the effect itself names."""
    return effect.key, effect.part, effect.version


def effected(tables: Tables, unit: Unit) -> bool:
    """Whether every target that must hold the live unit does."""
    effects = tables.live[unit]
    if tables.targets == 1 or unit[1]:
        return True
    return len({(effect.system, effect.part) for effect in effects}) >= tables.targets
