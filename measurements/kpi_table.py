"""The KPIs as one table: name, label, unit, workflow, which way is better, and the margin that matters.

Definitions stand in semantics.md §6. Measurements compute these names, scenarios may let them decide, and
reports print and compare them: all read this table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from measurements.facts import WORKFLOWS
from measurements.latencies import LATENCIES, Latency

Better = Literal["low", "high"]


class Margin(NamedTuple):
    """The smallest difference that matters: the larger of an absolute and a relative (share of best) one."""

    absolute: float
    relative: float = 0.0

    def around(self, best: float) -> float:
        """The margin in the KPI's own unit, given the best model's mean."""
        return max(self.absolute, self.relative * abs(best))


class Kpi(NamedTuple):
    """How one KPI is printed and compared; `outcome` says whether it decides its workflow's answer.

    `share` names the KPI that decides in a percentile's place where too few items stand behind it.
    """

    name: str
    label: str
    unit: str
    better: Better
    workflow: str
    margin: Margin
    digits: int
    outcome: bool
    share: str = ""


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


_SHARE_MARGIN = Margin(5)
"""Points; among fewer than 60 items one of them is nearly two points or more (assumption)."""


def _timed(latency: Latency) -> Iterator[Kpi]:
    """Median, 95th percentile and share within target; the last decides only in the second's place."""
    stem, label, unit, workflow = latency.stem, latency.label, latency.unit, latency.workflow
    near, far = (Margin(1), Margin(4)) if unit == "h" else (Margin(0.5), Margin(0.5))
    median = _kpi(f"{stem}_p50", f"{label}, median", unit, workflow, near)
    slow = _kpi(f"{stem}_p95", f"{label}, 95th percentile", unit, workflow, far, outcome=latency.outcome)
    yield median._replace(share=latency.share)
    yield slow._replace(share=latency.share)
    yield _kpi(latency.share, f"{label}, within target", "%", workflow, _SHARE_MARGIN, better="high")


def delay_of(workflow: str) -> str:
    """The KPI of what faults delayed in one workflow: an outcome of it in every run that has faults."""
    return f"{workflow}_fault_delay_item_h"


def _delayed(workflow: str) -> Kpi:
    label = f"Delay that faults caused in {workflow.replace('_', ' ')}"
    return _kpi(delay_of(workflow), label, "item-h", workflow, Margin(24, 0.05), digits=0, outcome=True)


_QUOTE, _WORKER, _TIME, _BILLING, _REPORTING = WORKFLOWS

TABLE: tuple[Kpi, ...] = (
    *_timed(LATENCIES["project_setup_h"]),
    *_timed(LATENCIES["worker_alignment_h"]),
    *_timed(LATENCIES["time_posted_h"]),
    *_timed(LATENCIES["expense_posted_h"]),
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
    *_timed(LATENCIES["days_to_invoice"]),
    *_timed(LATENCIES["milestone_invoice_days"]),
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
    *_timed(LATENCIES["reporting_staleness_h"]),
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
    _kpi("doubles_removed", "Doubles posted and undone again", "count", "", Margin(1), digits=0),
    _kpi("fault_delay_item_h", "Delay that faults caused", "item-h", "", Margin(24, 0.05), digits=0),
    _kpi("fault_delay_usd_days", "Money delayed by faults", "USD-days", "", Margin(10_000, 0.05), digits=0),
    _kpi("recovery_h", "Faults’ end until no item is late because of them", "h", "", Margin(4)),
    *(_delayed(workflow) for workflow in WORKFLOWS),
    _kpi("fault_unpaired_items", "Items without a fault-free twin", "count", "", Margin(10, 0.05), digits=0),
    _kpi("drain_h", "Backlog gone, from the cut-off or the last fault", "h", "", Margin(4)),
)
