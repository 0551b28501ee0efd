"""Names that a scenario may use: systems, fault kinds, release kinds, KPIs, and the fields of a vendor's
objects."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.resources import files
from typing import Any

from measurements.kpi_table import TABLE
from mocks import faults, releases
from mocks.assemble import ALL
from mocks.fields import ObjectType
from mocks.parameters import Parameter

SYSTEMS = ALL
FAULTS = faults.KINDS
RELEASES = releases.KINDS

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "salesforce": ("token", "describe", "read", "write", "query", "poll", "bulk", "job"),
    "workday": ("read", "query", "poll"),
    "netsuite": ("token", "read", "write", "query", "bulk", "job"),
    "warehouse": ("write", "query"),
}
"""Kinds of operation, as each system tells them apart: a fault may be aimed at one of them."""

VERSIONED: Mapping[str, float] = {"salesforce": 67.0, "workday": 45.2}
"""Systems that are called with a version, and the one that the integration is pinned to for a whole run."""

FELT_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("lost_event", "doubled_event", "late_event", "gap_event", "row_lock"), ("salesforce",)),
    **dict.fromkeys(("require_field", "validation_rule"), ("salesforce", "netsuite")),
    **dict.fromkeys(("throttle", "limit_cut"), ("salesforce", "workday", "netsuite")),
    "retire_version": tuple(VERSIONED),
}
"""Faults and releases that only these systems feel: the others send no events to the integration, lock no
rows, check no writes by machines, have no limits, or are called without a version."""

POLLED = ("workday", "netsuite")
"""Systems that are asked for news, where batch does not run: they send none, or not of everything."""
AMBIENT = ("lost_reply", "reset", "brownout")
"""Faults that may happen every day in any system."""

_FEW = 12


def one_of(known: Sequence[str], wrong: str) -> str:
    """What to use instead of a wrong name: one of the known, of many those that look most like it."""
    if len(known) <= _FEW:
        return f"one of {', '.join(known)}"
    near = get_close_matches(wrong, known, 3, 0.0)
    return f"one of the {len(known)} known, such as {', '.join(near)}"


KPIS = tuple(entry.name for entry in TABLE)
"""Those that may decide."""

_WORKER = (
    *("Worker_ID", "Name", "Email", "Kind", "Vendor", "Entity", "Region", "Practice", "Manager", "Cost_Rate"),
    *("Currency", "Active", "Effective_Date", "Change_ID", "Entry_Moment", "Version"),
)


def objects_of(system: str) -> Mapping[str, frozenset[str]]:
    """The system's objects, spelled as it finds them, and their fields, from the vendor's own definitions.

    NetSuite's externalId is a part of every record's address (`eid:`): no release changes it.
    """
    if system == "workday":
        return {"worker": frozenset(_WORKER)}
    if system == "warehouse":
        return {}
    return {name: frozenset(kind.fields) - {"externalId"} for name, kind in _types_of(system).items()}


def fields_of(system: str, name: str) -> tuple[str, ...]:
    """All fields of one object (its name in any case) in which a key may stand."""
    if system == "warehouse":
        return ("key", "version")
    types = {other.lower(): kind for other, kind in _types_of(system).items()}
    return tuple(types[name.lower()].fields)


def _types_of(system: str) -> Mapping[str, ObjectType]:
    types = import_module(f"mocks.{system}.objects").TYPES
    return {name: getattr(kind, "object", kind) for name, kind in types.items()}


def figures_of(system: str, table: str) -> Mapping[str, Mapping[str, Any]]:
    """One table (limits, ambient, policy) of the vendor's limits.toml."""
    text = files(f"mocks.{system}").joinpath("limits.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = tomllib.loads(text).get(table, {})
    return found


def switches_of(system: str) -> Mapping[str, Parameter]:
    """The vendor's policy figures that a scenario may set; those in words switch nothing."""
    found = {}
    for name, figure in figures_of(system, "policy").items():
        if not isinstance(figure["value"], str):
            whole = isinstance(figure["value"], int)
            least = figure.get("least", 1 if whole else 0.001)
            found[name] = Parameter(name, "whole" if whole else "number", least=least)
    return found
