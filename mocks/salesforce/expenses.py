"""Expense reports: status, versions and totals; a report is one atomic document, approved as a whole.

The PSA accepts reports with policy defects: the policy check is the integration's.
"""

from __future__ import annotations

from math import fsum
from typing import Any

from mocks.salesforce.entitlement import is_entitled
from mocks.salesforce.errors import rule
from mocks.salesforce.org import Org, Saved, Transaction, Triggers
from mocks.salesforce.owed import Entry, Owed
from mocks.store import Change, Record

REPORT = "pse__Expense_Report__c"
LINE = "pse__Expense__c"
_STATUS = "pse__Status__c"


class Expenses:
    """The rules of reports; registers itself with the org."""

    def __init__(self, org: Org, owed: Owed) -> None:
        self._org = org
        self._owed = owed
        org.triggers[REPORT] = Triggers(self._before, self._after)
        org.triggers[LINE] = Triggers(None, self._rolled_up)
        org.keepers[REPORT].append(self._keep)
        org.keepers[LINE].append(self._keep_papers)

    def lines(self, report: Record) -> list[Record]:
        """Its lines, by number."""
        found = self._org.tables[LINE].where("pse__Expense_Report__c", report["Id"])
        return sorted(found, key=lambda line: line.get("Line_No__c") or 0)

    def _before(self, work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
        now = values if record is None else {**record, **values}
        if record is None:
            values.setdefault("Version__c", 1)
            values.setdefault("pse__Total_Billable_Amount__c", 0.0)
            values.setdefault("pse__Total_Reimbursement_Amount__c", 0.0)
        had, status = "Draft" if record is None else record[_STATUS], now[_STATUS]
        if record is not None and status != had:
            self._turned(work, record, now, values, had, status)

    def _turned(
        self, work: Transaction, record: Record, now: Record, values: dict[str, Any], had: str, status: str
    ) -> None:
        stamp = self._org.time.stamp(work.now_s)
        if status == "Submitted":
            content = tuple(_content(line) for line in self.lines(record))
            last = now.get("_submitted")
            if last is not None and (last != content or now.get("_approved")):
                values["Version__c"] = int(now["Version__c"]) + 1
            values.update({"_submitted": content, "_approved": False, "pse__Submitted__c": True})
            values.setdefault("Submitted_At__c", stamp)
            values.setdefault("Submitter__c", work.user)
        elif status == "Approved":
            if had != "Submitted":
                raise rule("Only a submitted report can be approved.", _STATUS)
            worker = now.get("Worker_Key__c")
            if work.user in {worker, now.get("Submitter__c")} or now.get("Approver_Key__c") == worker:
                raise rule("Nobody approves his own expenses.", "Approver_Key__c")
            values.update({"pse__Approved__c": True, "_approved": True})
            values.setdefault("Approved_At__c", stamp)
            values.setdefault("Approved_By__c", work.user)
        else:
            if now.get("pse__Billed__c"):
                raise rule("A billed report cannot be recalled.", _STATUS)
            values.update({"pse__Submitted__c": False, "pse__Approved__c": False})

    def _after(self, work: Transaction, change: Change) -> None:
        """Lines follow their report's status."""
        if change.op == "update" and _STATUS in change.changes:
            for line in self.lines(change.record):
                work.update(LINE, line, {_STATUS: change.record[_STATUS]})

    def _rolled_up(self, work: Transaction, change: Change) -> None:
        """The report's totals and dates follow its lines."""
        if change.changes.keys().isdisjoint({"pse__Amount__c", "pse__Billable__c", "pse__Expense_Date__c"}):
            return
        report = self._org.tables[REPORT].records[change.record["pse__Expense_Report__c"]]
        lines = self.lines(report)
        dates = sorted(str(line["pse__Expense_Date__c"]) for line in lines)
        billable = [line["pse__Amount__c"] for line in lines if line["pse__Billable__c"]]
        values = {
            "pse__First_Expense_Date__c": dates[0],
            "pse__Last_Expense_Date__c": dates[-1],
            "pse__Total_Reimbursement_Amount__c": round(fsum(line["pse__Amount__c"] for line in lines), 2),
            "pse__Total_Billable_Amount__c": round(fsum(billable), 2),
            "pse__Billable__c": bool(billable),
        }
        work.derive(REPORT, report, values)

    def _keep(self, saved: Saved) -> None:
        if _STATUS not in saved.changes:
            return
        record = saved.record
        if record[_STATUS] == "Approved":
            submitter, authorised = record.get("Submitter__c") or "", is_entitled(record, saved.user)
            facts = self._facts(record)
            version = int(record["Version__c"])
            self._owed.commit(
                Entry("expense", saved.key, version, saved.at_s, facts, submitter, saved.user, authorised)
            )
        elif saved.before.get(_STATUS) == "Approved":
            self._owed.withdraw("expense", saved.key, saved.at_s)

    def _keep_papers(self, saved: Saved) -> None:
        """What an approved report still lacks once papers came later, and since when."""
        report = self._org.tables[REPORT].records.get(saved.record["pse__Expense_Report__c"])
        key = str(report.get("pse__Expense_Report_Reference__c") or "") if report else ""
        entry = self._owed.standing("expense", key)
        if report is not None and entry is not None and "Receipt__c" in saved.changes:
            facts = dict(entry.facts)
            facts |= {"papers_at_s": saved.at_s, "unreceipted_then_minor": self._unreceipted(report)}
            entry.facts = facts

    def _unreceipted(self, report: Record) -> int:
        """The largest line without a receipt, in minor units."""
        without = (line["pse__Amount__c"] for line in self.lines(report) if not line["Receipt__c"])
        return max((round(amount * 100) for amount in without), default=0)

    def _facts(self, record: Record) -> dict[str, Any]:
        project = self._org.tables["pse__Proj__c"].records.get(record.get("pse__Project__c") or "") or {}
        billable = record.get("pse__Total_Billable_Amount__c") or 0.0
        return {
            "project": project.get("Project_Key__c") or "",
            "customer": self._org.key("Account", project.get("pse__Account__c")),
            "entity": record.get("Entity__c") or project.get("Entity__c") or "",
            "currency": record.get("CurrencyIsoCode") or "",
            "worker": record.get("Worker_Key__c") or "",
            "date": record.get("pse__Last_Expense_Date__c") or "",
            "amount_minor": round((record.get("pse__Total_Reimbursement_Amount__c") or 0.0) * 100),
            "billable_minor": round(billable * 100),
            "unreceipted_minor": self._unreceipted(record),
        }


def _content(line: Record) -> tuple[Any, ...]:
    """What makes a version another one."""
    names = (
        "pse__Type__c",
        "pse__Expense_Date__c",
        "pse__Amount__c",
        "Receipt__c",
        "Justification__c",
        "pse__Billable__c",
    )
    return tuple(line.get(name) for name in names)
