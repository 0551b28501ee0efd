"""The latencies: what each one times, the target that a firm sets for it, and the three KPIs that tell it.

    <stem>_p50, <stem>_p95          how long, finished or at the age it had at the end
    <name>_within_target_pct        how many of them within the target; what is unfinished is not

A percentile of few items is nearly the slowest of them; the share is what bears a decision there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Latency(NamedTuple):
    """One latency: `flow` whose items it times, `unit` h or days, `target` in that unit with its source."""

    stem: str
    flow: str
    workflow: str
    label: str
    unit: str
    target: float
    source: str
    outcome: bool = True

    @property
    def share(self) -> str:
        """The name of its share within target."""
        return f"{self.stem.removesuffix('_h').removesuffix('_days')}_within_target_pct"


LATENCIES: Mapping[str, Latency] = {
    row.stem: row
    for row in (
        Latency(
            "project_setup_h",
            "project",
            "quote_to_project",
            "Project setup",
            "h",
            24.0,
            "assumption: a day (domain §1.2, automated, unsourced)",
        ),
        Latency(
            "worker_alignment_h",
            "worker",
            "worker_alignment",
            "Worker change everywhere",
            "h",
            24.0,
            "assumption: a day",
        ),
        Latency(
            "time_posted_h",
            "time",
            "time_and_expense",
            "Approved time posted",
            "h",
            24.0,
            "assumption: a day",
        ),
        Latency(
            "expense_posted_h",
            "expense",
            "time_and_expense",
            "Approved expense posted",
            "h",
            24.0,
            "assumption: a day",
        ),
        Latency(
            "days_to_invoice",
            "invoice",
            "billing_and_revenue",
            "Period end to invoice",
            "days",
            7.0,
            "domain §1.2: a published target of at most 7 days",
        ),
        Latency(
            "milestone_invoice_days",
            "milestone",
            "billing_and_revenue",
            "Milestone approval to invoice",
            "days",
            7.0,
            "assumption: as other invoices",
            outcome=False,
        ),
        Latency(
            "reporting_staleness_h",
            "reporting",
            "portfolio_reporting",
            "Age of a fact in reports",
            "h",
            24.0,
            "assumption: a day",
        ),
    )
}
"""Stem to latency, in the order in which work flows."""
