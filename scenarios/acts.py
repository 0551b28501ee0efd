"""What people do, when, as flat values: the only thing between the workload and the people who act it out.

    workload(firm, scenario, seed) ──> acts (this file) ──> scenarios.people turns each into a script

Instants are seconds since the start; one that is before the start (0.0) is already moved into the first
minutes, where it is the backlog of a running firm. A project key may be one that does not exist yet
(`P-O00001`, made by an integration or a clerk after the win): then the act waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mocks.opening import Customer, Instalment, Milestone, Worker


class Touch(NamedTuple):
    """One update of an opportunity by its owner: the desk's `fields`."""

    at_s: float
    fields: Mapping[str, str | int | float | None]


class Deal(NamedTuple):
    """An opportunity from its creation to its decision.

    `given` is what `opportunity.create` takes beside key, customer and owner, with the mandatory
    attributes in `missing` as None; `complete` holds their values, which the owner knows when asked.
    `customer_record` is set where the customer must first be created. `decided_at_s` None = still open at
    the end; `won` decides. `repair_min` is how long the owner takes once the refusal is on the screen.
    """

    opportunity: str
    customer: str
    customer_record: Customer | None
    owner: str
    given: Mapping[str, Any]
    missing: tuple[str, ...]
    complete: Mapping[str, str | int]
    milestones: tuple[Milestone, ...]
    instalments: tuple[Instalment, ...]
    created_at_s: float
    touches: tuple[Touch, ...]
    decided_at_s: float | None
    won: bool
    project: str
    repair_min: float


class Staffing(NamedTuple):
    """A project manager saves an assignment. `opportunity` is set where the project comes from a win in
    this run."""

    assignment: str
    project: str
    opportunity: str
    worker: str
    role: str
    bill_rate_minor: int
    currency: str
    hours_per_week: int
    start: str
    end: str
    at_s: float
    by: str


class WorkerChange(NamedTuple):
    """HR enters a change. `kind` is hire, terminate, transfer or rate; `worker_record` only for a hire.

    `fields` are the words of `worker.transfer`; `cost_rate_minor` of `worker.rate`. `effective` may lie after
    (future-dated) or before (retroactive) the entry; `effective_at_s` is its 00:00 in the entity's zone.
    """

    kind: str
    worker: str
    entity: str
    at_s: float
    effective: str
    effective_at_s: float
    worker_record: Worker | None
    fields: Mapping[str, str]
    cost_rate_minor: int
    currency: str
    by: str


class Card(NamedTuple):
    """One timecard: a week (or the part of it on one side of a month's end, then the key ends in `-2`).

    `rejected`: the approver refuses it once, with this reason; the worker submits it again `resubmit_h`
    later. `recall_h`: the worker recalls it so long after submission and submits `corrected` instead.
    `correct_at_s`: a back-dated correction (recall if need be, then `corrected` is submitted as a new
    version). `self_approved`: the worker overrides its approval at once, with an administrator's permission.
    """

    timecard: str
    worker: str
    project: str
    opportunity: str
    entity: str
    week_start: str
    hours_centi: tuple[int, int, int, int, int, int, int]
    approver: str
    rejected: str
    resubmit_h: float
    recall_h: float | None
    correct_at_s: float | None
    corrected: tuple[int, int, int, int, int, int, int] | None
    self_approved: bool = False


class Week(NamedTuple):
    """All that one worker submits in one go. `part` 1, or 2 for the days after a month's end inside the week.

    `holding_project` takes the hours of a project that is still not open `holding_after_h` after
    `submit_at_s`.
    """

    worker: str
    monday: str
    part: int
    submit_at_s: float
    cards: tuple[Card, ...]
    holding_project: str
    holding_after_h: float
    zone: str


class Line(NamedTuple):
    """One expense line. `defect` (for tests only, no desk takes it): "", receipt (an error), justification
    (a warning)."""

    line: int
    type: str
    date: str
    amount_minor: int
    receipt: bool
    justification: str
    billable: bool
    defect: str


