"""Names that a scenario may use: systems, fault kinds, release kinds, KPIs, and the fields of a vendor's
objects."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import import_module
from importlib.resources import files

from mocks import faults, releases
from mocks.assemble import ALL

SYSTEMS = ALL
FAULTS = faults.KINDS
RELEASES = releases.KINDS

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "retire_version": ("version",),
    "rename_field": ("object", "field", "to"),
    "remove_field": ("object", "field"),
    "require_field": ("object", "field"),
    "validation_rule": ("object", "field", "when", "message"),
    "limit_cut": ("limit", "size"),
}
"""What each kind of release needs."""

_LATENCIES = (
    "project_setup_h",
    "time_posted_h",
    "expense_posted_h",
    "worker_alignment_h",
    "days_to_invoice",
    "reporting_staleness_h",
)
KPIS = (
    *(f"{name}_{percentile}" for name in _LATENCIES for percentile in ("p50", "p95")),
    "posted_before_close_pct",
    "unbilled_at_close_usd",
    "invoice_accuracy_pct",
    "invoice_holds",
    "margin_error_pct",
    "utilization_error_pts",
    "api_calls",
    "throttled_calls",
    "quota_peak_pct",
    "manual_hours",
    "drain_h",
)

_WORKER = (
    *("Worker_ID", "Name", "Email", "Kind", "Vendor", "Entity", "Region", "Practice", "Manager", "Cost_Rate"),
    *("Currency", "Active", "Effective_Date", "Change_ID", "Entry_Moment", "Version"),
)


def objects_of(system: str) -> Mapping[str, frozenset[str]]:
    """The system's objects (lower-case name) and their fields, from the vendor's own definitions."""
    if system == "workday":
        return {"worker": frozenset(_WORKER)}
    if system == "warehouse":
        return {}
    types = import_module(f"mocks.{system}.objects").TYPES
    return {name.lower(): frozenset(getattr(kind, "object", kind).fields) for name, kind in types.items()}


def figures_of(system: str, table: str) -> frozenset[str]:
    """The names in one table (limits, ambient, policy) of the vendor's limits.toml."""
    text = files(f"mocks.{system}").joinpath("limits.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text).get(table, {}))
