"""Billing managers: runs that make billing events, and their release, with the integration's answer on the
screen.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from kernel.time import period_of
from mocks.salesforce.billable import Item, billed_values, complete, items, projects
from mocks.salesforce.errors import rule
from mocks.salesforce.expenses import Expenses
from mocks.salesforce.ground import Given, Ground, Verb, minor_of
from mocks.salesforce.org import Saved, Transaction
from mocks.salesforce.publisher import Publisher
from mocks.salesforce.timecards import HEADER, SPLIT
from mocks.salesforce.work import Work
from mocks.store import Record

EVENT = "pse__Billing_Event__c"
ITEM = "pse__Billing_Event_Item__c"
_CATEGORIES = {"time": "Timecard", "expense": "Expense", "milestone": "Milestone", "instalment": "Budget"}
_LOOKUPS = {
    SPLIT: "pse__Timecard_Split__c",
    "pse__Milestone__c": "pse__Milestone__c",
    "Instalment__c": "Instalment__c",
}


class Billing:
    """The billing verbs of roles.PSA."""

    def __init__(self, ground: Ground, work: Work, expenses: Expenses, publisher: Publisher) -> None:
        self._ground = ground
        self._work = work
        self._expenses = expenses
        self._publisher = publisher
        self._numbers: dict[tuple[str, str], int] = {}
        self._unreleased: dict[str, None] = {}
        ground.org.keepers[EVENT].append(self._keep)

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "billing.run": self._run,
            "billing.waiting": self._waiting,
            "billing.release": self._release,
            "billing.note_invoice": self._note,
        }

    def _keep(self, saved: Saved) -> None:
        record = saved.record
        failed = record.get("Integration_Error__c") and not record.get("ERP_Invoice_Id__c")
        if record["pse__Is_Released__c"] and not failed:
            self._unreleased.pop(saved.id, None)
        else:
            self._unreleased[saved.id] = None

    def _run(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """One event a project with something to bill; without `partial` only where all approvals are
        there.
        """
        cut_off, events = given["cut_off"], []
        table = self._ground.tables["pse__Proj__c"]
        for project_id in projects(self._work):
            project = table.records[project_id]
            if project["pse__Exclude_From_Billing__c"] or not project["pse__Is_Billable__c"]:
                continue
            if not given.get("partial") and not complete(self._ground, self._work, project, cut_off):
                continue
            found = items(self._ground, self._work, project, cut_off)
            if found:
                events.append(self._event(project, found, cut_off, user, now_s))
        return {"events": events}

    def _event(
        self, project: Record, found: list[Item], cut_off: str, user: str, now_s: float
    ) -> dict[str, Any]:
        period, name = period_of(cut_off), project["Project_Key__c"]
        number = self._numbers[name, period] = self._numbers.get((name, period), 0) + 1
        key, amount = f"B-{name}-{period}-{number}", sum(item.amount_minor for item in found)
        with self._ground.act(user, now_s) as work:
            values = {
                "Name": key,
                "pse__Event_Key__c": key,
                "pse__Project__c": project["Id"],
                "Project_Key__c": name,
                "Period__c": period,
                "Entity__c": project.get("Entity__c"),
                "CurrencyIsoCode": project.get("CurrencyIsoCode"),
                "pse__Date__c": cut_off,
                "pse__Status__c": "Submitted",
                "pse__Summary_Amount__c": amount / 100,
                "Version__c": 1,
            }
            event = work.insert(EVENT, values)
            for item in found:
                self._bill(work, event, project, item)
        return {"event": key, "project": name, "amount_minor": amount}

    def _bill(self, work: Transaction, event: Record, project: Record, item: Item) -> None:
        values = {
            "Name": f"BEI-{item.key}",
            "CurrencyIsoCode": project.get("CurrencyIsoCode"),
            "pse__Billing_Event__c": event["Id"],
            "pse__Project__c": project["Id"],
            "pse__Category__c": _CATEGORIES[item.kind],
            "pse__Amount__c": item.amount_minor / 100,
            "pse__Unit_Price__c": item.unit_minor / 100,
            "pse__Quantity__c": item.quantity,
            "pse__Date__c": item.date,
            "pse__Object_Id__c": item.record["Id"],
            "Kind__c": item.kind,
            "Source_Key__c": item.key,
            "Source_Part__c": item.part,
            "Source_Version__c": item.version,
        }
        if item.object in _LOOKUPS:
            values[_LOOKUPS[item.object]] = item.record["Id"]
        line = work.insert(ITEM, values)
        work.update(item.object, item.record, billed_values(item, line["Id"]))
        if item.object == SPLIT:
            header = self._ground.tables[HEADER].records[item.record["pse__Timecard_Header__c"]]
            work.derive(HEADER, header, {"pse__Billed__c": True})

    def _waiting(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        table = self._ground.tables[EVENT]
        rows = [
            {
                "event": record["pse__Event_Key__c"],
                "project": record["Project_Key__c"],
                "entity": record.get("Entity__c"),
                "amount_minor": minor_of(record["pse__Summary_Amount__c"]),
                "currency": record.get("CurrencyIsoCode"),
                "released": record["pse__Is_Released__c"],
                "problem": record.get("Integration_Error__c"),
            }
            for record in (table.records[number] for number in self._unreleased)
        ]
        return {"events": rows}

    def _release(
        self, given: Given, user: str, now_s: float
    ) -> dict[str, Any] | Coroutine[Any, Any, dict[str, Any]]:
        """Released, then the integration is asked where it has a synchronous hook; a refusal takes it
        back.
        """
        record = self._ground.need(EVENT, given["event"])
        released = record["pse__Is_Released__c"]
        if released and not record.get("Integration_Error__c"):
            raise rule(f"Billing event {given['event']} is already released.", "pse__Is_Released__c")
        changes = {
            "pse__Is_Approved__c": True,
            "pse__Is_Released__c": True,
            "pse__Status__c": "Completed",
            "Released_By__c": given["manager"],
            "Released_At__c": record.get("Released_At__c")
            if released
            else self._ground.org.time.stamp(now_s),
            "Integration_Error__c": None,
        }
        with self._ground.act(user, now_s) as work:
            work.update(EVENT, record, changes)
        key = record["pse__Event_Key__c"]
        saved = Saved(EVENT, record["Id"], key, "update", record, changes, {}, user, "", now_s, 0)
        return self._asked(saved, user) if self._publisher.sync_hooks(saved) else {"refusal": None}

    async def _asked(self, saved: Saved, user: str) -> dict[str, Any]:
        import asyncio

        for hook in self._publisher.sync_hooks(saved):
            reply = await self._publisher.ask(hook, saved)
            text = self._publisher.answer_text(reply)
            if text:
                refused = reply.status < 500
                values: dict[str, Any] = {"Integration_Error__c": text}
                if refused:
                    values |= {
                        "pse__Is_Released__c": False,
                        "pse__Status__c": "Submitted",
                        "Released_At__c": None,
                    }
                with self._ground.act(user, asyncio.get_running_loop().time()) as work:
                    work.update(EVENT, saved.record, values)
                return {"refusal": text}
        return {"refusal": None}

    def _note(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """(clerk) The invoice's number, keyed from the ERP's screen."""
        record = self._ground.need(EVENT, given["event"])
        number = given["invoice_number"]
        with self._ground.act(user, now_s) as work:
            values = {"pse__Invoice_Number__c": number, "pse__Invoiced__c": True, "ERP_Invoice_Id__c": number}
            work.update(EVENT, record, values)
        return {"event": given["event"]}