class Report(NamedTuple):
    """An expense report. `repaired` are the lines once its defects are put right (None where it has none).

    `rejected`, `resubmit_h`, `recall_h` as for a card; a recalled or rejected report comes back as it was.
    `leave_h`: in sittings the approver leaves it alone until so long after `submit_at_s`.
    `approve_at_s` is set where the approver decides at a recorded instant (imported history), by
    `approver`; a `approver` of "" in history means that the log knows no approval: `submitter_approves`
    does it then.
    """

    report: str
    worker: str
    project: str
    opportunity: str
    entity: str
    currency: str
    lines: tuple[Line, ...]
    repaired: tuple[Line, ...] | None
    approver: str
    submit_at_s: float
    rejected: str
    resubmit_h: float
    recall_h: float | None
    leave_h: float = 0.0
    approve_at_s: float | None = None
    submitter_approves: bool = False


class Sitting(NamedTuple):
    """An approver clears all that waits for them, in one bulk action."""

    approver: str
    at_s: float


class MilestoneDone(NamedTuple):
    """A project manager completes a milestone and its approver approves it."""

    milestone: str
    project: str
    date: str
    complete_at_s: float
    approve_at_s: float
    approver: str
    by: str


class ChangeOrder(NamedTuple):
    """A change order is approved: contract value and planned hours grow."""

    change_order: str
    project: str
    amount_minor: int
    hours: int
    approver: str
    date: str
    at_s: float


class ScheduleChange(NamedTuple):
    """An instalment of a billing schedule moves or changes its amount."""

    instalment: str
    project: str
    amount_minor: int
    date: str
    at_s: float
    by: str


class PurchaseRequest(NamedTuple):
    """A subcontractor's purchase request is approved."""

    request: str
    project: str
    vendor: str
    amount_minor: int
    currency: str
    hours: int
    approver: str
    at_s: float


class BillingRun(NamedTuple):
    """A billing manager runs billing up to `cut_off` (a date), then releases what waits from
    `release_at_s` on."""

    at_s: float
    cut_off: str
    partial: bool
    manager: str
    release_at_s: float


class FinanceSitting(NamedTuple):
    """Finance reviews every invoice that waits in the ERP."""

    at_s: float
    approver: str


class Lock(NamedTuple):
    """Finance locks a period of an entity. `ledger` is time or ar_gl."""

    at_s: float
    entity: str
    period: str
    ledger: str
    by: str


class Shift(NamedTuple):
    """One person at the exception desk, from and until."""

    person: str
    from_s: float
    until_s: float


class Operation(NamedTuple):
    """An integration operator acts on the pipeline: `kind` is credential, mapping, repair or replay.

    `parameters` is the body of the operation, such as {"system", "secret"}.
    """

    at_s: float
    kind: str
    parameters: Mapping[str, Any]
    by: str


class Workload(NamedTuple):
    """Everything that people do in one scenario; a pure function of (firm, scenario, seed).

    `deals` in order of key; those with `won` are the wins. `weeks` and `reports` in order of submission.
    `holding` maps each entity to the project key that takes time of projects which are not open.
    """

    deals: tuple[Deal, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    changes: tuple[WorkerChange, ...] = ()
    weeks: tuple[Week, ...] = ()
    reports: tuple[Report, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    milestones: tuple[MilestoneDone, ...] = ()
    change_orders: tuple[ChangeOrder, ...] = ()
    schedule_changes: tuple[ScheduleChange, ...] = ()
    purchase_requests: tuple[PurchaseRequest, ...] = ()
    billing_runs: tuple[BillingRun, ...] = ()
    finance_sittings: tuple[FinanceSitting, ...] = ()
    locks: tuple[Lock, ...] = ()
    shifts: tuple[Shift, ...] = ()
    operations: tuple[Operation, ...] = ()
    holding: Mapping[str, str] = {}
