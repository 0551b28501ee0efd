"""Judges one flow: what is due, what stands, and the first finding of each key, part and version.

    unauthorised > duplicated > lost > wrong_amount > wrong_period        (semantics.md §6)

Due and absent is an open exception where the desk has its record, pending where it was committed less than
26 h before the end (one daily run and sweep plus 2 h), and lost otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from measurements.excuses import Excuses
from measurements.facts import DOCUMENTS, TARGETS, Commitment, Effect, Problem
from measurements.identity import Identity, Unit
from measurements.periods import Periods
from measurements.population import audited, handed_over_s, newest
from measurements.standing import Standing, standing
from measurements.sums import UNSUMMED, unequal

FINDINGS = ("unauthorised", "duplicated", "lost", "wrong_amount", "wrong_period")
"""What is wrong at the end, in the order in which a key and version counts."""

KINDS = (*FINDINGS, "pending", "open_exceptions")
"""Findings and the two honest leftovers."""

GRACE_S = 26 * 3600.0
"""What was committed or recalled later than this before the end is pending (semantics.md §6)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to report; `count` above one only for several superfluous effects of one unit."""

    kind: str
    flow: str
    key: str
    part: str
    version: int
    reason: str
    count: int = 1


class FlowFacts(NamedTuple):
    """The tables of one flow."""

    flow: str
    due: Sequence[Commitment]
    commitments: Sequence[Commitment]
    effects: Sequence[Effect]
    problems: Sequence[Problem]
    end_s: float
    periods: Periods
    horizon_s: float = math.inf


class _Tables(NamedTuple):
    """The same tables by unit; `excused` is what open exception records speak for.

    `overtaken` are due units that were recalled or replaced between the horizon and the end.
    """

    due: dict[Unit, Commitment]
    sources: dict[Unit, list[Commitment]]
    live: dict[Unit, list[Effect]]
    waiting: set[Unit]
    excused: Excuses
    overtaken: set[Unit]
    targets: int


def judge(facts: FlowFacts) -> tuple[tuple[Finding, ...], Identity, int]:
    """The findings in order, the identity, and how many recalls were too late to be reversed in time."""
    stands = _of_population(facts, standing(facts.effects))
    tables = _by_unit(facts, stands)
    judged: dict[Unit, tuple[str, str, int]] = {}
    late = _unauthorised(facts, tables, stands, judged)
    _duplicated(tables, stands, judged)
    absent = [unit for unit in tables.due if unit not in tables.live or not _effected(tables, unit)]
    _absent(facts, tables, absent, judged)
    _wrong_amount(facts, tables, stands, judged)
    if facts.flow in DOCUMENTS:
        _wrong_period(facts, tables, stands, judged)
    findings = sorted(
        (Finding(kind, facts.flow, *unit, reason, count) for unit, (kind, reason, count) in judged.items()),
        key=lambda found: (KINDS.index(found.kind), found.key, found.part, found.version),
    )
    return tuple(findings), _identity(facts, tables, absent, late), len(late)


def _by_unit(facts: FlowFacts, stands: Standing) -> _Tables:
    end_s, horizon_s = facts.end_s, min(facts.horizon_s, facts.end_s)
    due = {(row.key, row.part, row.version): row for row in facts.due if audited(row, horizon_s)}
    sources: dict[Unit, list[Commitment]] = {}
    for row in facts.commitments:
        sources.setdefault((row.key, row.part, row.version), []).append(row)
    targets = TARGETS.get(facts.flow, 1)
    whole = {unit[0] for unit in due if not unit[1]} if targets > 1 else set()
    live: dict[Unit, list[Effect]] = {}
    for effect in stands.live:
        unit = _unit(effect, whole) if whole else (effect.key, effect.part, effect.version)
        live.setdefault(unit, []).append(effect)
    excused = Excuses(facts.problems, end_s)
    waiting = {_unit(effect, whole) for effect in stands.pending}
    return _Tables(due, sources, live, waiting, excused, _overtaken(facts, due), targets)


def _of_population(facts: FlowFacts, stands: Standing) -> Standing:
    """What stands, without the effects of what was handed over only after the horizon."""
    if facts.horizon_s >= facts.end_s:
        return stands
    early: set[Unit] = set()
    late: set[Unit] = set()
    for row in facts.commitments:
        unit = (row.key, row.part, row.version)
        (early if handed_over_s(row) <= facts.horizon_s else late).add(unit)
    late -= early
    if not late:
        return stands

    def counted(effect: Effect) -> bool:
        whole = (effect.key, "", effect.version)
        return (effect.key, effect.part, effect.version) not in late and whole not in late

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


def _unit(effect: Effect, whole: set[str]) -> Unit:
    return effect.key, "" if effect.key in whole else effect.part, effect.version


def _source(tables: _Tables, unit: Unit) -> list[Commitment] | None:
    """A source's commitment without a part speaks for all parts."""
    return tables.sources.get(unit) or tables.sources.get((unit[0], "", unit[2]))


