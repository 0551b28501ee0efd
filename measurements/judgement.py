"""Judges one flow: what is due, what stands, and the first finding of each key, part and version.

    unauthorised > duplicated > lost > wrong_amount > wrong_period > wrong_write_back

Due and absent is an open exception where the desk has its record, pending where it was committed less than
26 h before the end (one daily run and sweep plus 2 h), and lost otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from measurements.facts import DOCUMENTS, Commitment, Effect
from measurements.flow_tables import (
    FlowFacts,
    Tables,
    effected,
    later_units,
    of_population,
    plain,
    source_of,
    tables_of,
)
from measurements.identity import Identity, Unit
from measurements.policy import against_policy
from measurements.standing import Standing, standing
from measurements.sums import UNSUMMED, unequal
from measurements.terms import balance, leftover
from measurements.write_backs import wrong_write_backs

FINDINGS = ("unauthorised", "duplicated", "lost", "wrong_amount", "wrong_period", "wrong_write_back")
"""What is wrong at the end, in the order in which a key and version counts."""

KINDS = (*FINDINGS, "pending", "open_exceptions")
"""Findings and the two honest leftovers."""


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


def judge(facts: FlowFacts) -> tuple[tuple[Finding, ...], Identity, int]:
    """The findings in order, the identity, and how many recalls were too late to be reversed in time."""
    later = later_units(facts)
    stands = of_population(standing(facts.effects), later)
    tables = tables_of(facts, stands, later)
    judged: dict[Unit, tuple[str, str, int]] = {}
    late = _unauthorised(facts, tables, stands, judged)
    _duplicated(tables, stands, judged)
    absent = [unit for unit in tables.due if unit not in tables.live or not effected(tables, unit)]
    _absent(facts, tables, absent, judged)
    _wrong_amount(facts, tables, stands, judged)
    if facts.flow in DOCUMENTS:
        _wrong_period(facts, tables, stands, judged)
    doubtful = {unit[0] for unit in (*judged, *late)}
    doubtful.update(unit[0] for unit, row in tables.due.items() if tables.excused.speak_for(row))
    for unit, reason in wrong_write_backs(facts, tables, doubtful):
        judged[unit] = ("wrong_write_back", reason, 1)
    findings = sorted(
        (Finding(kind, facts.flow, *unit, reason, count) for unit, (kind, reason, count) in judged.items()),
        key=lambda found: (KINDS.index(found.kind), found.key, found.part, found.version),
    )
    return tuple(findings), balance(facts, tables, absent, late), len(late)


def _unauthorised(
    facts: FlowFacts, tables: Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
) -> set[Unit]:
    late: set[Unit] = set()
    documents = facts.flow in DOCUMENTS
    for unit, effects in tables.live.items():
        rows = source_of(tables, unit)
        for effect in effects:
            reason, withdrawn_at_s = _fault(rows, effect, documents)
            if withdrawn_at_s > facts.end_s - facts.grace_s:
                late.add(unit)
            elif reason:
                judged[unit] = ("unauthorised", reason, 1)
                break
    for effect in stands.orphans:
        judged.setdefault(plain(effect), ("unauthorised", f"{effect.record} reverses nothing that stands", 1))
    return late


def _fault(rows: list[Commitment] | None, effect: Effect, documents: bool) -> tuple[str, float]:
    """Why the effect has no valid approval ("" = it has), and when that was withdrawn (-1 = not).

    A version that was withdrawn and committed again has a row each time; one that stands is enough.
    """
    reason, withdrawn_at_s = "no such commitment at the source", -1.0
    for row in rows or ():
        if not row.authorised:
            reason = "not approved by an entitled other person"
        elif documents and (held := against_policy(row, effect.at_s)):
            reason = held
        elif documents and effect.at_s < row.committed_at_s:
            reason = "posted before its approval"
        elif documents and row.withdrawn_at_s is not None:
            reason, withdrawn_at_s = "recalled and not reversed", max(withdrawn_at_s, row.withdrawn_at_s)
        else:
            return "", -1.0
    return reason, withdrawn_at_s


def _duplicated(tables: Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]) -> None:
    for unit, effects in tables.live.items():
        if len(effects) > 1 and unit not in judged:
            extra = len(effects) - len({(effect.system, effect.part) for effect in effects})
            if extra:
                records = ", ".join(sorted(effect.record for effect in effects))
                judged[unit] = ("duplicated", f"{len(effects)} stand: {records}", extra)
    for effect in stands.repeated:
        judged.setdefault(plain(effect), ("duplicated", f"{effect.reverses} is reversed twice", 1))


def _absent(
    facts: FlowFacts, tables: Tables, absent: Sequence[Unit], judged: dict[Unit, tuple[str, str, int]]
) -> None:
    for unit in absent:
        if unit not in tables.overtaken:
            judged.setdefault(unit, (*leftover(facts, tables, unit), 1))


def _wrong_amount(
    facts: FlowFacts, tables: Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
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
        judged.setdefault(plain(effect), ("wrong_amount", reason, 1))


def _wrong_period(
    facts: FlowFacts, tables: Tables, stands: Standing, judged: dict[Unit, tuple[str, str, int]]
) -> None:
    for unit, effect in _dated(tables, stands):
        rows = source_of(tables, unit)
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


def _dated(tables: Tables, stands: Standing) -> Iterator[tuple[Unit, Effect]]:
    for unit, effects in tables.live.items():
        for effect in effects:
            yield unit, effect
    for reversal, _ in stands.moved:
        yield plain(reversal), reversal
