"""Opportunities, projects and resources: what a win commits to, when a project stands, what a resource
once was.
"""

from __future__ import annotations

from typing import Any

from mocks.salesforce.errors import rule
from mocks.salesforce.org import Org, Saved, Transaction, Triggers
from mocks.salesforce.owed import Entry, Owed
from mocks.store import Record

WON = "Closed Won"
_RESOURCE = (
    "Source_Key__c",
    "Change_Id__c",
    "Effective_Date__c",
    "pse__Is_Resource_Active__c",
    "pse__Default_Cost_Rate__c",
    "CurrencyIsoCode",
    "Email",
    "LastName",
    "FirstName",
    "pse__Practice__c",
    "pse__Region__c",
)

_TOLD = frozenset({"PO_Number__c", "ERP_Job_Id__c", "Practice__c", "Billing_Method__c", "Source_Version__c"})
"""Fields in which a project's makers carry over what its deal says."""


class Masters:
    """The rules of opportunities, projects and contacts; registers itself with the org."""

    def __init__(self, org: Org, owed: Owed) -> None:
        self._org = org
        self._owed = owed
        org.triggers["Opportunity"] = Triggers(self._before_opportunity, None)
        org.triggers["pse__Proj__c"] = Triggers(self._before_project, None)
        org.triggers["Contact"] = Triggers(_before_contact, None)
        org.keepers["Opportunity"] = [self._keep_opportunity]
        org.keepers["pse__Proj__c"] = [self._keep_project]
        org.keepers["Contact"] = [self._keep_contact]
        self._resource = (*_RESOURCE, *org.correlation.own_fields("Contact"))

    def _before_opportunity(self, work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
        """A won deal's version counts the saves of its owner since."""
        if record is None:
            values.setdefault("Version__c", 1)
        elif (
            record["StageName"] == WON
            and values.keys() - {"Integration_Error__c", "Version__c"}
            and not work.origin
        ):
            values["Version__c"] = int(record.get("Version__c") or 1) + 1

    def _before_project(self, work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
        if record is None:
            values.setdefault("Contract_Version__c", 1)
        now = values if record is None else {**record, **values}
        if values.get("pse__Closed_for_Time_Entry__c") is False and not now.get("ERP_Job_Id__c"):
            raise rule("A project opens for time when its ERP ids are known.", "ERP_Job_Id__c")

    def _keep_opportunity(self, saved: Saved) -> None:
        record = saved.record
        if record["StageName"] != WON or not record.get("Services__c"):
            if saved.before.get("StageName") == WON:
                self._owed.withdraw("project", saved.key, saved.at_s)
            return
        if "StageName" in saved.changes or "Version__c" in saved.changes:
            since_s = record.setdefault("_won_s", saved.at_s)
            facts = self._deal(record)
            version = int(record["Version__c"])
            record.setdefault("_versions", []).append((saved.at_s, version))
            owner = str(record.get("OwnerId") or saved.user)
            self._owed.commit(
                Entry("project", saved.key, version, saved.at_s, facts, owner, saved.user, True, since_s)
            )

    def _deal(self, record: Record) -> dict[str, Any]:
        account = self._org.tables["Account"].records.get(record.get("AccountId") or "") or {}
        return {
            "project": f"P-{record['Opportunity_Key__c']}",
            "customer": account.get("Customer_Key__c") or "",
            "bill_to": account.get("Bill_To__c") or "",
            "tax_number": account.get("Tax_Number__c") or "",
            "po_number": record.get("PO_Number__c") or "",
            "contract_minor": round((record.get("Amount") or 0.0) * 100),
            "billing_method": record.get("Billing_Method__c") or "",
            "practice": record.get("Practice__c") or "",
            "entity": record.get("Entity__c") or "",
            "currency": record.get("CurrencyIsoCode") or "",
            "planned_hours": record.get("Planned_Hours__c") or 0,
            "bill_rate_minor": round((record.get("Bill_Rate__c") or 0.0) * 100),
            "start": record.get("Start_Date__c") or "",
            "end": record.get("End_Date__c") or "",
            "project_manager": record.get("Project_Manager_Key__c") or "",
        }

    def _keep_project(self, saved: Saved) -> None:
        """Notes when it first stood whole; tells the warehouse of each version of its contract."""
        record = saved.record
        if not saved.changes.keys().isdisjoint(_TOLD):
            record["_told_s"] = saved.at_s
        whole = not record["pse__Closed_for_Time_Entry__c"] and record.get("ERP_Job_Id__c")
        if not whole or not record.get("ERP_Customer_Id__c"):
            return
        opened = "_opened_s" not in record
        record.setdefault("_opened_s", saved.at_s)
        if opened or "Contract_Version__c" in saved.changes:
            version = int(record.get("Contract_Version__c") or 1)
            self._owed.commit(Entry("fact", saved.key, version, saved.at_s, project_fact(self._org, record)))

    def _keep_contact(self, saved: Saved) -> None:
        """A line for each write that said something new of a resource."""
        if saved.user != "opening" and any(name in saved.changes for name in self._resource):
            line = {name: saved.record.get(name) for name in self._resource}
            saved.record.setdefault("_history", []).append((saved.at_s, line))


def project_fact(org: Org, record: Record) -> dict[str, Any]:
    """A project in the words of the warehouse."""
    return {
        "kind": "project",
        "project": record["Project_Key__c"],
        "name": record["Name"],
        "customer": org.key("Account", record.get("pse__Account__c")),
        "entity": record.get("Entity__c") or "",
        "region": record.get("Region__c") or "",
        "practice": record.get("Practice__c") or "",
        "billing_method": record.get("Billing_Method__c") or "",
        "currency": record.get("CurrencyIsoCode") or "",
        "contract_minor": round((record.get("Contract_Amount__c") or 0.0) * 100),
        "contract_version": int(record.get("Contract_Version__c") or 1),
        "planned_hours": record.get("pse__Planned_Hours__c") or 0,
        "status": "open",
    }


def _before_contact(work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
    if record is None or "FirstName" in values or "LastName" in values:
        now = values if record is None else {**record, **values}
        values["Name"] = f"{now.get('FirstName') or ''} {now.get('LastName') or ''}".strip()
