"""Won deals: an opportunity read into the canonical Deal, what it lacks, and the ERP's customer and job.

Identity and terms belong to the CRM, from which all of this comes; the project key is `P-` + opportunity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from kernel.money import major, minor

Given = Mapping[str, Any]

FIELDS = (
    "Id",
    "Opportunity_Key__c",
    "Name",
    "StageName",
    "Amount",
    "CurrencyIsoCode",
    "Services__c",
    "Entity__c",
    "Region__c",
    "Practice__c",
    "Project_Type__c",
    "Billing_Method__c",
    "Planned_Hours__c",
    "Bill_Rate__c",
    "Project_Manager_Key__c",
    "PO_Number__c",
    "Start_Date__c",
    "End_Date__c",
    "Schedule_Json__c",
    "Version__c",
    "LastModifiedDate",
    "OwnerId",
    "AccountId",
    "Account.Customer_Key__c",
    "Account.Name",
    "Account.Bill_To__c",
    "Account.Tax_Number__c",
    "Account.ERP_Customer_Id__c",
)
"""What is read of an opportunity, its customer beside it."""

MANDATORY: Mapping[str, str] = {
    "customer": "customer",
    "bill_to": "bill-to address",
    "tax_number": "tax number",
    "po_number": "purchase order number",
    "project_manager": "project manager",
    "entity": "legal entity",
    "practice": "practice",
    "billing_method": "billing method",
    "currency": "currency",
    "amount_minor": "amount",
    "planned_hours": "planned hours",
    "start": "start date",
    "end": "end date",
}
"""Attributes without which no project can be set up, in the words that its owner reads."""


class Deal(NamedTuple):
    """Canonical engagement (definition 1, owner CRM); milestones and instalments as its schedule has them."""

    opportunity: str
    version: int
    record: str
    owner: str
    won: bool
    services: bool
    name: str
    account: str
    customer: str
    customer_name: str
    bill_to: str
    tax_number: str
    erp_customer: str
    entity: str
    region: str
    practice: str
    project_type: str
    billing_method: str
    currency: str
    amount_minor: int
    planned_hours: float
    bill_rate_minor: int
    project_manager: str
    po_number: str
    start: str
    end: str
    milestones: tuple[Given, ...]
    instalments: tuple[Given, ...]

    @property
    def project(self) -> str:
        """The key of the project that it becomes."""
        return f"P-{self.opportunity}"


def deal_of(row: Given) -> Deal:
    """The canonical deal of an opportunity's row (FIELDS, the account nested)."""
    account = row.get("Account") or {}
    schedule = _schedule(row.get("Schedule_Json__c"))
    return Deal(
        opportunity=row["Opportunity_Key__c"],
        version=int(row.get("Version__c") or 1),
        record=row.get("Id") or "",
        owner=row.get("OwnerId") or "",
        won=row.get("StageName") == "Closed Won",
        services=bool(row.get("Services__c")),
        name=row.get("Name") or "",
        account=row.get("AccountId") or "",
        customer=account.get("Customer_Key__c") or "",
        customer_name=account.get("Name") or "",
        bill_to=account.get("Bill_To__c") or "",
        tax_number=account.get("Tax_Number__c") or "",
        erp_customer=account.get("ERP_Customer_Id__c") or "",
        entity=row.get("Entity__c") or "",
        region=row.get("Region__c") or "",
        practice=row.get("Practice__c") or "",
        project_type=row.get("Project_Type__c") or "",
        billing_method=row.get("Billing_Method__c") or "",
        currency=row.get("CurrencyIsoCode") or "",
        amount_minor=minor(row.get("Amount") or 0),
        planned_hours=float(row.get("Planned_Hours__c") or 0),
        bill_rate_minor=minor(row.get("Bill_Rate__c") or 0),
        project_manager=row.get("Project_Manager_Key__c") or "",
        po_number=row.get("PO_Number__c") or "",
        start=row.get("Start_Date__c") or "",
        end=row.get("End_Date__c") or "",
        milestones=tuple(schedule.get("milestones") or ()),
        instalments=tuple(schedule.get("instalments") or ()),
    )


def _schedule(text: str | None) -> Given:
    """The schedule as saved; one that cannot be read counts as none (the project then has no controls)."""
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def missing(deal: Deal) -> list[str]:
    """The mandatory attributes that the deal lacks, in words."""
    return [words for name, words in MANDATORY.items() if not getattr(deal, name)]


def customer_body(deal: Deal) -> dict[str, Any]:
    """The ERP's customer; its external id is the customer key."""
    return {
        "entityId": deal.customer,
        "companyName": deal.customer_name,
        "subsidiary": deal.entity,
        "currency": deal.currency,
        "billTo": deal.bill_to,
        "taxNumber": deal.tax_number,
        "isInactive": False,
    }


def job_body(deal: Deal, contract_minor: int, contract_version: int) -> dict[str, Any]:
    """The ERP's job with its dimension; its external id is the project key. Contract as it now stands."""
    return {
        "entityId": deal.project,
        "companyName": deal.name,
        "parent": {"externalId": deal.customer},
        "subsidiary": deal.entity,
        "currency": deal.currency,
        "class": {"externalId": deal.practice},
        "startDate": deal.start,
        "projectedEndDate": deal.end,
        "custentity_opportunity": deal.opportunity,
        "custentity_billing_method": deal.billing_method,
        "custentity_contract_amount": major(contract_minor),
        "custentity_contract_version": str(contract_version),
        "custentity_po_number": deal.po_number,
        "custentity_project_manager": deal.project_manager,
        "custentity_bill_rate": major(deal.bill_rate_minor),
        "custentity_planned_hours": f"{deal.planned_hours:g}",
        "custbody_source_key": deal.opportunity,
        "custbody_source_version": str(deal.version),
        "isInactive": False,
    }


def dimension_body(deal: Deal) -> dict[str, Any]:
    """The ERP's classification of a practice; its external id is the practice."""
    return {"name": deal.practice, "isInactive": False}
