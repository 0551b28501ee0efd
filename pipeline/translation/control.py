"""Billing controls: milestones, instalments and change orders of the PSA as what the ERP bills by.

A purchase request for a subcontractor is no control but a purchase order of its own. Owner of all: the PSA.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kernel.money import major, minor

Given = Mapping[str, Any]
_PROJECT = ("pse__Project__r.Project_Key__c", "pse__Project__r.Entity__c", "pse__Project__r.CurrencyIsoCode")

MILESTONE_FIELDS = (
    "Milestone_Key__c",
    "Version__c",
    "pse__Milestone_Amount__c",
    "pse__Status__c",
    "pse__Target_Date__c",
    "pse__Actual_Date__c",
    "LastModifiedDate",
    *_PROJECT,
)
INSTALMENT_FIELDS = (
    "Instalment_Key__c",
    "Version__c",
    "Amount__c",
    "Status__c",
    "Date__c",
    "LastModifiedDate",
    *_PROJECT,
)
BUDGET_FIELDS = (
    "Budget_Key__c",
    "Version__c",
    "pse__Amount__c",
    "Hours__c",
    "pse__Type__c",
    "pse__Status__c",
    "pse__Effective_Date__c",
    "Vendor__c",
    "CurrencyIsoCode",
    "LastModifiedDate",
    *_PROJECT,
    "pse__Project__r.Contract_Amount__c",
    "pse__Project__r.Contract_Version__c",
)
BUDGETS = {"Change Request": "change_order", "Vendor Purchase Order": "purchase_request"}
"""Types of budgets that are controls, and which; all others are plans."""


class Control(NamedTuple):
    """Canonical control; `kind` milestone, instalment, change_order or purchase_request, "" = not ours.

    Contract amount and version are the project's with this change order (0 elsewhere).
    """

    control: str
    version: int
    kind: str
    project: str
    entity: str
    currency: str
    amount_minor: int
    hours: float
    status: str
    date: str
    vendor: str
    contract_minor: int
    contract_version: int

    @property
    def key(self) -> str:
        """The business key."""
        return key_of(self.control)


def key_of(control: str) -> str:
    """The business key `<project>:<control>`. A control is named after its project (P00001-M1), so that who
    names it unread, such as a hook, names it by the same key as who has read it.
    """
    return f"{project_of(control)}:{control}"


def project_of(control: str) -> str:
    """The project's key within a control's."""
    return control.rpartition("-")[0]


def milestone_of(row: Given) -> Control:
    """A milestone's row (MILESTONE_FIELDS); its date is the actual one once there is one."""
    date = row.get("pse__Actual_Date__c") or row.get("pse__Target_Date__c") or ""
    amount = row.get("pse__Milestone_Amount__c")
    return _control(row, row["Milestone_Key__c"], "milestone", amount, row.get("pse__Status__c") or "", date)


def instalment_of(row: Given) -> Control:
    """An instalment's row (INSTALMENT_FIELDS)."""
    status, date = row.get("Status__c") or "", row.get("Date__c") or ""
    return _control(row, row["Instalment_Key__c"], "instalment", row.get("Amount__c"), status, date)


def budget_of(row: Given) -> Control:
    """A budget's row (BUDGET_FIELDS): an approved change order or purchase request, or none of ours."""
    approved = row.get("pse__Status__c") == "Approved"
    kind = BUDGETS.get(row.get("pse__Type__c") or "", "") if approved else ""
    project = row.get("pse__Project__r") or {}
    date = row.get("pse__Effective_Date__c") or ""
    control = _control(
        row, row["Budget_Key__c"], kind, row.get("pse__Amount__c"), row.get("pse__Status__c") or "", date
    )
    return control._replace(
        currency=row.get("CurrencyIsoCode") or control.currency,
        hours=float(row.get("Hours__c") or 0),
        vendor=row.get("Vendor__c") or "",
        contract_minor=minor(project.get("Contract_Amount__c") or 0),
        contract_version=int(project.get("Contract_Version__c") or 1),
    )


def _control(row: Given, key: str, kind: str, amount: Any, status: str, date: str) -> Control:
    project = row.get("pse__Project__r") or {}
    return Control(
        control=key,
        version=int(row.get("Version__c") or 1),
        kind=kind,
        project=project.get("Project_Key__c") or "",
        entity=project.get("Entity__c") or "",
        currency=project.get("CurrencyIsoCode") or "",
        amount_minor=minor(amount or 0),
        hours=0.0,
        status=status,
        date=date,
        vendor="",
        contract_minor=0,
        contract_version=0,
    )


def control_body(control: Control) -> dict[str, Any]:
    """The ERP's billing control; its external id is the control's key."""
    body: dict[str, Any] = {
        "custbody_source_key": control.key,
        "custbody_source_version": str(control.version),
        "custrecord_job": {"externalId": control.project},
        "custrecord_control": control.control,
        "custrecord_kind": control.kind,
        "custrecord_currency": control.currency,
        "custrecord_amount": major(control.amount_minor),
        "custrecord_status": control.status,
        "isInactive": control.status == "Canceled",
    }
    if control.hours:
        body["custrecord_hours"] = f"{control.hours:g}"
    if control.date:
        body["custrecord_date"] = control.date
    return body


def contract_body(control: Control) -> dict[str, Any]:
    """What a change order alters on the ERP's job."""
    return {
        "custentity_contract_amount": major(control.contract_minor),
        "custentity_contract_version": str(control.contract_version),
    }


def order_body(control: Control, period: str, moved_from: str) -> dict[str, Any]:
    """The ERP's purchase order for a subcontractor; its external id is the control's key."""
    amount = major(control.amount_minor)
    body: dict[str, Any] = {
        "custbody_source_key": control.key,
        "custbody_source_version": str(control.version),
        "entity": {"externalId": control.vendor},
        "job": {"externalId": control.project},
        "subsidiary": control.entity,
        "currency": control.currency,
        "tranDate": control.date,
        "postingPeriod": period,
        "approvalStatus": "approved",
        "custbody_amount": amount,
        "item": {
            "items": [{"description": control.control, "quantity": 1, "rate": amount, "amount": amount}]
        },
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body