def _unauthorised(
    facts: FlowFacts, tables: _Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
) -> set[Unit]:
    late: set[Unit] = set()
    documents = facts.flow in DOCUMENTS
    for unit, effects in tables.live.items():
        rows = _source(tables, unit)
        for effect in effects:
            reason, withdrawn_at_s = _fault(rows, effect, documents)
            if withdrawn_at_s > facts.end_s - GRACE_S:
                late.add(unit)
            elif reason:
                judged[unit] = ("unauthorised", reason, 1)
                break
    for effect in stands.orphans:
        judged.setdefault(
            _plain(effect), ("unauthorised", f"{effect.record} reverses nothing that stands", 1)
        )
    return late


def _fault(rows: list[Commitment] | None, effect: Effect, documents: bool) -> tuple[str, float]:
    """Why the effect has no valid approval ("" = it has), and when that was withdrawn (-1 = not).

    A version that was withdrawn and committed again has a row each time; one that stands is enough.
    """
    reason, withdrawn_at_s = "no such commitment at the source", -1.0
    for row in rows or ():
        if not row.authorised:
            reason = "not approved by an entitled other person"
        elif documents and effect.at_s < row.committed_at_s:
            reason = "posted before its approval"
        elif documents and row.withdrawn_at_s is not None:
            reason, withdrawn_at_s = "recalled and not reversed", max(withdrawn_at_s, row.withdrawn_at_s)
        else:
            return "", -1.0
    return reason, withdrawn_at_s


def _plain(effect: Effect) -> Unit:
    return effect.key, effect.part, effect.version


def _duplicated(tables: _Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]) -> None:
    for unit, effects in tables.live.items():
        if len(effects) > 1 and unit not in judged:
            extra = len(effects) - len({(effect.system, effect.part) for effect in effects})
            if extra:
                records = ", ".join(sorted(effect.record for effect in effects))
                judged[unit] = ("duplicated", f"{len(effects)} stand: {records}", extra)
    for effect in stands.repeated:
        judged.setdefault(_plain(effect), ("duplicated", f"{effect.reverses} is reversed twice", 1))


def _effected(tables: _Tables, unit: Unit) -> bool:
    effects = tables.live[unit]
    if tables.targets == 1 or unit[1]:
        return True
    return len({(effect.system, effect.part) for effect in effects}) >= tables.targets


def _absent(
    facts: FlowFacts, tables: _Tables, absent: Sequence[Unit], judged: dict[Unit, tuple[str, str, int]]
) -> None:
    for unit in absent:
        if unit not in tables.overtaken:
            judged.setdefault(unit, (*_leftover(facts, tables, unit), 1))


