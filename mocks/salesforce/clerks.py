"""What clerks key into the PSA where nothing integrates: resources, and projects from won deals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mocks.salesforce.ground import Given, Ground, Verb, major_of
from mocks.salesforce.org import Transaction
from mocks.store import Record

PROJECT = "pse__Proj__c"
_OPEN = {"pse__Closed_for_Time_Entry__c": False, "pse__Closed_for_Expense_Entry__c": False}


class Clerks:
    """The (clerk) verbs of roles.PSA that write."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "resource.enter": self._resource,
            "project.enter": self._project,
            "project.open": self._open_project,
        }

    def _resource(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        first, _, last = str(given.get("name") or given["worker"]).rpartition(" ")
        words = {
            "Email": given.get("email"),
            "pse__Region__c": given.get("region"),
            "pse__Practice__c": given.get("practice"),
            "CurrencyIsoCode": given.get("currency"),
            "Entity__c": given.get("entity"),
            "Effective_Date__c": given.get("effective"),
            "Change_Id__c": given.get("change"),
            "Source_Key__c": given.get("key"),
        }
        values: dict[str, Any] = {name: value for name, value in words.items() if value is not None}
        values.update({"FirstName": first, "LastName": last, "pse__Is_Resource__c": True})
        values["pse__Is_Resource_Active__c"] = bool(given.get("active", True))
        if given.get("cost_rate_minor") is not None:
            values["pse__Default_Cost_Rate__c"] = major_of(int(given["cost_rate_minor"]))
        with self._ground.act(user, now_s) as work:
            work.upsert("Contact", given["worker"], values)
        return {"worker": given["worker"]}

    def _project(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """The project from the won deal, with its children; open at once, since the clerk keyed the job
        before.
        """
        deal = self._ground.need("Opportunity", given["opportunity"])
        key = given.get("project") or f"P-{given['opportunity']}"
        account = self._ground.tables["Account"].get(deal.get("AccountId") or "") or {}
        with self._ground.act(user, now_s) as work:
            values = {**_from_deal(deal, given), **_ids(key, account), **_OPEN}
            project = work.upsert(PROJECT, key, values)[0]
            self._children(work, deal, project, key)
        return {"project": key}

    def _children(self, work: Transaction, deal: Record, project: Record, key: str) -> None:
        schedule = orjson.loads(deal.get("Schedule_Json__c") or "{}")
        for row in schedule.get("milestones") or ():
            values = {
                "Name": row.get("name") or row["milestone"],
                "pse__Project__c": project["Id"],
                "pse__Milestone_Amount__c": major_of(int(row["amount_minor"])),
                "pse__Target_Date__c": row["target"],
            }
            work.upsert("pse__Milestone__c", row["milestone"], values)
        for row in schedule.get("instalments") or ():
            values = {
                "pse__Project__c": project["Id"],
                "Amount__c": major_of(int(row["amount_minor"])),
                "Date__c": row["date"],
            }
            work.upsert("Instalment__c", row["instalment"], values)
        budget = {
            "pse__Project__c": project["Id"],
            "pse__Amount__c": deal.get("Amount") or 0.0,
            "pse__Type__c": "Customer Purchase Order",
            "pse__Status__c": "Approved",
        }
        work.upsert("pse__Budget__c", f"{key}-B1", budget)
        request = {
            "pse__Project__c": project["Id"],
            "pse__Start_Date__c": deal.get("Start_Date__c") or deal["CloseDate"],
            "pse__SOW_Hours__c": deal.get("Planned_Hours__c") or 0,
            "pse__Status__c": "Ready to Staff",
        }
        work.upsert("pse__Resource_Request__c", f"{key}-Q1", request)

    def _open_project(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        project = self._ground.need(PROJECT, given["project"])
        account = self._ground.tables["Account"].get(project.get("pse__Account__c") or "") or {}
        with self._ground.act(user, now_s) as work:
            work.update(PROJECT, project, {**_ids(given["project"], account), **_OPEN})
        return {"project": given["project"]}


def _ids(key: str, account: Record) -> dict[str, Any]:
    """People know the ERP's job and customer by their names."""
    return {"ERP_Job_Id__c": key, "ERP_Customer_Id__c": account.get("Customer_Key__c") or key}


def _from_deal(deal: Record, given: Given) -> dict[str, Any]:
    """What the clerk copies; a mistyped word in `given` wins over the deal's."""
    amount = given.get("contract_minor")
    return {
        "Name": str(given.get("name") or deal["Name"])[:80],
        "CurrencyIsoCode": given.get("currency") or deal.get("CurrencyIsoCode"),
        "pse__Account__c": deal.get("AccountId"),
        "pse__Opportunity__c": deal["Id"],
        "Opportunity_Key__c": deal["Opportunity_Key__c"],
        "Entity__c": given.get("entity") or deal.get("Entity__c"),
        "Region__c": deal.get("Region__c"),
        "Practice__c": given.get("practice") or deal.get("Practice__c"),
        "Billing_Method__c": given.get("billing_method") or deal.get("Billing_Method__c"),
        "Contract_Amount__c": deal.get("Amount") if amount is None else amount / 100,
        "PO_Number__c": given.get("po_number") or deal.get("PO_Number__c"),
        "Project_Manager_Key__c": given.get("project_manager") or deal.get("Project_Manager_Key__c"),
        "Bill_Rate__c": deal.get("Bill_Rate__c"),
        "Source_Version__c": deal.get("Version__c"),
        "pse__Planned_Hours__c": deal.get("Planned_Hours__c"),
        "pse__Start_Date__c": deal.get("Start_Date__c"),
        "pse__End_Date__c": deal.get("End_Date__c"),
    }
