"""Draws faults and releases: every kind and target, healed early enough that what waited can arrive."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from kernel.time import DAY_S, HOUR_S
from mocks import faults as known_faults
from mocks import releases as known_releases
from scenarios.calendar import Calendar
from scenarios.instants import seconds_of
from scenarios.known import FAULTS, FELT_BY, OPERATIONS, RELEASES, SYSTEMS, VERSIONED, figures_of, objects_of
from sim.fuzz.dice import Dice

FIRST, LAST, HEALED = -9, 5, 8
"""Business days: upheaval begins from BD-9 to BD+5 and is over by BD+8; a week and more is left to arrive."""
_COUNTS = ((0, 0.2), (1, 0.3), (2, 0.25), (3, 0.15), (4, 0.1))
_RELEASES = ((0, 0.55), (1, 0.25), (2, 0.15), (3, 0.05))
_TOLD_THERE = ("salesforce",)
"""Where exceptions are told: an integration that is locked out of it can tell nothing of anything."""
_TOLD_AS = "Integration_Exception__c"
"""The records that tell: a change of theirs is always answered, or nobody could be told of anything."""
_BOOKS = "source"
"""In the names of fields by which books tell what stands: a system without them could not be judged."""
NEWER = 80.0
"""A version that no client names yet: a change from it on strikes nobody, and nobody need answer it."""
SPARED = 40.0
"""A version that is older than any client's here: to retire it strikes nobody."""


def faults(dice: Dice, calendar: Calendar) -> list[dict[str, Any]]:
    """The scenario's faults."""
    count = dice.weighted("count", _COUNTS)
    return list(filter(None, (_fault(dice.of(str(n)), calendar, n) for n in range(count))))


def releases(dice: Dice, calendar: Calendar) -> list[dict[str, Any]]:
    """The scenario's releases, most of them with a mapping where one can help."""
    count = dice.weighted("count", _RELEASES)
    return [_release(dice.of(str(number)), calendar) for number in range(count)]


def _fault(dice: Dice, calendar: Calendar, number: int) -> dict[str, Any]:
    kind = dice.one("kind", FAULTS)
    system = dice.one("system", FELT_BY.get(kind, SYSTEMS))
    at = _instant(dice, calendar)
    hours = min(dice.spread("hours", 0.2, 48.0), _hours_left(at, calendar))
    table: dict[str, Any] = {"at": at, "target": _target(dice, kind, system), "kind": kind}
    if kind == "expired_credentials":
        table["renewed_after_h"] = min(hours, 30.0)
    else:
        table["for_h"] = hours
    parameters = dict(_fault_parameters(dice.of("parameters"), kind, system, number))
    return table | ({"parameters": parameters} if parameters else {})


def _target(dice: Dice, kind: str, system: str) -> str:
    operations = (*OPERATIONS[system], *(("desk",) if kind == "outage" else ()))
    if kind in known_faults.BY_OPERATION and dice.chance("operation?", 0.4):
        return f"{system}:{dice.one('operation', operations)}"
    return system


def _fault_parameters(dice: Dice, kind: str, system: str, number: int) -> Iterator[tuple[str, Any]]:
    limits = figures_of(system, "limits")
    limit = dice.one("limit", sorted(limits)) if limits else ""
    for parameter in known_faults.PARAMETERS[kind]:
        name = parameter.name
        if name == "limit":
            yield name, limit
        elif name == "size":
            yield name, float(max(1, round(limits[limit]["size"] * dice.spread(name, 0.05, 0.9))))
        elif name == "secret":
            yield name, f"secret-{number + 2}"
        elif parameter.choices:
            yield name, dice.one(name, parameter.choices)
        elif parameter.most == 1.0:
            yield name, dice.between(name, 0.05, dice.one(f"{name} most", (0.3, 1.0)))
        else:
            most = 3600.0 if name.endswith("_s") else 20.0
            yield name, dice.spread(name, max(1.5, parameter.least), most)


def _instant(dice: Dice, calendar: Calendar) -> str:
    """At any minute of the day, at headquarters or in an entity, now and then as ISO 8601 has it."""
    number = dice.one("day", [day for day in range(FIRST, LAST + 1) if day])
    at = f"BD{number:+d} {dice.whole('hour', 0, 23):02d}:{dice.whole('minute', 0, 59):02d}"
    if dice.chance("elsewhere?", 0.3):
        at = f"{at} {dice.one('entity', sorted(calendar.places))}"
    at_s = seconds_of(at, calendar)
    if not 0.0 <= at_s < calendar.bd_at(HEALED, "00:00") - HOUR_S:
        return "BD-1 14:00"
    return f"{calendar.time.stamp(at_s)[:16]}Z" if dice.chance("iso?", 0.1) else at


def _hours_left(at: str, calendar: Calendar) -> float:
    healed_s = calendar.bd_at(HEALED, "00:00")
    return float(int((healed_s - seconds_of(at, calendar)) / HOUR_S))


def _release(dice: Dice, calendar: Calendar) -> dict[str, Any]:
    kind = dice.one("kind", RELEASES)
    systems = [name for name in FELT_BY.get(kind, SYSTEMS) if name != "warehouse"]
    system = dice.one("system", systems)
    at = _instant(dice, calendar)
    table: dict[str, Any] = {
        "at": at,
        "system": system,
        "cause": dice.one("cause", ("vendor release", "package upgrade", "tenant change")),
        "kind": kind,
        "parameters": dict(_release_parameters(dice.of("parameters"), kind, system)),
    }
    pinned = kind in known_releases.PINNED
    if pinned and system in VERSIONED and dice.chance("version?", 0.3):
        table["from_version"] = dice.one("version", (SPARED, NEWER))
    answered = table["parameters"].get("object") == _TOLD_AS or dice.chance("answered?", 0.75)
    if table.get("from_version") != NEWER and answered:
        days_left = _hours_left(at, calendar) * HOUR_S / DAY_S
        answer = "mapped_after_days" if pinned else "repaired_after_days"
        table[answer] = min(dice.between("answered", 0.1, 3.0), days_left)
    return table


def _release_parameters(dice: Dice, kind: str, system: str) -> Iterator[tuple[str, Any]]:
    if kind == "retire_version":
        struck = system not in _TOLD_THERE and dice.chance("struck?", 0.5)
        yield "version", 70.0 if struck else dice.between("version", 1.0, SPARED)
        return
    if kind == "limit_cut":
        limit = dice.one("limit", sorted(figures_of(system, "limits")))
        yield "limit", limit
        size = figures_of(system, "limits")[limit]["size"]
        yield "size", float(max(1, round(size * dice.spread("size", 0.33, 0.9))))
        return
    objects = objects_of(system)
    name = dice.one("object", sorted(objects))
    fields = [one for one in sorted(objects[name]) if kind != "remove_field" or _BOOKS not in one]
    field = dice.one("field", fields)
    yield from (("object", name), ("field", field))
    if kind == "rename_field":
        yield "to", f"{field.removesuffix('__c')}_New__c" if field.endswith("__c") else f"{field}_new"
    if kind == "validation_rule":
        yield "when", values_of(system, name, field)
        yield "message", "Not with this value."


def values_of(system: str, name: str, field: str) -> list[Any]:
    """A value that the field may have: of its list, or the plainest of its type."""
    kind = import_module(f"mocks.{system}.objects").TYPES[name]
    found = getattr(kind, "object", kind).fields[field]
    if found.picklist:
        return [found.picklist[0]]
    return [True] if found.type == "checkbox" else [0] if found.type in {"number", "currency"} else ["x"]