def _leftover(facts: FlowFacts, tables: _Tables, unit: Unit) -> tuple[str, str]:
    row = tables.due[unit]
    if tables.excused.speak_for(row):
        return "open_exceptions", "due, absent, with an open exception record"
    if unit in tables.waiting and facts.flow == "invoice":
        return "pending", "waits in the target for a person's approval"
    if max(row.committed_at_s, row.due_from_s) > facts.end_s - GRACE_S:
        return "pending", "committed less than 26 h before the end"
    if unit in tables.waiting:
        return "lost", "stands in the target, never approved there"
    if unit in tables.live:
        systems = ", ".join(sorted({effect.system for effect in tables.live[unit]}))
        return "lost", f"stands in {systems} only"
    return "lost", f"due since {row.due_from_s / 3600:.2f} h, absent, no open exception"


def _wrong_amount(
    facts: FlowFacts, tables: _Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
) -> None:
    summed = facts.flow not in UNSUMMED
    for unit, row in tables.due.items():
        for effect in tables.live.get(unit, ()):
            if unit not in judged and (unit[0], unit[2]) not in tables.excused:
                reason = unequal(effect, row, summed)
                if reason:
                    judged[unit] = ("wrong_amount", reason, 1)
    for effect in stands.unequal:
        reason = f"{effect.record} undoes another sum than {effect.reverses} posted"
        judged.setdefault(_plain(effect), ("wrong_amount", reason, 1))


def _wrong_period(
    facts: FlowFacts, tables: _Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
) -> None:
    for unit, effect in _dated(tables, stands):
        rows = _source(tables, unit)
        if unit in judged or not rows:
            continue
        home = rows[-1].transaction_date[:7] or rows[-1].period
        right = facts.periods.due(facts.flow, rows[-1].entity, home, effect.at_s)
        logged = effect.moved or right == home
        if effect.period != right or not logged or not effect.period_open:
            note = "" if logged else ", and the move is not logged"
            judged[unit] = (
                "wrong_period",
                f"{effect.record} stands in {effect.period}, due {right}{note}",
                1,
            )


def _dated(tables: _Tables, stands: Standing) -> Iterator[tuple[Unit, Effect]]:
    for unit, effects in tables.live.items():
        for effect in effects:
            yield unit, effect
    for reversal, _ in stands.moved:
        yield _plain(reversal), reversal


def _identity(facts: FlowFacts, tables: _Tables, absent: Sequence[Unit], late: set[Unit]) -> Identity:
    missing = set(absent)
    overtaken = missing & tables.overtaken
    effected = {unit for unit in tables.live if unit in tables.due and unit not in missing}
    horizon_s = min(facts.horizon_s, facts.end_s)
    strays = {
        unit
        for unit in tables.live
        if unit not in tables.due
        and unit not in late
        and any(audited(row, horizon_s) for row in _source(tables, unit) or ())
    }
    excused, doubled = _excused(tables, missing)
    leftovers = [_leftover(facts, tables, unit)[0] for unit in absent if unit not in overtaken]
    conflicts = [(unit, "effected and in an open exception") for unit in sorted(doubled)]
    conflicts += [(unit, "stands and is approved, but no act made it due") for unit in sorted(strays)]
    return Identity(
        due=len(tables.due),
        effected=len(effected) + len(strays),
        open_exceptions=len(excused),
        pending=leftovers.count("pending"),
        lost=leftovers.count("lost"),
        overtaken=len(overtaken),
        conflicts=tuple(conflicts),
    )


def _excused(tables: _Tables, missing: set[Unit]) -> tuple[set[Unit], set[Unit]]:
    """Units that open exceptions speak for, and those of them that stand nevertheless.

    One on an item speaks for its absent parts, or, where none is absent, for all; one on a stream, or on a
    note in the source, for what is absent only.
    """
    units: dict[tuple[str, int], list[Unit]] = {}
    for unit in tables.due:
        if (unit[0], unit[2]) in tables.excused and unit not in tables.overtaken:
            units.setdefault((unit[0], unit[2]), []).append(unit)
    absent = missing - tables.overtaken
    excused = {unit for unit in absent if tables.excused.speak_for(tables.due[unit])}
    doubled: set[Unit] = set()
    for parts in units.values():
        if missing.isdisjoint(parts):
            doubled.update(parts)
    return excused | doubled, doubled
