"""Consultants: their expense reports, defects and all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.salesforce.errors import RefusedError, rule
from mocks.salesforce.expenses import LINE, REPORT, Expenses
from mocks.salesforce.ground import Given, Ground, Verb
from mocks.salesforce.org import Transaction
from mocks.store import Record


class Reports:
    """The expense verbs of roles.PSA."""

    def __init__(self, ground: Ground, expenses: Expenses) -> None:
        self._ground = ground
        self._expenses = expenses

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "expense.save": self._save,
            "expense.submit": self._submit,
            "expense.complete": self._complete,
            "expense.recall": self._recall,
        }

    def _save(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        ground, key = self._ground, given["report"]
        record = ground.find(REPORT, key)
        if not given["lines"]:
            raise RefusedError("REQUIRED_FIELD_MISSING", "A report needs a line.")
        if record is not None and record["pse__Status__c"] not in {"Draft", "Rejected"}:
            raise rule(f"Report {key} is {record['pse__Status__c']}: recall it first.", "pse__Status__c")
        with ground.act(user, now_s) as work:
            values = self._values(given)
            record = work.upsert(REPORT, key, values)[0]
            self._lines(work, record, key, given["lines"])
        return {"version": record["Version__c"]}

    def _values(self, given: Given) -> dict[str, Any]:
        project = self._ground.need("pse__Proj__c", given["project"])
        if project["pse__Closed_for_Expense_Entry__c"]:
            raise rule(f"Project {given['project']} is closed for expense entry.", "pse__Project__c")
        resource = self._ground.find("Contact", given["worker"])
        if resource is None:
            raise RefusedError(
                "INVALID_CROSS_REFERENCE_KEY", f"{given['worker']} is not a resource of the PSA."
            )
        return {
            "Name": given["report"],
            "pse__Resource__c": resource["Id"],
            "pse__Project__c": project["Id"],
            "CurrencyIsoCode": given["currency"],
            "pse__Reimbursement_Currency__c": given["currency"],
            "Worker_Key__c": given["worker"],
            "Project_Key__c": given["project"],
            "Entity__c": project.get("Entity__c"),
            "Approver_Key__c": given["approver"],
        }

    def _lines(self, work: Transaction, report: Record, key: str, lines: list[Given]) -> None:
        """The lines as now given; those that are gone go."""
        kept = set()
        for place, line in enumerate(lines, start=1):
            number = int(line.get("line") or place)
            kept.add(number)
            values = {
                "Name": f"EXP-{key}-{number}",
                "pse__Expense_Report__c": report["Id"],
                "pse__Resource__c": report["pse__Resource__c"],
                "pse__Project__c": report["pse__Project__c"],
                "CurrencyIsoCode": report["CurrencyIsoCode"],
                "pse__Type__c": line.get("type") or "",
                "pse__Expense_Date__c": line["date"],
                "pse__Amount__c": int(line["amount_minor"]) / 100,
                "pse__Billable__c": bool(line.get("billable")),
                "Receipt__c": bool(line.get("receipt")),
                "pse__Lost_Receipt__c": not line.get("receipt"),
                "Justification__c": line.get("justification") or "",
                "Line_No__c": number,
            }
            work.upsert(LINE, f"{key}-{number}", values)
        for line in self._expenses.lines(report):
            if line["Line_No__c"] not in kept:
                work.delete(LINE, line)

    def _complete(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """Papers that come later; what was claimed stays, so a report that was billed may get them, too."""
        record = self._ground.need(REPORT, given["report"])
        papers = {int(line["line"]): line for line in given["lines"]}
        with self._ground.act(user, now_s) as work:
            for line in self._expenses.lines(record):
                told = papers.get(line["Line_No__c"])
                if told is not None:
                    values = {"Receipt__c": bool(told.get("receipt")), "pse__Lost_Receipt__c": False}
                    work.update(LINE, line, {**values, "Justification__c": told.get("justification") or ""})
        return {"version": record["Version__c"]}

    def _submit(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(REPORT, given["report"])
        if record["pse__Status__c"] not in {"Draft", "Rejected"}:
            raise rule(f"Report {given['report']} is {record['pse__Status__c']}.", "pse__Status__c")
        with self._ground.act(user, now_s) as work:
            values = {"pse__Status__c": "Submitted", "Submitter__c": user, "Reject_Reason__c": None}
            work.update(REPORT, record, {**values, "Submitted_At__c": self._ground.org.time.stamp(now_s)})
        return {"version": record["Version__c"]}

    def _recall(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(REPORT, given["report"])
        if record["pse__Status__c"] not in {"Submitted", "Approved"}:
            raise rule(f"Report {given['report']} is {record['pse__Status__c']}.", "pse__Status__c")
        with self._ground.act(user, now_s) as work:
            work.update(REPORT, record, {"pse__Status__c": "Draft", "Integration_Error__c": None})
        return {"version": record["Version__c"]}
