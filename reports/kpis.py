"""The KPIs as the report speaks of them: label, unit, which way is better, and the margin that matters.

Definitions stand in semantics.md §6; this table only says how to print and to compare. A KPI that is not
here is printed under its own name, with its unit read from its ending, and counts as exploratory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from reports.inputs import Margin

Better = Literal["low", "high"]

WORKFLOWS: Mapping[str, str] = {
    "quote_to_project": "Quote to project",
    "worker_alignment": "Worker alignment",
    "time_and_expense": "Time and expense",
    "billing_and_revenue": "Billing and revenue",
    "portfolio_reporting": "Portfolio reporting",
}


class Kpi(NamedTuple):
    """How one KPI is printed and compared; `outcome` says whether it decides its workflow's answer."""

    name: str
    label: str
    unit: str
    better: Better
    workflow: str
    margin: Margin
    digits: int
    outcome: bool


def _kpi(
    name: str,
    label: str,
    unit: str,
    workflow: str,
    margin: Margin,
    *,
    better: Better = "low",
    digits: int = 1,
    outcome: bool = False,
) -> Kpi:
    return Kpi(name, label, unit, better, workflow, margin, digits, outcome)


_QUOTE, _WORKER, _TIME, _BILLING, _REPORTING = WORKFLOWS

TABLE: tuple[Kpi, ...] = (
    _kpi("project_setup_h_p50", "Project setup, median", "h", _QUOTE, Margin(1)),
    _kpi("project_setup_h_p95", "Project setup, 95th percentile", "h", _QUOTE, Margin(4), outcome=True),
    _kpi("worker_alignment_h_p50", "Worker change everywhere, median", "h", _WORKER, Margin(1)),
    _kpi(
        "worker_alignment_h_p95",
        "Worker change everywhere, 95th percentile",
        "h",
        _WORKER,
        Margin(4),
        outcome=True,
    ),
    _kpi("time_posted_h_p50", "Approved time posted, median", "h", _TIME, Margin(1)),
    _kpi("time_posted_h_p95", "Approved time posted, 95th percentile", "h", _TIME, Margin(4), outcome=True),
    _kpi("expense_posted_h_p50", "Approved expense posted, median", "h", _TIME, Margin(1)),
    _kpi(
        "expense_posted_h_p95",
        "Approved expense posted, 95th percentile",
        "h",
        _TIME,
        Margin(4),
        outcome=True,
    ),
    _kpi(
        "posted_before_close_pct",
        "Approved hours posted before the lock",
        "%",
        _TIME,
        Margin(0.5),
        better="high",
        digits=2,
        outcome=True,
    ),
    _kpi("days_to_invoice_p50", "Period end to invoice, median", "days", _BILLING, Margin(0.5)),
    _kpi(
        "days_to_invoice_p95",
        "Period end to invoice, 95th percentile",
        "days",
        _BILLING,
        Margin(0.5),
        outcome=True,
    ),
    _kpi(
        "milestone_invoice_days_p50", "Milestone approval to invoice, median", "days", _BILLING, Margin(0.5)
    ),
    _kpi(
        "milestone_invoice_days_p95",
        "Milestone approval to invoice, 95th percentile",
        "days",
        _BILLING,
        Margin(0.5),
    ),
    _kpi(
        "unbilled_at_close_usd",
        "Approved value unbilled at close",
        "USD",
        _BILLING,
        Margin(10_000, 0.05),
        digits=0,
        outcome=True,
    ),
    _kpi(
        "invoice_accuracy_pct",
        "Invoices right the first time",
        "%",
        _BILLING,
        Margin(1),
        better="high",
        outcome=True,
    ),
    _kpi("invoice_holds", "Invoices held for stale or missing data", "count", _BILLING, Margin(2, 0.05)),
    _kpi("value_due_usd", "Value due for the period", "USD", _BILLING, Margin(0, 0.05), digits=0),
    _kpi(
        "never_invoiced_usd", "Due, and never invoiced in this run", "USD", _BILLING, Margin(10_000), digits=0
    ),
    _kpi("reporting_staleness_h_p50", "Age of a fact in reports, median", "h", _REPORTING, Margin(1)),
    _kpi(
        "reporting_staleness_h_p95",
        "Age of a fact in reports, 95th percentile",
        "h",
        _REPORTING,
        Margin(4),
        outcome=True,
    ),
    _kpi("margin_error_pct", "Margin error in the morning report", "%", _REPORTING, Margin(0.5), digits=2),
    _kpi("utilization_error_pts", "Utilization error in reports", "pts", _REPORTING, Margin(0.5), digits=2),
    _kpi("api_calls", "Calls the integration sends", "count", "", Margin(500, 0.05), digits=0),
    _kpi(
        "api_calls_per_1000_records",
        "Calls per 1,000 business records",
        "count",
        "",
        Margin(50, 0.05),
        digits=0,
    ),
    _kpi("event_deliveries", "Events handed to the integration", "count", "", Margin(500, 0.05), digits=0),
    _kpi("people_calls", "Acts of people at the systems", "count", "", Margin(500, 0.05), digits=0),
    _kpi("background_calls", "Calls of other integrations", "count", "", Margin(500, 0.05), digits=0),
    _kpi("throttled_calls", "Calls refused by a limit", "count", "", Margin(10, 0.05), digits=0),
    _kpi("quota_peak_pct", "Highest use of any quota", "%", "", Margin(2)),
    _kpi("concurrency_saturated_min", "Minutes with all slots taken", "min", "", Margin(5, 0.05)),
    _kpi("manual_hours", "Work of people caused by integration", "h", "", Margin(8, 0.05)),
    _kpi("drain_h", "Cut-off until nothing approved is unposted", "h", "", Margin(4)),
)

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


def outcomes(workflow: str) -> list[Kpi]:
    """The KPIs that decide a workflow's answer."""
    return [entry for entry in TABLE if entry.workflow == workflow and entry.outcome]
