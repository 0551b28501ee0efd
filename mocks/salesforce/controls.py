"""Billing controls (milestones, instalments, change orders, purchase requests): versions, and what each
save commits.

The org keeps Version__c: each change of amount, date or status by anybody is a new version of the control.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mocks.salesforce.org import Org, Saved, Transaction, Triggers
from mocks.salesforce.owed import Entry, Owed
from mocks.store import Record


class Kind(NamedTuple):
    """Which fields of an object say what the ERP must know."""

    amount: str
    dates: tuple[str, ...]
    status: str

    @property
    def watched(self) -> tuple[str, ...]:
        """A change of one of these is a new version."""
        return (self.amount, *self.dates, self.status)


KINDS: Mapping[str, Kind] = {
    "pse__Milestone__c": Kind(
        "pse__Milestone_Amount__c", ("pse__Actual_Date__c", "pse__Target_Date__c"), "pse__Status__c"
    ),
    "Instalment__c": Kind("Amount__c", ("Date__c",), "Status__c"),
    "pse__Budget__c": Kind("pse__Amount__c", ("pse__Effective_Date__c",), "pse__Status__c"),
}
_BUDGETS = {"Change Request": "change_order", "Vendor Purchase Order": "purchase_request"}


class Controls:
    """The rules of controls; registers itself with the org."""

    def __init__(self, org: Org, owed: Owed) -> None:
        self._org = org
        self._owed = owed
        for name in KINDS:
            org.triggers[name] = Triggers(_before(KINDS[name]), None)
            org.keepers[name].append(self._keep)

    def _keep(self, saved: Saved) -> None:
        record, kind = saved.record, kind_of(saved.object, saved.record)
        if not kind or "Version__c" not in saved.changes:
            return
        if saved.object == "pse__Budget__c" and record["pse__Status__c"] != "Approved":
            return
        project = self._org.tables["pse__Proj__c"].records.get(record["pse__Project__c"])
        if project is None:
            return
        key = f"{project['Project_Key__c']}:{saved.key}"
        approver = str(record.get("Approver_Key__c") or saved.user)
        facts = self._facts(saved.object, record, project, kind, saved.key)
        version = int(record["Version__c"])
        self._owed.commit(Entry("control", key, version, saved.at_s, facts, saved.user, approver))

    def _facts(
        self, object_: str, record: Record, project: Record, kind: str, control: str
    ) -> dict[str, Any]:
        fields = KINDS[object_]
        day = next((record[name] for name in fields.dates if record.get(name)), "")
        return {
            "project": project["Project_Key__c"],
            "customer": self._org.key("Account", project.get("pse__Account__c")),
            "entity": project.get("Entity__c") or "",
            "currency": record.get("CurrencyIsoCode") or project.get("CurrencyIsoCode") or "",
            "control": control,
            "kind": kind,
            "status": record.get(fields.status) or "",
            "date": day,
            "amount_minor": round((record.get(fields.amount) or 0.0) * 100),
            "hours": record.get("Hours__c") or 0,
            "billed": bool(record.get("pse__Billed__c") or record.get("Billed__c")),
        }


def kind_of(object_: str, record: Record) -> str:
    """milestone, instalment, change_order, purchase_request, or nothing (other budgets)."""
    if object_ == "pse__Budget__c":
        return _BUDGETS.get(record.get("pse__Type__c") or "", "")
    return "milestone" if object_ == "pse__Milestone__c" else "instalment"


def _before(kind: Kind) -> Any:
    watched = kind.watched

    def before(work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
        if record is None:
            values["Version__c"] = 1
            return
        values.pop("Version__c", None)
        if any(name in values and values[name] != record.get(name) for name in watched):
            values["Version__c"] = int(record.get("Version__c") or 1) + 1

    return before
