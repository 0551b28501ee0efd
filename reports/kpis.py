"""The KPIs as the report speaks of them: workflows by their names, and the entry of any KPI.

The entries stand in `measurements/kpi_table.py`. A KPI that is not there is printed under its own name, with
its unit read from its ending, and counts as exploratory.
"""

from __future__ import annotations

from collections.abc import Mapping

from measurements.kpi_table import TABLE, Better, Kpi, Margin

__all__ = ["TABLE", "UNCOMPARED", "WORKFLOWS", "Better", "Kpi", "in_order", "kpi"]

WORKFLOWS: Mapping[str, str] = {
    "quote_to_project": "Quote to project",
    "worker_alignment": "Worker alignment",
    "time_and_expense": "Time and expense",
    "billing_and_revenue": "Billing and revenue",
    "portfolio_reporting": "Portfolio reporting",
}

UNCOMPARED = frozenset({"background_calls", "event_deliveries", "people_calls", "value_due_usd"})
"""Counts that say what a run was, not how well it went: no difference is taken of them."""

_BY_NAME = {kpi.name: kpi for kpi in TABLE}
_ENDINGS = (
    ("_pct", "%"),
    ("_pts", "pts"),
    ("_usd", "USD"),
    ("_h", "h"),
    ("_hours", "h"),
    ("_days", "days"),
    ("_min", "min"),
)


def kpi(name: str) -> Kpi:
    """The entry of a KPI, made up from its name where the table does not know it."""
    known = _BY_NAME.get(name)
    if known:
        return known
    stem = name.removesuffix("_p50").removesuffix("_p95")
    unit = next((unit for ending, unit in _ENDINGS if stem.endswith(ending)), "count")
    return Kpi(name, name.replace("_", " "), unit, "low", "", Margin(0, 0.05), 1, False)


def in_order(names: set[str]) -> list[str]:
    """Known KPIs in the table's order, then the others by name."""
    known = [entry.name for entry in TABLE if entry.name in names]
    return known + sorted(names - set(known))
