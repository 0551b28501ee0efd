"""What clerks look up in NetSuite, and what they take back: a posted transaction is never deleted, it gets a
reversal of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.money import major, minor
from kernel.time import period_of
from mocks.desk import Verb
from mocks.netsuite.checklist import live
from mocks.netsuite.errors import RefusedError, nonexistent
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.postings import Postings
from mocks.netsuite.translation import period_fields
from mocks.store import Record

Given = Mapping[str, Any]

_UNDONE = ("timebill", "expensereport", "vendorbill", "journalentry")
_ROLES = {"timebill": ("employee", "customer"), "journalentry": ("job",)}
_COPIED = ("rate", "currency", "run")
_SOURCE = ("key", "part", "version")
"""What the screen fills in of the record that is undone, wherever it stands there."""
_BY_KEY = {
    "expense": ("expensereport", "vendorbill"),
    "control": ("customrecord_billing_control",),
    "invoice": ("invoice",),
}


class Corrections:
    """The clerks' verbs `posting.reverse` and `ledger.lookup` of roles.ERP."""

    def __init__(self, ledger: Ledger, postings: Postings) -> None:
        self._ledger = ledger
        self._tables = ledger.tables
        self._postings = postings
        self._finders: Mapping[str, Callable[[str], list[Record]]] = {
            "project": self._jobs,
            "time": self._bills,
            **{flow: self._by_key(kinds) for flow, kinds in _BY_KEY.items()},
        }

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {"posting.reverse": self._reverse, "ledger.lookup": self._lookup}

    def _lookup(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        find = self._finders.get(given["flow"])
        if find is None:
            raise RefusedError(400, "USER_ERROR", f"There is nothing to search for under {given['flow']}.")
        found = {key: [str(record["id"]) for record in find(key)] for key in given["keys"]}
        return {"standing": {key: ids for key, ids in found.items() if ids}}

    def _reverse(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """One by one: what cannot be undone does not stop the others."""
        undone, refused = [], []
        for number in given["ids"]:
            try:
                self._undo(str(number), user, now_s)
                undone.append(number)
            except RefusedError as error:
                refused.append({"id": number, "code": error.code, "error": error.detail})
        return {"reversed": undone, "refused": refused}

    def _undo(self, number: str, user: str, now_s: float) -> None:
        kinds = (*_UNDONE, "invoice")
        record = next((found for kind in kinds if (found := self._tables[kind].get(number))), None)
        if record is None:
            raise nonexistent()
        if record["_kind"] == "invoice":
            self._reject(record, user, now_s)
        elif live(self._ledger, record, {}):
            self._postings.create(record["_kind"], _reversal(self._ledger, record), now_s, user)
        else:
            raise RefusedError(400, "USER_ERROR", f"Transaction {number} does not stand.")

    def _reject(self, invoice: Record, user: str, now_s: float) -> None:
        if invoice["approvalStatus"] != "pendingApproval":
            raise RefusedError(400, "USER_ERROR", f"Invoice {invoice['id']} is not pending approval.")
        self._postings.reject(invoice, now_s, user)

    def _jobs(self, project: str) -> list[Record]:
        return [job for job in self._tables["job"].where("entityId", project) if not job.get("isInactive")]

    def _bills(self, key: str) -> list[Record]:
        timecard, _, part = key.rpartition("|")
        part_of = self._ledger.reader("timebill", "part")
        bills = self._ledger.of_key("timebill", timecard)
        return [bill for bill in bills if part_of(bill) == part and live(self._ledger, bill, {})]

    def _by_key(self, kinds: tuple[str, ...]) -> Callable[[str], list[Record]]:
        def find(key: str) -> list[Record]:
            records = [r for kind in kinds for r in self._ledger.of_key(kind, key)]
            return [record for record in records if self._stands(record)]

        return find

    def _stands(self, record: Record) -> bool:
        if record["_kind"] == "customrecord_billing_control":
            return not record.get("isInactive")
        if record["_kind"] == "invoice":
            return bool(record["approvalStatus"] != "rejected")
        return live(self._ledger, record, {})


def _reversal(ledger: Ledger, record: Record) -> dict[str, Any]:
    """The record with its sign turned, on its own date, in that date's period or the first open one."""
    kind = record["_kind"]
    name = "ar_gl" if kind == "journalentry" else "time"
    body = {field: record[field] for field in _COPIED if record.get(field)}
    for group in _SOURCE:
        told = ledger.reader(kind, group)(record)
        if told:
            body[f"custbody_source_{group}"] = told
    for role in _ROLES.get(kind, ("entity", "job")):
        if record.get(role):
            body[role] = {"id": record[role]}
    return {
        **body,
        **_turned(record),
        "tranDate": record["tranDate"],
        "subsidiary": record["subsidiary"],
        "custbody_reverses": record["id"],
        "memo": f"Reversal of {record['id']}",
        **period_fields(ledger, record["subsidiary"], name, period_of(record["tranDate"])),
    }


def _turned(record: Record) -> dict[str, Any]:
    if record["_kind"] == "timebill":
        return {"hours": _minus(record["hours"])}
    if record["_kind"] == "journalentry":
        revenue = _minus(record["custbody_revenue_amount"])
        return {"custbody_revenue_amount": revenue, "period": record.get("period") or ""}
    lines = [{**line, "amount": _minus(line.get("amount"))} for line in record["expense"]]
    return {"expense": {"items": lines}}


def _minus(decimal: Any) -> str:
    return major(-minor(decimal or 0))
