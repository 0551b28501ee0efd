"""The opening as NetSuite holds it, written straight into the ledger: no rule needs to be asked again.

Its masters and controls have no line of history, so the books say nothing of them until somebody writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kernel.money import major
from kernel.time import period_of
from mocks.netsuite.checks import CHECKS
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.translation import customer_body, job_body, worker_body
from mocks.opening import Opening, PostedTime

_BEFORE_S = -40 * 86400.0
_BY = "opening"


def load(ledger: Ledger, opening: Opening) -> None:
    """Everything: lists and periods, then masters, then controls, then posted time in order of posting."""
    _set_up(ledger, opening)
    _masters(ledger, opening)
    _controls(ledger, opening)
    _time(ledger, opening)


def posted_parts(posted: PostedTime) -> Iterator[tuple[str, str, int]]:
    """(part, date, hours) of the days with hours; a week over a month's end is two splits."""
    monday = date.fromisoformat(posted.week_start)
    for offset, hours in enumerate(posted.hours_centi):
        if hours:
            day = monday + timedelta(days=offset)
            split = 1 if day.month == monday.month else 2
            yield f"{split}:{day}", str(day), hours


def _set_up(ledger: Ledger, opening: Opening) -> None:
    ledger.lists["subsidiary"].update(entity.entity for entity in opening.entities)
    ledger.lists["currency"].update(rate.currency for rate in opening.rates)
    ledger.lists["currency"].update(entity.currency for entity in opening.entities)
    ledger.currency_of.update((entity.entity, entity.currency) for entity in opening.entities)
    for state in opening.periods:
        ledger.periods.set_up(state.entity, state.period, state.open)
    practices = {p.practice for p in opening.projects} | {worker.practice for worker in opening.workers}
    for practice in sorted(practices):
        _insert(ledger, "classification", {"name": practice}, practice)


def _masters(ledger: Ledger, opening: Opening) -> None:
    for customer in opening.customers:
        _insert(ledger, "customer", customer_body(customer._asdict()), customer.customer)
    for worker in opening.workers:
        kind = "vendor" if worker.kind == "contractor" else "employee"
        body = worker_body({**worker._asdict(), "effective": worker.since})
        _insert(ledger, kind, body, worker.worker)
    _agencies(ledger, opening)
    for project in opening.projects:
        _insert(ledger, "job", job_body(project._asdict()), project.project)


def _agencies(ledger: Ledger, opening: Opening) -> None:
    """The vendors that contractors work for, besides the contractors themselves."""
    agencies = {worker.vendor: worker.entity for worker in opening.workers if worker.vendor}
    for agency, entity in sorted(agencies.items()):
        if ledger.tables["vendor"].find("entityId", agency) is None:
            _insert(ledger, "vendor", {"entityId": agency, "subsidiary": entity}, agency)


def _controls(ledger: Ledger, opening: Opening) -> None:
    for milestone in opening.milestones:
        what = ("milestone", milestone.amount_minor, milestone.target, milestone.status)
        _control(ledger, milestone.project, milestone.milestone, *what)
    for instalment in opening.instalments:
        what = ("instalment", instalment.amount_minor, instalment.date, instalment.status)
        _control(ledger, instalment.project, instalment.instalment, *what)


def _control(
    ledger: Ledger, project: str, control: str, kind: str, amount_minor: int, day: str, status: str
) -> None:
    key = f"{project}:{control}"
    body: dict[str, Any] = {
        "custbody_source_key": key,
        "custbody_source_version": "1",
        "custrecord_job": {"refName": project},
        "custrecord_control": control,
        "custrecord_kind": kind,
        "custrecord_amount": major(amount_minor),
        "custrecord_status": status,
    }
    if day:
        body["custrecord_date"] = day
    _insert(ledger, "customrecord_billing_control", body, key)


def _insert(ledger: Ledger, kind: str, body: dict[str, Any], external_id: str) -> None:
    fields = CHECKS[kind].clean({**body, "externalId": external_id}, ledger, strict=True)
    ledger.insert(kind, fields, _BEFORE_S, _BY)


def _time(ledger: Ledger, opening: Opening) -> None:
    """Posted time as approved time bills; the rate is the assignment's, else the project's."""
    rates = {(a.project, a.worker): a.bill_rate_minor for a in opening.assignments}
    projects = {project.project: project for project in opening.projects}
    jobs, employees, vendors = (ledger.tables[kind] for kind in ("job", "employee", "vendor"))
    for posted in sorted(opening.posted_time, key=lambda posted: posted.approved_at_s):
        project = projects[posted.project]
        job = jobs.find("entityId", posted.project)
        worker = employees.find("entityId", posted.worker) or vendors.find("entityId", posted.worker)
        if job is None or worker is None:
            raise ValueError(f"posted time of {posted.worker} on {posted.project}, which do not exist")
        shared = {
            "custbody_source_key": posted.timecard,
            "custbody_source_version": "1",
            "employee": worker["id"],
            "customer": job["id"],
            "rate": major(rates.get((posted.project, posted.worker), project.bill_rate_minor)),
            "subsidiary": project.entity,
            "currency": project.currency,
            "approvalStatus": "approved",
        }
        for part, day, hours in posted_parts(posted):
            fields = {
                **shared,
                "externalId": f"{posted.timecard}|{part}|1",
                "custbody_source_part": part,
                "tranDate": day,
                "postingPeriod": period_of(day),
                "hours": major(hours),
            }
            ledger.insert("timebill", fields, posted.approved_at_s, _BY)
