"""Project managers and their approvers: milestones, change orders, billing schedules, subcontractors'
requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.salesforce.errors import rule
from mocks.salesforce.ground import Given, Ground, Verb, major_of

MILESTONE = "pse__Milestone__c"
BUDGET = "pse__Budget__c"
INSTALMENT = "Instalment__c"


class Contracts:
    """The verbs of roles.PSA that change what can be billed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "milestone.complete": self._complete,
            "milestone.approve": self._approve,
            "change_order.approve": self._change_order,
            "schedule.change": self._schedule,
            "purchase_request.approve": self._purchase,
        }

    def _complete(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(MILESTONE, given["milestone"])
        if record["pse__Status__c"] in {"Approved", "Canceled"}:
            raise rule(f"Milestone {given['milestone']} is {record['pse__Status__c']}.", "pse__Status__c")
        with self._ground.act(user, now_s) as work:
            work.update(MILESTONE, record, {"pse__Actual_Date__c": given["date"], "pse__Status__c": "Open"})
        record["_completed_by"] = user
        return {"version": record["Version__c"]}

    def _approve(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(MILESTONE, given["milestone"])
        if not record.get("pse__Actual_Date__c") or record["pse__Status__c"] != "Open":
            raise rule(f"Milestone {given['milestone']} is not complete.", "pse__Actual_Date__c")
        if record.get("_completed_by") == given["approver"]:
            raise rule("Nobody approves his own milestone.", "Approver_Key__c")
        with self._ground.act(user, now_s) as work:
            values = {
                "pse__Status__c": "Approved",
                "pse__Approved__c": True,
                "pse__Approved_for_Billing__c": True,
            }
            stamp = self._ground.org.time.stamp(now_s)
            work.update(
                MILESTONE, record, {**values, "Approver_Key__c": given["approver"], "Approved_At__c": stamp}
            )
        return {"version": record["Version__c"]}

    def _change_order(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """The budget, and the contract's amount, hours and version, in one commit."""
        project = self._ground.need("pse__Proj__c", given["project"])
        if self._ground.find(BUDGET, given["change_order"]) is not None:
            raise rule(f"Change order {given['change_order']} is already approved.")
        with self._ground.act(user, now_s) as work:
            values = {
                **self._approved(given, now_s),
                "Name": given["change_order"],
                "pse__Project__c": project["Id"],
                "pse__Type__c": "Change Request",
                "pse__Amount__c": major_of(given["amount_minor"]),
                "CurrencyIsoCode": project.get("CurrencyIsoCode"),
                "Hours__c": given.get("hours") or 0,
                "pse__Effective_Date__c": given["date"],
            }
            work.upsert(BUDGET, given["change_order"], values)
            amount = round((project.get("Contract_Amount__c") or 0.0) * 100) + given["amount_minor"]
            hours = (project.get("pse__Planned_Hours__c") or 0) + (given.get("hours") or 0)
            version = int(project.get("Contract_Version__c") or 1) + 1
            contract = {"Contract_Amount__c": amount / 100, "Contract_Version__c": version}
            work.update("pse__Proj__c", project, {**contract, "pse__Planned_Hours__c": hours})
        return {"contract_version": version}

    def _approved(self, given: Given, now_s: float) -> dict[str, Any]:
        return {
            "pse__Status__c": "Approved",
            "pse__Approved__c": True,
            "Approver_Key__c": given["approver"],
            "Approved_At__c": self._ground.org.time.stamp(now_s),
        }

    def _schedule(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(INSTALMENT, given["instalment"])
        if record["Billed__c"]:
            raise rule(f"Instalment {given['instalment']} is billed.", "Status__c")
        with self._ground.act(user, now_s) as work:
            values = {"Amount__c": major_of(given["amount_minor"]), "Date__c": given["date"]}
            work.update(INSTALMENT, record, {**values, "Approver_Key__c": user})
        return {"version": record["Version__c"]}

    def _purchase(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        project = self._ground.need("pse__Proj__c", given["project"])
        with self._ground.act(user, now_s) as work:
            values = {
                **self._approved(given, now_s),
                "Name": given["request"],
                "pse__Project__c": project["Id"],
                "pse__Type__c": "Vendor Purchase Order",
                "pse__Amount__c": major_of(given["amount_minor"]),
                "CurrencyIsoCode": given["currency"],
                "Vendor__c": given["vendor"],
                "Hours__c": given.get("hours") or 0,
                "pse__Effective_Date__c": self._ground.org.today(project["Entity__c"], now_s),
            }
            work.upsert(BUDGET, given["request"], values)
        return {"request": given["request"]}
