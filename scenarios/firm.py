"""The firm profile: every volume and shape of the workload as a parameter with its unit and source.

Volumes are per 1,000 billable consultants and month. What grows with heads scales with N / 1,000, what
grows with projects with (N / 1,000) ** `project_exponent`. "domain" in a source means the project's sheet
of domain facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from measurements.latencies import LATENCIES


class LegalEntity(NamedTuple):
    """A legal entity and the region whose people and customers it has. `share` is of the heads."""

    entity: str
    name: str
    region: str
    share: float
    currency: str
    zone: str
    country: str
    to_usd: str
    bill_factor: float


def _own(unit: str) -> Any:
    """A table of the firm's own; empty is as shipped."""
    return field(default_factory=dict, metadata={"unit": unit, "source": "the firm's own"})


def _figure(default: Any, unit: str, source: str) -> Any:
    return field(default=default, metadata={"unit": unit, "source": source})


def _target(stem: str, unit: str) -> Any:
    """A latency's own target, which its share within target is judged by."""
    latency = LATENCIES[stem]
    return _figure(latency.target, unit, latency.source)


_ENTITIES = (
    LegalEntity("US01", "Rehearsal Inc.", "Americas", 0.50, "USD", "America/New_York", "US", "1", 1.10),
    LegalEntity("DE01", "Rehearsal GmbH", "EMEA", 0.35, "EUR", "Europe/Berlin", "DE", "1.08", 1.00),
    LegalEntity("IN01", "Rehearsal Pvt. Ltd.", "APAC", 0.15, "INR", "Asia/Kolkata", "IN", "0.012", 0.65),
)
USUAL_CONTRACTOR_SHARE = 0.15
_PRACTICES = ("Cloud", "Data", "ERP", "Strategy", "Design")


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm. Shares are of 1, lags in the unit of their name."""

    name: str = _figure("default firm", "", "assumption")
    consultants: int = _figure(250, "billable heads", "domain §2, smallest scale tier")
    hq_zone: str = _figure("America/New_York", "zone", "assumption")
    hq_country: str = _figure("US", "country", "assumption")
    entities: tuple[LegalEntity, ...] = _figure(_ENTITIES, "entities", "domain §3: US 50, EMEA 35, APAC 15 %")
    practices: tuple[str, ...] = _figure(_PRACTICES, "names", "assumption")

    overhead_share: float = _figure(0.22, "of consultants", "domain §2: billable share of heads 0.82")
    contractor_share: float = _figure(USUAL_CONTRACTOR_SHARE, "of delivery heads", "domain §2")
    project_exponent: float = _figure(0.85, "power of heads", "domain §2 scale tiers")
    projects: float = _figure(610, "in delivery", "domain §2")
    projects_per_manager: float = _figure(7, "projects", "domain §2")
    assignments_per_head: float = _figure(2.45, "active", "domain §2: 2,450 per 1,000")
    weekly_hours: float = _figure(27.5, "project hours a head", "domain §1.1: utilization 68.9 % of 40 h")
    duration_months: float = _figure(5.5, "months, median", "domain §2")
    time_and_materials: float = _figure(0.50, "of projects", "domain §2")
    fixed_price: float = _figure(0.35, "of projects", "domain §2 (the rest is retainer)")
    customers_per_project: float = _figure(0.6, "customers", "assumption")

    bill_rate_usd: float = _figure(140, "USD an hour", "domain §1.1: realised bill rate")
    cost_share: float = _figure(0.641, "of the bill rate", "domain §1.1: project margin 35.9 %")
    contract_slack: float = _figure(1.25, "contract value to planned value, T&M", "assumption")

    opportunities: float = _figure(317, "decided a month", "domain §2")
    win_rate: float = _figure(0.35, "of decided", "domain §2")
    last_day_factor: float = _figure(
        3.0, "times an average day's wins", "domain §3: 12.5-13 % of a month's wins"
    )
    quarter_end_factor: float = _figure(
        1.5, "times, last 10 business days", "domain §3: 40 % of a quarter's wins"
    )
    sales_cycle_days: float = _figure(60, "days, median", "assumption")
    crm_updates: float = _figure(12, "updates over life", "domain §2")
    missing_share: float = _figure(0.12, "of wins with a mandatory attribute missing", "assumption")
    new_customer_share: float = _figure(0.30, "of opportunities", "assumption")
    project_start_days: float = _figure(7, "days from win to start, median", "assumption")
    staffing_days: float = _figure(2, "days from win to staffing, median", "assumption")
    running_staffing: float = _figure(
        60, "new assignments on running projects a month", "domain §2: 900 changes"
    )

    hires: float = _figure(15, "a month", "domain §2")
    terminations: float = _figure(11, "a month", "domain §2")
    contractor_starts: float = _figure(20, "a month", "domain §2")
    contractor_ends: float = _figure(20, "a month", "domain §2")
    conversions: float = _figure(2, "contractors a month who become employees", "assumption")
    transfers: float = _figure(30, "a month", "domain §2")
    rate_changes: float = _figure(10, "a month", "domain §2: 1 % off-cycle")
    future_share: float = _figure(0.60, "of worker changes", "domain §2")
    retro_share: float = _figure(0.075, "of worker changes", "domain §2: 5-10 %")
    future_days: float = _figure(10, "days ahead, median", "assumption")
    first_and_16th_factor: float = _figure(2.0, "times a usual day", "domain §3")

    submit_shape: tuple[float, ...] = _figure(
        (0.10, 0.15, 0.35, 0.07, 0.20, 0.08, 0.04, 0.01),
        "shares: Mon-Thu, Fri 09-14, Fri 14-19, Sat-Sun, Mon 06-12, later Mon-Tue, > 2 days, > 1 week",
        "domain §3",
    )
    split_share: float = _figure(
        0.85, "of heads who submit a week over a month's end in two parts", "assumption"
    )
    rejected_share: float = _figure(0.04, "of timecards", "domain §2")
    corrected_share: float = _figure(0.02, "of timecards", "domain §2: 2 % of entries")
    self_approved_share: float = _figure(
        0.002, "of timecards, by who submitted them and may override approvals", "assumption"
    )
    recalled_share: float = _figure(0.01, "of timecards and reports", "assumption")
    resubmit_h: float = _figure(4, "hours, median", "assumption")
    correction_days: float = _figure(4, "days after submission, median", "assumption")
    holding_after_h: float = _figure(
        24, "hours that people wait before they use the holding code", "assumption"
    )

    reports: float = _figure(500, "expense reports a month", "domain §2")
    report_lines: float = _figure(11, "lines, mean", "domain §2")
    report_usd: float = _figure(900, "USD a report, median", "assumption")
    report_error_share: float = _figure(0.19, "of reports", "domain §2")
    line_defect_share: float = _figure(0.10, "of lines", "domain §2")
    policy_error_share: float = _figure(0.35, "of reports with defects that hold an error", "assumption")
    expense_approval_days: float = _figure(2.5, "days, median", "domain §3")
    expense_approval_days_p90: float = _figure(8, "days, 90th percentile", "domain §3")
    expense_weekdays: tuple[float, ...] = _figure(
        (2281, 1984, 1649, 1891, 1711, 298, 408), "weights Mon-Sun", "the event log of domain §10"
    )

    sitting_share: float = _figure(
        0.55, "of Tuesdays to Fridays with a sitting", "assumption: several a week"
    )
    milestones_per_project: float = _figure(5, "milestones of a fixed-price project", "domain §2")
    milestone_approval_h: float = _figure(20, "hours, median", "assumption")
    change_orders: float = _figure(60, "approved a month", "domain §2")
    schedule_changes: float = _figure(12, "a month", "assumption")
    desk_people: float = _figure(2, "people at the exception desk", "semantics §3")

    seen_s: float = _figure(
        60, "seconds that a person still looks at what was just saved", "semantics §3: assumption"
    )
    fix_min: float = _figure(15, "minutes to cure a refusal that is seen, median", "semantics §3")
    fix_p90_min: float = _figure(
        240, "minutes to cure a refusal that is seen, 90th percentile", "semantics §3"
    )
    exception_min: float = _figure(30, "minutes of work for one exception", "semantics §3")
    exception_again_h: float = _figure(48, "hours until an open exception comes up again", "assumption")
    exception_looks: float = _figure(3, "times that the desk takes the same exception", "assumption")
    owner_h: float = _figure(6, "hours of work until an owner settled one, median", "semantics §3")
    owner_p90_h: float = _figure(
        18, "hours of work until an owner settled one, 90th percentile", "assumption"
    )
    reaction_factor: float = _figure(
        1.0, "times all minutes and hours that people take to settle a refusal", "assumption"
    )

    target_project_setup_h: float = _target("project_setup_h", "hours from win to open")
    target_worker_alignment_h: float = _target("worker_alignment_h", "hours from change to all targets")
    target_time_posted_h: float = _target("time_posted_h", "hours from approval to posting")
    target_expense_posted_h: float = _target("expense_posted_h", "hours from approval to posting")
    target_days_to_invoice: float = _target("days_to_invoice", "days from period end to invoice")
    target_milestone_invoice_days: float = _target("milestone_invoice_days", "days from approval to invoice")
    target_reporting_staleness_h: float = _target("reporting_staleness_h", "hours from fact to report")

    @property
    def targets(self) -> dict[str, float]:
        """Stem of a latency KPI to the firm's target, in the KPI's unit."""
        return {stem: getattr(self, f"target_{stem}") for stem in LATENCIES}

    costs: Mapping[str, Any] = _own("table")
    margins: Mapping[str, tuple[float, float]] = _own("table")
    integration: Mapping[str, Any] = _own("table")

    @property
    def heads(self) -> float:
        """Thousands of consultants: the factor of what grows with heads."""
        return self.consultants / 1000.0

    @property
    def scale(self) -> float:
        """The factor of what grows with projects."""
        return float(self.heads**self.project_exponent)

    @property
    def contractor_factor(self) -> float:
        """Times the usual contractors: their starts and ends are figures of the usual share."""
        return self.contractor_share / USUAL_CONTRACTOR_SHARE

    @property
    def employee_factor(self) -> float:
        """Times the usual employees, likewise."""
        return (1.0 - self.contractor_share) / (1.0 - USUAL_CONTRACTOR_SHARE)

    def entity(self, key: str) -> LegalEntity:
        """The legal entity of that key. Raises KeyError."""
        for entity in self.entities:
            if entity.entity == key:
                return entity
        raise KeyError(key)

    def assumptions(self) -> Iterator[tuple[str, str, str]]:
        """(name, value with its unit, source) of every parameter, for the report."""
        for found in fields(self):
            value = getattr(self, found.name)
            if value == {}:
                continue
            yield (
                f"firm.{found.name}",
                f"{_said(value)} {found.metadata['unit']}".strip(),
                found.metadata["source"],
            )


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_said(one)}" for name, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(item.entity if isinstance(item, LegalEntity) else str(item) for item in value)
    return str(value)
