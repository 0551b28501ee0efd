"""Facts: the flat values that books, KPIs and audit speak. They know no vendor, no model and no pipeline.

    source books ──> Commitment ─┐                                  people ──> Labour
    target books ──> Effect ─────┼──> KPIs, audit                    systems ─> Traffic, LimitUse
    exception book > Problem ────┘                                   warehouse > Sighting, Snapshot

A *flow* is a part of a workflow with one kind of due thing. `key` is the business key of the item that a
KPI counts, `part` a piece of it (empty where the item is one piece), `version` the source's version.

| flow      | workflow              | key                          | part                 | target      |
| project   | quote_to_project      | opportunity                  |                      | psa and erp |
| worker    | worker_alignment      | worker@effective-date#change | psa / erp            | psa and erp |
| time      | time_and_expense      | timecard header              | split:date           | erp         |
| expense   | time_and_expense      | expense report               |                      | erp         |
| control   | billing_and_revenue   | project:control              |                      | erp         |
| invoice   | billing_and_revenue   | billing event                |                      | erp         |
| revenue   | billing_and_revenue   | project:period:run           |                      | erp         |
| reporting | portfolio_reporting   | fact                         |                      | warehouse   |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

WORKFLOWS = (
    "quote_to_project",
    "worker_alignment",
    "time_and_expense",
    "billing_and_revenue",
    "portfolio_reporting",
)

FLOWS: Mapping[str, str] = {
    "project": "quote_to_project",
    "worker": "worker_alignment",
    "time": "time_and_expense",
    "expense": "time_and_expense",
    "control": "billing_and_revenue",
    "invoice": "billing_and_revenue",
    "revenue": "billing_and_revenue",
    "reporting": "portfolio_reporting",
}
"""Flow to workflow."""

NOTHING: Mapping[str, str | int | float | bool] = {}


class Commitment(NamedTuple):
    """A source system's commitment that something must stand in a target. One row a version (and part).

    `due_from_s` starts the KPI clock (approval; max(completed, effective)); `withdrawn_at_s` is when this
    version was recalled, rejected or superseded. `authorised`: approved by an entitled person who is not
    the submitter (always true where no approval is needed). `terms` carries what accuracy is judged by.
    """

    flow: str
    key: str
    part: str
    version: int
    system: str
    committed_at_s: float
    due_from_s: float
    withdrawn_at_s: float | None
    submitter: str
    approver: str
    authorised: bool
    project: str
    customer: str
    worker: str
    entity: str
    transaction_date: str
    period: str
    hours_centi: int
    amount_minor: int
    currency: str
    terms: Mapping[str, str | int | float | bool] = NOTHING


class Effect(NamedTuple):
    """What a target system holds. A reversal is a row of its own with `reverses` = the record it undoes.

    `state`: "posted" (counts), "pending" (does not), "void". `moved`: the move to a later period is logged.
    `period_open`: whether `period` was open in the ERP when the record was committed.
    """

    flow: str
    key: str
    part: str
    version: int
    system: str
    record: str
    at_s: float
    state: str
    reverses: str
    project: str
    worker: str
    entity: str
    transaction_date: str
    period: str
    moved: bool
    period_open: bool
    hours_centi: int
    amount_minor: int
    currency: str
    terms: Mapping[str, str | int | float | bool] = NOTHING


class Problem(NamedTuple):
    """An exception record in the system people use. `closed_at_s` is None while open."""

    flow: str
    key: str
    version: int
    cause: str
    detail: str
    audience: str
    opened_at_s: float
    closed_at_s: float | None
    amount_minor: int
    touched_minutes: float


class Labour(NamedTuple):
    """Work of a person that an integration caused: `cause` is exception, hold, rekey, reconciliation, rebooking."""

    at_s: float
    role: str
    cause: str
    minutes: float
    flow: str
    key: str


class Traffic(NamedTuple):
    """Requests a system counted in one hour: `who` is integration, people or background."""

    system: str
    who: str
    kind: str
    hour: int
    calls: int
    throttled: int
    errors: int


class LimitUse(NamedTuple):
    """How far one limit was used. Shares are of the limit (1.0 = full); `own` is the integration's part of the peak.

    `limit` names it with its unit; `windowed` false = concurrency. `series` is the peak share per hour.
    """

    system: str
    limit: str
    size: float
    windowed: bool
    peak_share: float
    own_share: float
    saturated_min: float
    refusals: int
    series: tuple[tuple[int, float], ...]


class Sighting(NamedTuple):
    """When a source fact became visible in the warehouse (`visible_at_s` None = never)."""

    source: str
    key: str
    version: int
    committed_at_s: float
    visible_at_s: float | None


class Snapshot(NamedTuple):
    """What the warehouse said of one project or worker at one instant, for margin and utilization errors."""

    at_s: float
    kind: str
    key: str
    revenue_minor: int
    cost_minor: int
    hours_centi: int
    billable_centi: int


class Books(NamedTuple):
    """Everything one system's books say."""

    commitments: tuple[Commitment, ...] = ()
    effects: tuple[Effect, ...] = ()
    problems: tuple[Problem, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
