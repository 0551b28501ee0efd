"""Expenses: a report with its lines, its policy, and the ERP's document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.money import major, minor
from pipeline import schema
from pipeline.translation.time import entity_of, parent, whole

Row = Mapping[str, Any]
OBJECT = "pse__Expense_Report__c"
KEY = "pse__Expense_Report_Reference__c"
FIELDS = (
    "pse__Expense_Report_Reference__c, Version__c, pse__Status__c, Worker_Key__c, Project_Key__c, Entity__c, "
    "Submitter__c, Approver_Key__c, Approved_By__c, Approved_At__c, ERP_Posted_Version__c, "
    "pse__First_Expense_Date__c, pse__Last_Expense_Date__c, pse__Billable__c, CurrencyIsoCode, "
    "LastModifiedDate, pse__Total_Reimbursement_Amount__c, pse__Project__r.Entity__c, "
    "pse__Resource__r.pse__External_Resource__c"
)
LINE_FIELDS = (
    "pse__Expense_Report__r.pse__Expense_Report_Reference__c, Line_No__c, pse__Type__c, "
    "pse__Expense_Date__c, pse__Amount__c, pse__Billable__c, Receipt__c, Justification__c"
)
RECEIPT_FROM_MINOR = 75_00
JUSTIFY_FROM_MINOR = 200_00
_STANDING = (
    *("id", "custbody_source_key", "custbody_source_version", "tranDate"),
    *("subsidiary", "currency", "entity", "job", "expense"),
)
"""What is read of a document in the ERP to undo it."""


class Findings(NamedTuple):
    """What the firm's policy says of a report: errors hold all of it, warnings do not."""

    errors: list[str]
    warnings: list[str]


def flag(value: Any) -> bool:
    """A checkbox, as JSON or as Bulk 2.0 text."""
    return value is True or value == "true"


def policy(lines: Iterable[Row]) -> Findings:
    """75.00 or more needs a receipt (error), 200.00 or more a justification (warning); report's currency."""
    found = Findings([], [])
    for line in lines:
        amount, number = minor(line.get("pse__Amount__c") or 0), whole(line.get("Line_No__c"))
        if amount >= RECEIPT_FROM_MINOR and not flag(line.get("Receipt__c")):
            found.errors.append(f"line {number}: {major(amount)} without receipt")
        if amount >= JUSTIFY_FROM_MINOR and not line.get("Justification__c"):
            found.warnings.append(f"line {number}: {major(amount)} without justification")
    return found


def total_minor(lines: Iterable[Row]) -> int:
    """The report's sum."""
    return sum(minor(line.get("pse__Amount__c") or 0) for line in lines)


def kind_of(report: Row) -> str:
    """The ERP's record type: contractors are vendors."""
    external = flag(parent(report, "pse__Resource__r", "pse__External_Resource__c"))
    return "vendorBill" if external else "expenseReport"


def day_of(report: Row, lines: Sequence[Row]) -> str:
    """The document's transaction date: the last expense's."""
    told = report.get("pse__Last_Expense_Date__c")
    return str(told or max(line["pse__Expense_Date__c"] for line in lines))


def document(report: Row, lines: Sequence[Row], day: str, period: str, moved_from: str) -> dict[str, Any]:
    """The expense report or vendor bill, whole, without its external id."""
    body = {
        "custbody_source_key": report[KEY],
        "custbody_source_version": str(whole(report["Version__c"])),
        "tranDate": day,
        "postingPeriod": period,
        "subsidiary": entity_of(report),
        "currency": report["CurrencyIsoCode"],
        "entity": {"externalId": report["Worker_Key__c"]},
        "job": {"externalId": report["Project_Key__c"]},
        "approvalStatus": "approved",
        "expense": {"items": [_line(line) for line in lines]},
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body


def _line(line: Row) -> dict[str, Any]:
    return {
        "category": line.get("pse__Type__c") or "",
        "expenseDate": line["pse__Expense_Date__c"],
        "amount": major(minor(line.get("pse__Amount__c") or 0)),
        "isBillable": flag(line.get("pse__Billable__c")),
    }


def posted_where(standing: Row) -> tuple[str, str]:
    """Entity and transaction date of a document that stands. Raises SchemaError."""
    schema.demand(standing, _STANDING, "netsuite", "expense document")
    return str(standing["subsidiary"]["id"]), str(standing["tranDate"])


def reversal(standing: Row, period: str, moved_from: str) -> dict[str, Any]:
    """A document that undoes the one that stands (as read by id)."""
    body = {
        "custbody_source_key": standing["custbody_source_key"],
        "custbody_source_version": standing["custbody_source_version"],
        "custbody_reverses": standing["id"],
        "tranDate": standing["tranDate"],
        "postingPeriod": period,
        "subsidiary": standing["subsidiary"]["id"],
        "currency": standing["currency"]["id"],
        "entity": {"id": standing["entity"]["id"]},
        "job": {"id": standing["job"]["id"]},
        "approvalStatus": "approved",
        "expense": {
            "items": [
                {**line, "amount": major(-minor(line["amount"]))} for line in standing["expense"]["items"]
            ]
        },
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body
