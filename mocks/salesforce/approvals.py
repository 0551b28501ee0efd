"""Approvers: what waits for them, and a sitting: all decisions in one bulk save, one commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.salesforce.errors import RefusedError
from mocks.salesforce.expenses import REPORT
from mocks.salesforce.ground import Given, Ground, Verb, minor_of
from mocks.salesforce.org import Saved, Transaction
from mocks.salesforce.psa import HOURS
from mocks.salesforce.timecards import HEADER
from mocks.salesforce.work import Work
from mocks.store import Record

_KINDS = {
    HEADER: "timecard",
    REPORT: "expense",
    "pse__Milestone__c": "milestone",
    "Instalment__c": "milestone",
    "pse__Budget__c": "change_order",
}


class Approvals:
    """The approval verbs of roles.PSA; keeps the records with an integration's error by approver."""

    def __init__(self, ground: Ground, work: Work) -> None:
        self._ground = ground
        self._work = work
        self._errors: dict[str, dict[tuple[str, str], None]] = {}
        for name in _KINDS:
            ground.org.keepers[name].append(self._keep)

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "approvals.waiting": self._waiting,
            "approvals.decide": self._decide,
            "approvals.override": self._override,
        }

    def _keep(self, saved: Saved) -> None:
        if "Integration_Error__c" not in saved.changes:
            return
        errors = self._errors.setdefault(str(saved.record.get("Approver_Key__c") or ""), {})
        if saved.record.get("Integration_Error__c"):
            errors[saved.object, saved.id] = None
        else:
            errors.pop((saved.object, saved.id), None)

    def _waiting(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        approver = given["approver"]
        seconds = self._ground.org.time.seconds
        timecards, expenses = [], []
        for (object_, _), record in self._named(self._work.waiting.get(approver) or {}):
            row = {
                "worker": record.get("Worker_Key__c"),
                "project": record.get("Project_Key__c"),
                "submitted_at_s": seconds(record["Submitted_At__c"]),
            }
            if object_ == HEADER:
                row["timecard"] = record["Timecard_Key__c"]
                row["hours_centi"] = [minor_of(record.get(name)) for name in HOURS]
                timecards.append(row)
            else:
                row["report"] = record["pse__Expense_Report_Reference__c"]
                row["amount_minor"] = minor_of(record["pse__Total_Reimbursement_Amount__c"])
                row["currency"] = record.get("CurrencyIsoCode")
                expenses.append(row)
        errors = [
            {
                "kind": _kind(object_, record),
                "key": self._key(object_, record),
                "error": record["Integration_Error__c"],
            }
            for (object_, _), record in self._named(self._errors.get(approver) or {})
        ]
        return {"timecards": timecards, "expenses": expenses, "errors": errors}

    def _named(self, ids: dict[tuple[str, str], None]) -> list[tuple[tuple[str, str], Record]]:
        tables = self._ground.tables
        return [
            (name, tables[name[0]].records[name[1]]) for name in ids if name[1] in tables[name[0]].records
        ]

    def _key(self, object_: str, record: Record) -> str:
        return str(record.get(self._ground.org.key_fields[object_]) or "")

    def _decide(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """Record by record within one commit: one that is refused does not stop the others."""
        approver = given["approver"]
        rejected = {row["key"]: row.get("reason") or "" for row in given.get("rejected") or ()}
        work = self._ground.org.begin(approver, now_s)
        approved, refused = 0, []
        stamp = self._ground.org.time.stamp(now_s)
        wanted = [(HEADER, key) for key in given.get("timecards") or ()]
        wanted += [(REPORT, key) for key in given.get("expenses") or ()]
        told = {key for _, key in wanted}
        wanted += [(self._object(key), key) for key in rejected if key not in told]
        for object_, key in wanted:
            mark = len(work.changes)
            try:
                self._one(work, object_, key, approver, rejected.get(key), stamp)
                approved += key not in rejected
            except RefusedError as error:
                work.rollback(mark)
                refused.append({"key": key, "error": error.message})
        work.commit()
        return {"approved": approved, "refused": refused}

    def _override(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """With an administrator's permission, for which the rules of approval do not hold (domain.md: an
        administrator bypasses them): whatever waits, whoever is its approver, be it one's own.
        """
        stamp = self._ground.org.time.stamp(now_s)
        with self._ground.act(user, now_s) as work:
            work.administrator = True
            for key in given["timecards"]:
                record = self._ground.need(HEADER, key)
                work.update(HEADER, record, {"pse__Status__c": "Approved", "Approved_At__c": stamp})
        return {"approved": len(given["timecards"])}

    def _object(self, key: str) -> str:
        return REPORT if self._ground.find(REPORT, key) is not None else HEADER

    def _one(
        self, work: Transaction, object_: str, key: str, approver: str, reason: str | None, stamp: str
    ) -> None:
        record = self._ground.need(object_, key)
        if record["pse__Status__c"] != "Submitted":
            raise RefusedError("INVALID_STATUS", f"{key} is {record['pse__Status__c']}, not Submitted.")
        if record.get("Approver_Key__c") != approver:
            raise RefusedError("INSUFFICIENT_ACCESS", f"{approver} is not the approver of {key}.")
        if reason is not None:
            work.update(object_, record, {"pse__Status__c": "Rejected", "Reject_Reason__c": reason})
        else:
            work.update(object_, record, {"pse__Status__c": "Approved", "Approved_At__c": stamp})


def _kind(object_: str, record: Record) -> str:
    if object_ == "pse__Budget__c" and record.get("pse__Type__c") == "Vendor Purchase Order":
        return "purchase_request"
    return _KINDS[object_]
