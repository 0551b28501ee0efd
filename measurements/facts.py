"""Facts: the flat values that books, KPIs and audit speak. They know no vendor, no model and no pipeline.

    source books ──> Commitment, Receipt ─┐                         people ──> Labour
    target books ──> Effect ─────┼──> KPIs, audit                    systems ─> Traffic, LimitUse
    exception book > Problem ────┘                                   warehouse > Sighting, Snapshot
    contracts ─> Value ─> InvoiceLine, Hold                          finance ─> PeriodLock, EntityClose

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

DOCUMENTS = frozenset({"time", "expense", "invoice", "revenue"})
"""Flows whose effects are documents: approved, posted into a period, undone only by a reversal.

The others are upserts: a record holds its last state, and a superseded version is simply overwritten.
"""

TARGETS: Mapping[str, int] = {"project": 2, "worker": 2}
"""Targets that must hold a commitment without a part (psa and erp); one where a flow is not named."""

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


class Receipt(NamedTuple):
    """What a source's record says of its place in a target, as an integration or a clerk told it.

    `version` is the one believed to be posted (0 = none said), `record` and `number` the target's names for
    it (of a project: its job and its customer), `settled` whether the record counts as invoiced.
    """

    flow: str
    key: str
    version: int
    system: str
    record: str
    number: str
    settled: bool


class Problem(NamedTuple):
    """An exception record in the system people use. `closed_at_s` is None while open; version 0: never read.

    One about a whole stream names its keys by shape (globs, comma-separated), `source` system and `since_s`.
    """

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
    source: str = ""
    keys: str = ""
    since_s: float = 0.0


class RecordError(NamedTuple):
    """What an integration told a record's owner on the record itself; `cleared_at_s` None while it shows."""

    flow: str
    key: str
    version: int
    detail: str
    shown_at_s: float
    cleared_at_s: float | None


class Value(NamedTuple):
    """Value due under contract: what an invoice line must bring to the customer.

    `kind` is time, expense, milestone or instalment; (`key`, `part`, `version`) is what the invoice line
    names; `approved_at_s` when it became billable.
    """

    kind: str
    key: str
    part: str
    version: int
    project: str
    entity: str
    period: str
    approved_at_s: float
    amount_minor: int
    currency: str


class InvoiceLine(NamedTuple):
    """One line of an invoice. `record` is the target's invoice, empty where the source says what it bills."""

    event: str
    record: str
    kind: str
    key: str
    part: str
    version: int
    quantity_centi: int
    rate_minor: int
    amount_minor: int


class Hold(NamedTuple):
    """Finance held an invoice; `cause` is integration, inherent, or empty: then terms decide."""

    event: str
    at_s: float
    cleared_at_s: float | None
    reason: str
    cause: str = ""


class Labour(NamedTuple):
    """Work of a person that an integration caused.

    `cause` is exception, hold, rekey, reconciliation or rebooking.
    """

    at_s: float
    role: str
    cause: str
    minutes: float
    flow: str
    key: str


class Traffic(NamedTuple):
    """Requests a system counted in one hour: `who` is integration, people or background.

    `errors` are those that failed for another reason than a limit; among them `server_errors` (5xx) and
    `unanswered` (the connection broke, or no answer left the system).
    """

    system: str
    who: str
    kind: str
    hour: int
    calls: int
    throttled: int
    errors: int
    server_errors: int = 0
    unanswered: int = 0


class LimitUse(NamedTuple):
    """How far one limit was used.

    Shares are of the limit (1.0 = full); `own_share` is the integration's part of the peak.
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


class PeriodLock(NamedTuple):
    """An accounting period of an entity, as the ERP's books tell it, or as the calendar plans it.

    `open` at the start, and when finance locked (or is to lock) it; None = not in this run.
    The time lock binds time and expense, the ledger lock invoices and revenue.
    """

    entity: str
    period: str
    open: bool
    time_lock_s: float | None
    ledger_lock_s: float | None


class EntityClose(NamedTuple):
    """The close of the observed period in one entity: its end (midnight), approval cut-off and two locks.

    The calendar plans it; `View.closes` has the locks as they fell.
    """

    entity: str
    period_end_s: float
    cut_off_s: float
    time_lock_s: float
    ledger_lock_s: float


class Books(NamedTuple):
    """Everything one system's books say."""

    commitments: tuple[Commitment, ...] = ()
    effects: tuple[Effect, ...] = ()
    problems: tuple[Problem, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    values: tuple[Value, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    holds: tuple[Hold, ...] = ()
    locks: tuple[PeriodLock, ...] = ()
    record_errors: tuple[RecordError, ...] = ()
    receipts: tuple[Receipt, ...] = ()
