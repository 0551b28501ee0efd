"""Projects in the PSA: what a won deal becomes there, as rows of its objects and as composite subrequests.

A project is born closed for time and expense; the last write opens it, together with the ERP's ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kernel.money import major
from pipeline.translation.deal import Deal

PROJECT = ("pse__Proj__c", "Project_Key__c")
ACCOUNT = ("Account", "Customer_Key__c")

STANDING = (
    "Project_Key__c",
    "Opportunity_Key__c",
    "ERP_Job_Id__c",
    "ERP_Customer_Id__c",
    "PO_Number__c",
    "Contract_Amount__c",
    "Contract_Version__c",
    "pse__Closed_for_Time_Entry__c",
)
"""What is read of a project that may stand already."""


class Standing(NamedTuple):
    """A project as the PSA holds it; once `opened` (ERP ids, takes time), its contract is the PSA's."""

    project: str
    opportunity: str
    job_id: str
    po_number: str
    contract_amount: str
    contract_version: int
    opened: bool


def standing_of(row: Mapping[str, Any]) -> Standing:
    """The value of a row of STANDING."""
    job_id = row.get("ERP_Job_Id__c") or ""
    return Standing(
        project=row["Project_Key__c"],
        opportunity=row.get("Opportunity_Key__c") or "",
        job_id=job_id,
        po_number=row.get("PO_Number__c") or "",
        contract_amount=str(row.get("Contract_Amount__c") or 0),
        contract_version=int(row.get("Contract_Version__c") or 1),
        opened=bool(job_id) and not row.get("pse__Closed_for_Time_Entry__c"),
    )


class Child(NamedTuple):
    """A record below a project: object, external id field, key and values without the project."""

    object: str
    field: str
    key: str
    values: Mapping[str, Any]


def project_values(deal: Deal) -> dict[str, Any]:
    """The project as it is born: closed."""
    values: dict[str, Any] = {
        "Name": deal.name[:80] or deal.project,
        "CurrencyIsoCode": deal.currency,
        "pse__Account__c": deal.account,
        "pse__Opportunity__c": deal.record,
        "Opportunity_Key__c": deal.opportunity,
        "Entity__c": deal.entity,
        "Region__c": deal.region,
        "Practice__c": deal.practice,
        "pse__Region__c": deal.region,
        "pse__Practice__c": deal.practice,
        "Project_Type__c": deal.project_type,
        "Source_Version__c": deal.version,
        "pse__Stage__c": "In Progress",
        "Billing_Method__c": deal.billing_method,
        "Contract_Amount__c": float(major(deal.amount_minor)),
        "Contract_Version__c": 1,
        "PO_Number__c": deal.po_number,
        "Project_Manager_Key__c": deal.project_manager,
        "Bill_Rate__c": float(major(deal.bill_rate_minor)),
        "pse__Planned_Hours__c": deal.planned_hours,
        "pse__Start_Date__c": deal.start,
        "pse__End_Date__c": deal.end,
        "pse__Is_Active__c": True,
        "pse__Is_Billable__c": True,
        "pse__Closed_for_Time_Entry__c": True,
        "pse__Closed_for_Expense_Entry__c": True,
    }
    return {name: value for name, value in values.items() if value not in {None, ""}}


def opening_values(customer_id: str, job_id: str) -> dict[str, Any]:
    """What opens a project: the ids of its customer and job in the ERP."""
    return {
        "ERP_Customer_Id__c": customer_id,
        "ERP_Job_Id__c": job_id,
        "pse__Closed_for_Time_Entry__c": False,
        "pse__Closed_for_Expense_Entry__c": False,
    }


def standing_values(deal: Deal, customer_id: str, job_id: str) -> dict[str, Any]:
    """What a later save of the deal still says to an open project: order number, version, ERP ids."""
    return {
        **opening_values(customer_id, job_id),
        "PO_Number__c": deal.po_number,
        "Source_Version__c": deal.version,
    }


def children(deal: Deal) -> list[Child]:
    """Milestones, instalments, the customer's budget and the request for staff."""
    return [
        *(_milestone(deal, row) for row in deal.milestones),
        *(_instalment(deal, row) for row in deal.instalments),
        _budget(deal),
        _request(deal),
    ]


def _milestone(deal: Deal, row: Mapping[str, Any]) -> Child:
    values = {
        "CurrencyIsoCode": deal.currency,
        "Name": row.get("name") or row["milestone"],
        "pse__Milestone_Amount__c": float(major(int(row["amount_minor"]))),
        "pse__Target_Date__c": row.get("target") or deal.end,
        "pse__Status__c": "Planned",
    }
    return Child("pse__Milestone__c", "Milestone_Key__c", row["milestone"], values)


def _instalment(deal: Deal, row: Mapping[str, Any]) -> Child:
    values = {
        "CurrencyIsoCode": deal.currency,
        "Amount__c": float(major(int(row["amount_minor"]))),
        "Date__c": row["date"],
        "Status__c": "Planned",
    }
    return Child("Instalment__c", "Instalment_Key__c", row["instalment"], values)


def _budget(deal: Deal) -> Child:
    values = {
        "Name": f"Budget of {deal.project}",
        "CurrencyIsoCode": deal.currency,
        "pse__Type__c": "Customer Purchase Order",
        "pse__Status__c": "Approved",
        "pse__Amount__c": float(major(deal.amount_minor)),
    }
    return Child("pse__Budget__c", "Budget_Key__c", f"{deal.project}-B1", values)


def _request(deal: Deal) -> Child:
    values = {
        "pse__Resource_Request_Name__c": f"Staffing of {deal.project}",
        "pse__Status__c": "Ready to Staff",
        "pse__Start_Date__c": deal.start,
        "pse__End_Date__c": deal.end,
        "pse__Practice__c": deal.practice,
        "pse__Region__c": deal.region,
        "pse__SOW_Hours__c": deal.planned_hours,
    }
    return Child("pse__Resource_Request__c", "Request_Key__c", f"{deal.project}-Q1", values)


def composites(deal: Deal, customer_id: str, job_id: str, root: str, most: int) -> list[list[dict[str, Any]]]:
    """The project, its children and its opening as composites of at most so many; the opening comes last."""
    born = upsert(root, *PROJECT, deal.project, project_values(deal), "project")
    own = [
        upsert(root, child.object, child.field, child.key, _owned(child), f"child{place}")
        for place, child in enumerate(children(deal))
    ]
    if not deal.erp_customer:
        values = {"ERP_Customer_Id__c": customer_id}
        own.append(upsert(root, *ACCOUNT, deal.customer, values, "account"))
    opened = upsert(root, *PROJECT, deal.project, opening_values(customer_id, job_id), "opened")
    return _chunks([born, *own, opened], most)


def _owned(child: Child) -> dict[str, Any]:
    return {**child.values, "pse__Project__c": "@{project.id}"}


def _chunks(subrequests: Sequence[dict[str, Any]], most: int) -> list[list[dict[str, Any]]]:
    """Each composite begins with the project, whose id its children refer to."""
    born, rest = subrequests[0], subrequests[1:]
    step = most - 1
    return [[born, *rest[start : start + step]] for start in range(0, len(rest), step)]


def upsert(
    root: str, object_: str, field: str, key: str, values: Mapping[str, Any], reference: str
) -> dict[str, Any]:
    """One composite subrequest that upserts by external id."""
    return {
        "method": "PATCH",
        "url": f"{root}/sobjects/{object_}/{field}/{key}",
        "referenceId": reference,
        "body": dict(values),
    }
