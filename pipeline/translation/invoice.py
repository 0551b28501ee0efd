"""Billing events of the PSA as the ERP's invoices: one each, its lines name what they bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kernel.money import major, minor

Given = Mapping[str, Any]

EVENT_FIELDS = (
    "Id",
    "pse__Event_Key__c",
    "Project_Key__c",
    "Entity__c",
    "Period__c",
    "CurrencyIsoCode",
    "pse__Date__c",
    "pse__Is_Released__c",
    "pse__Invoice_Number__c",
    "Version__c",
    "LastModifiedDate",
    "pse__Project__r.PO_Number__c",
    "pse__Project__r.pse__Opportunity__r.PO_Number__c",
    "pse__Project__r.Billing_Method__c",
    "pse__Project__r.pse__Account__r.Customer_Key__c",
    "pse__Project__r.pse__Account__r.Bill_To__c",
    "pse__Project__r.pse__Account__r.Tax_Number__c",
)
ITEM_FIELDS = (
    "pse__Billing_Event__r.pse__Event_Key__c",
    "Kind__c",
    "Source_Key__c",
    "Source_Part__c",
    "Source_Version__c",
    "pse__Quantity__c",
    "pse__Unit_Price__c",
    "pse__Amount__c",
)


class Line(NamedTuple):
    """One thing billed. Rate and quantity as the source has them (quantity in hundredths)."""

    kind: str
    key: str
    part: str
    version: int
    quantity_centi: int
    rate_minor: int
    amount_minor: int


class Event(NamedTuple):
    """Canonical invoice (definition 1, owner PSA until released in the ERP), without its lines."""

    event: str
    version: int
    project: str
    entity: str
    currency: str
    date: str
    released: bool
    number: str
    billing_method: str
    customer: str
    bill_to: str
    tax_number: str
    po_number: str


def event_of(row: Given) -> Event:
    """The event of a row of EVENT_FIELDS, parents nested."""
    project = row.get("pse__Project__r") or {}
    account = project.get("pse__Account__r") or {}
    deal = project.get("pse__Opportunity__r") or {}
    return Event(
        event=row["pse__Event_Key__c"],
        version=int(row.get("Version__c") or 1),
        project=row.get("Project_Key__c") or "",
        entity=row.get("Entity__c") or "",
        currency=row.get("CurrencyIsoCode") or "",
        date=row.get("pse__Date__c") or "",
        released=bool(row.get("pse__Is_Released__c")),
        number=row.get("pse__Invoice_Number__c") or "",
        billing_method=project.get("Billing_Method__c") or "",
        customer=account.get("Customer_Key__c") or "",
        bill_to=account.get("Bill_To__c") or "",
        tax_number=account.get("Tax_Number__c") or "",
        po_number=deal.get("PO_Number__c") or project.get("PO_Number__c") or "",
    )


def line_of(row: Given) -> Line:
    """The line of a row of ITEM_FIELDS."""
    return Line(
        kind=row.get("Kind__c") or "",
        key=row.get("Source_Key__c") or "",
        part=row.get("Source_Part__c") or "",
        version=int(row.get("Source_Version__c") or 1),
        quantity_centi=minor(row.get("pse__Quantity__c") or 0),
        rate_minor=minor(row.get("pse__Unit_Price__c") or 0),
        amount_minor=minor(row.get("pse__Amount__c") or 0),
    )


def amount_minor(lines: Sequence[Line]) -> int:
    """What the invoice comes to."""
    return sum(line.amount_minor for line in lines)


def invoice_body(event: Event, lines: Sequence[Line], period: str, moved_from: str) -> dict[str, Any]:
    """The ERP's invoice, pending approval; its external id is the billing event's key."""
    body: dict[str, Any] = {
        "custbody_source_key": event.event,
        "custbody_source_version": str(event.version),
        "entity": {"externalId": event.customer},
        "job": {"externalId": event.project},
        "subsidiary": event.entity,
        "currency": event.currency,
        "tranDate": event.date,
        "postingPeriod": period,
        "poNumber": event.po_number,
        "billTo": event.bill_to,
        "taxNumber": event.tax_number,
        "item": {"items": [_item(event, line) for line in lines]},
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body


_CREDITED = {"Time and Materials": "Unbilled receivables", "Fixed Price": "Contract liability"}
"""What an invoice credits: T&M reverses the accrual; all else was or is contract liability."""


def _item(event: Event, line: Line) -> dict[str, Any]:
    item: dict[str, Any] = {
        "kind": line.kind,
        "sourceKey": line.key,
        "sourcePart": line.part,
        "sourceVersion": line.version,
        "amount": major(line.amount_minor),
        "account": _CREDITED.get(event.billing_method, "Contract liability"),
    }
    if line.quantity_centi:
        item["quantity"] = major(line.quantity_centi)
        item["rate"] = major(line.rate_minor)
    return item
