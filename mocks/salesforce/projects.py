"""Everybody: whether a project exists and is open, and the contract terms as its sources now have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.salesforce.ground import Given, Ground, Verb, minor_of
from mocks.store import Record

OBJECT = "pse__Proj__c"


class Projects:
    """project.find and project.terms."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {"project.find": self._find, "project.terms": self._terms}

    def _find(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        key = given.get("project") or f"P-{given['opportunity']}"
        project = self._ground.find(OBJECT, key)
        if project is None and given.get("opportunity"):
            found = self._ground.tables[OBJECT].where("Opportunity_Key__c", given["opportunity"])
            project = found[0] if found else None
        if project is None:
            return {"project": None, "open_for_time": False, "open_for_expense": False}
        return {
            "project": project["Project_Key__c"],
            "open_for_time": not project["pse__Closed_for_Time_Entry__c"],
            "open_for_expense": not project["pse__Closed_for_Expense_Entry__c"],
        }

    def _terms(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        return terms(self._ground, self._ground.need(OBJECT, given["project"]))


def terms(ground: Ground, project: Record) -> dict[str, Any]:
    """What invoices of the project must say: from customer and deal where there is one, else from the
    project.
    """
    tables = ground.tables
    account = tables["Account"].get(project.get("pse__Account__c") or "") or {}
    deal = deal_of(ground, project) or {}
    milestones = tables["pse__Milestone__c"].where("pse__Project__c", project["Id"])
    budgets = tables["pse__Budget__c"].where("pse__Project__c", project["Id"])
    return {
        "customer": account.get("Customer_Key__c") or "",
        "bill_to": account.get("Bill_To__c") or "",
        "tax_number": account.get("Tax_Number__c") or "",
        "po_number": deal.get("PO_Number__c") or project.get("PO_Number__c") or "",
        "currency": project.get("CurrencyIsoCode") or "",
        "contract_minor": minor_of(project.get("Contract_Amount__c")),
        "contract_version": int(project.get("Contract_Version__c") or 1),
        "milestones": [
            {
                "milestone": one["Milestone_Key__c"],
                "amount_minor": minor_of(one.get("pse__Milestone_Amount__c")),
            }
            for one in milestones
        ],
        "change_orders": [
            {"change_order": one["Budget_Key__c"], "amount_minor": minor_of(one["pse__Amount__c"])}
            for one in budgets
            if one["pse__Type__c"] == "Change Request" and one["pse__Status__c"] == "Approved"
        ],
    }


def deal_of(ground: Ground, project: Record) -> Record | None:
    """The opportunity that the project was won by."""
    key = project.get("Opportunity_Key__c")
    return ground.find("Opportunity", key) if key else None
