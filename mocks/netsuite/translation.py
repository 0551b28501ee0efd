"""Business words into this vendor's bodies, for those who key things in and for the opening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.money import major
from mocks.netsuite.ledger import Ledger

Given = Mapping[str, Any]


def customer_body(given: Given) -> dict[str, Any]:
    """A customer from `customer name entity currency bill_to tax_number country`."""
    return {
        "entityId": given["customer"],
        "companyName": given.get("name") or "",
        "subsidiary": given["entity"],
        "currency": given["currency"],
        "billTo": given.get("bill_to") or "",
        "taxNumber": given.get("tax_number") or "",
        "country": given.get("country") or "",
        "isInactive": False,
    }


def job_body(given: Given) -> dict[str, Any]:
    """A job from the words of a project; its dimension is the practice, where one is given."""
    body = {
        "entityId": given["project"],
        "companyName": given.get("name") or "",
        "parent": {"refName": given["customer"]},
        "subsidiary": given["entity"],
        "currency": given["currency"],
        "custentity_opportunity": given.get("opportunity") or "",
        "custentity_billing_method": given.get("billing_method") or "",
        "custentity_contract_amount": major(int(given.get("contract_minor") or 0)),
        "custentity_contract_version": str(given.get("contract_version") or 1),
        "custentity_po_number": given.get("po_number") or "",
        "custentity_project_manager": given.get("project_manager") or "",
        "isInactive": False,
    }
    if given.get("practice"):
        body["class"] = {"externalId": given["practice"]}
    return body


def worker_body(given: Given) -> dict[str, Any]:
    """An employee or a contractor's vendor record from the words of HR."""
    body = {
        "entityId": given["worker"],
        "altName": given.get("name") or "",
        "email": given.get("email") or "",
        "subsidiary": given["entity"],
        "department": given.get("practice") or "",
        "custentity_cost_rate": major(int(given.get("cost_rate_minor") or 0)),
        "custentity_change": given.get("change") or "",
        "custentity_vendor": given.get("vendor") or "",
        "isInactive": not given.get("active", True),
    }
    if given.get("effective"):
        body["custentity_effective"] = given["effective"]
    return body


def period_fields(ledger: Ledger, subsidiary: str, name: str, period: str) -> dict[str, Any]:
    """The posting period: the wanted one where open, else the first open one, with the move noted."""
    if ledger.periods.is_open(subsidiary, period, name):
        return {"postingPeriod": period}
    following = ledger.periods.first_open(subsidiary, name, period)
    return (
        {"postingPeriod": following, "custbody_moved_from": period}
        if following
        else {"postingPeriod": period}
    )
