"""The opening: what the systems hold when a run begins, in business words that each vendor's desk translates.

A plain value made by `scenarios`, the same for every model. Everything in it is consistent over all systems
(projects are open and carry their ERP ids, workers stand in all three, posted time is posted).
"""

from __future__ import annotations

from typing import NamedTuple


class Entity(NamedTuple):
    """A legal entity: its books' currency and the zone in which its periods end."""

    entity: str
    name: str
    currency: str
    zone: str
    country: str


class Customer(NamedTuple):
    """Customer as people know it, in business keys."""

    customer: str
    name: str
    entity: str
    currency: str
    bill_to: str
    tax_number: str
    country: str


class Worker(NamedTuple):
    """`kind` is employee or contractor; `vendor` only for the latter. Cost rate in minor units an hour."""

    worker: str
    name: str
    email: str
    kind: str
    vendor: str
    entity: str
    region: str
    practice: str
    manager: str
    cost_rate_minor: int
    currency: str
    since: str


class Milestone(NamedTuple):
    """Milestone as people know it, in business keys."""

    milestone: str
    project: str
    name: str
    amount_minor: int
    target: str
    status: str


class Instalment(NamedTuple):
    """Instalment as people know it, in business keys."""

    instalment: str
    project: str
    amount_minor: int
    date: str
    status: str


class Project(NamedTuple):
    """`billing_method`: Time and Materials, Fixed Price or Retainer."""

    project: str
    name: str
    customer: str
    entity: str
    region: str
    practice: str
    billing_method: str
    currency: str
    contract_minor: int
    planned_hours: int
    bill_rate_minor: int
    start: str
    end: str
    project_manager: str
    bill_to: str
    tax_number: str
    po_number: str
    hours_to_date_centi: int
    cost_to_date_minor: int
    revenue_to_date_minor: int


class Assignment(NamedTuple):
    """Assignment as people know it, in business keys."""

    assignment: str
    project: str
    worker: str
    role: str
    bill_rate_minor: int
    currency: str
    hours_per_week: int
    start: str
    end: str


class PostedTime(NamedTuple):
    """A timecard of the running period that was approved and posted before the run began."""

    timecard: str
    worker: str
    project: str
    week_start: str
    hours_centi: tuple[int, int, int, int, int, int, int]
    approver: str
    approved_at_s: float


class Rate(NamedTuple):
    """One unit of `currency` in the reporting currency, as decimal text; fixed for the whole run."""

    currency: str
    to_usd: str


class PeriodState(NamedTuple):
    """`time_lock_s`, `ledger_lock_s`: when finance locks it (s since the start; None = not in this run)."""

    entity: str
    period: str
    open: bool
    time_lock_s: float | None
    ledger_lock_s: float | None


class Opening(NamedTuple):
    """The whole opening."""

    period: str
    hq_zone: str
    entities: tuple[Entity, ...]
    rates: tuple[Rate, ...]
    periods: tuple[PeriodState, ...]
    customers: tuple[Customer, ...]
    workers: tuple[Worker, ...]
    projects: tuple[Project, ...]
    milestones: tuple[Milestone, ...]
    instalments: tuple[Instalment, ...]
    assignments: tuple[Assignment, ...]
    posted_time: tuple[PostedTime, ...]
