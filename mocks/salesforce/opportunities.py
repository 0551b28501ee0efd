"""Sales: opportunities and customers. Bill-to and tax number belong to the customer's Account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mocks.salesforce.errors import RefusedError, rule
from mocks.salesforce.ground import Given, Ground, Verb, major_of
from mocks.salesforce.masters import WON
from mocks.salesforce.org import Transaction
from mocks.store import Record

OBJECT = "Opportunity"
_WORDS: Mapping[str, str] = {
    "name": "Name",
    "entity": "Entity__c",
    "region": "Region__c",
    "practice": "Practice__c",
    "project_type": "Project_Type__c",
    "billing_method": "Billing_Method__c",
    "currency": "CurrencyIsoCode",
    "planned_hours": "Planned_Hours__c",
    "start": "Start_Date__c",
    "end": "End_Date__c",
    "project_manager": "Project_Manager_Key__c",
    "po_number": "PO_Number__c",
    "stage": "StageName",
    "probability": "Probability",
    "next_step": "NextStep",
    "owner": "OwnerId",
    "close_date": "CloseDate",
}
_MONEY: Mapping[str, str] = {"amount_minor": "Amount", "bill_rate_minor": "Bill_Rate__c"}
_ACCOUNT: Mapping[str, str] = {
    "bill_to": "Bill_To__c",
    "tax_number": "Tax_Number__c",
    "name": "Name",
    "currency": "CurrencyIsoCode",
    "country": "BillingCountry",
    "entity": "Entity__c",
}
_MANDATORY = (
    "project_manager",
    "practice",
    "planned_hours",
    "end",
    "po_number",
    "start",
    "entity",
    "billing_method",
)


class Opportunities:
    """The verbs of roles.CRM."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "opportunity.create": self._create,
            "opportunity.update": self._update,
            "opportunity.win": self._win,
            "opportunity.lose": self._lose,
            "opportunity.complete": self._complete,
            "opportunity.read": self._read,
            "customer.create": self._customer,
            "customer.update": self._customer_update,
        }

    def _create(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        key = given["opportunity"]
        with self._ground.act(user, now_s) as work:
            values = _values(given)
            values["AccountId"] = self._account(work, given)
            values["Opportunity_Key__c"] = key
            values.setdefault("Name", key)
            values.setdefault("CloseDate", given.get("close_date") or given.get("start") or "2026-12-31")
            values["Services__c"] = bool(given.get("services", True))
            schedule = {name: given.get(name) or [] for name in ("milestones", "instalments")}
            values["Schedule_Json__c"] = orjson.dumps(schedule).decode()
            work.insert(OBJECT, {name: value for name, value in values.items() if value is not None})
        return {"opportunity": key}

    def _account(self, work: Transaction, given: Given) -> str:
        """The customer's account; what it lacks and the deal knows is filled in."""
        account = self._ground.find("Account", given["customer"])
        if account is None:
            values = {"Name": given["customer"], "CurrencyIsoCode": given.get("currency")}
            account = work.upsert("Account", given["customer"], values)[0]
        self._bill_to(work, account, given)
        return str(account["Id"])

    def _bill_to(self, work: Transaction, account: Record, given: Given) -> None:
        known = {_ACCOUNT[name]: given.get(name) for name in ("bill_to", "tax_number")}
        changes = {name: value for name, value in known.items() if value and value != account.get(name)}
        if changes:
            work.update("Account", account, changes)

    def _update(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(OBJECT, given["opportunity"])
        with self._ground.act(user, now_s) as work:
            work.update(OBJECT, record, _values(given["fields"]))
        return {"version": record["Version__c"]}

    def _win(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        return self._stage(given, user, now_s, WON)

    def _lose(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        return self._stage(given, user, now_s, "Closed Lost")

    def _stage(self, given: Given, user: str, now_s: float, stage: str) -> dict[str, Any]:
        record = self._ground.need(OBJECT, given["opportunity"])
        if record["StageName"].startswith("Closed"):
            raise rule(f"Opportunity {given['opportunity']} is {record['StageName']}.", "StageName")
        with self._ground.act(user, now_s) as work:
            values = {"StageName": stage, "Probability": 100 if stage == WON else 0}
            closed = self._ground.org.today(record["Entity__c"], now_s)
            work.update(OBJECT, record, {**values, "CloseDate": closed})
        return {"version": record["Version__c"]}

    def _complete(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """The missing attributes, saved: the error on the record goes, hooks and feeds fire again."""
        record = self._ground.need(OBJECT, given["opportunity"])
        with self._ground.act(user, now_s) as work:
            account = self._ground.tables["Account"].get(record.get("AccountId") or "")
            if account is not None:
                self._bill_to(work, account, given["fields"])
            work.update(OBJECT, record, {**_values(given["fields"]), "Integration_Error__c": None})
        return {"version": record["Version__c"]}

    def _read(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(OBJECT, given["opportunity"])
        account = self._ground.tables["Account"].get(record.get("AccountId") or "") or {}
        missing = [name for name in _MANDATORY if not record.get(_WORDS[name])]
        missing += [name for name in ("bill_to", "tax_number") if not account.get(_ACCOUNT[name])]
        return {
            "stage": record["StageName"],
            "version": record["Version__c"],
            "integration_error": record.get("Integration_Error__c"),
            "missing": missing,
        }

    def _customer(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        if self._ground.find("Account", given["customer"]) is not None:
            raise RefusedError("DUPLICATES_DETECTED", f"Customer {given['customer']} already exists.")
        with self._ground.act(user, now_s) as work:
            work.upsert("Account", given["customer"], _account_values(given))
        return {"customer": given["customer"]}

    def _customer_update(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need("Account", given["customer"])
        with self._ground.act(user, now_s) as work:
            work.update("Account", record, _account_values(given["fields"]))
        return {"customer": given["customer"]}


def _values(given: Given) -> dict[str, Any]:
    values = {field: given[name] for name, field in _WORDS.items() if name in given}
    values.update({field: major_of(given[name]) for name, field in _MONEY.items() if name in given})
    return values


def _account_values(given: Given) -> dict[str, Any]:
    return {field: given[name] for name, field in _ACCOUNT.items() if given.get(name)}
