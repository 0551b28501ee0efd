"""The terms of a flow's identity, each counted from its own table, and the units that break it."""

from __future__ import annotations

from collections.abc import Sequence

from measurements.flow_tables import FlowFacts, Tables, source_of
from measurements.identity import Identity, Unit
from measurements.population import audited


def balance(facts: FlowFacts, tables: Tables, absent: Sequence[Unit], late: set[Unit]) -> Identity:
    """The identity: `absent` are due units that do not stand, `late` recalls that need no reversal yet."""
    missing = set(absent)
    overtaken = missing & tables.overtaken
    effected = {unit for unit in tables.live if unit in tables.due and unit not in missing}
    horizon_s = min(facts.horizon_s, facts.end_s)
    strays = {
        unit
        for unit in tables.live
        if unit not in tables.due
        and unit not in late
        and any(audited(row, horizon_s) for row in source_of(tables, unit) or ())
    }
    excused, doubled = _excused(tables, missing)
    leftovers = [leftover(facts, tables, unit)[0] for unit in absent if unit not in overtaken]
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


def _excused(tables: Tables, missing: set[Unit]) -> tuple[set[Unit], set[Unit]]:
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


def leftover(facts: FlowFacts, tables: Tables, unit: Unit) -> tuple[str, str]:
    """What a due unit that does not stand is, and why: open exception, pending or lost."""
    row = tables.due[unit]
    if tables.excused.speak_for(row):
        return "open_exceptions", "due, absent, with an open exception record"
    if unit in tables.waiting and facts.flow == "invoice":
        return "pending", "waits in the target for a person's approval"
    if max(row.committed_at_s, row.due_from_s) > facts.end_s - facts.grace_s:
        return "pending", f"committed less than {facts.grace_s / 3600.0:g} h before the end"
    if unit in tables.waiting:
        return "lost", "stands in the target, never approved there"
    if unit in tables.live:
        systems = ", ".join(sorted({effect.system for effect in tables.live[unit]}))
        return "lost", f"stands in {systems} only"
    return "lost", f"due since {row.due_from_s / 3600:.2f} h, absent, no open exception"
