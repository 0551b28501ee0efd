"""Writing records: what every create and update must satisfy, whoever asks (REST, batch or a clerk).

    checks of fields and references -> open period -> reference data in place -> commit

A transaction binds to its sub-ledger: a locked period takes neither a new record nor a changed one. Reference
data that nobody set up (a unit, an expense category, an exchange rate) is missing by keyed luck on the
business key until a person adds it (domain.md §4.4: 0.3-1 % of records).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kernel.luck import luck
from kernel.time import period_of
from mocks.journal import Entry, Journal
from mocks.netsuite.callouts import Saved
from mocks.netsuite.checks import CheckBook, Checks
from mocks.netsuite.employment import DATED, employed
from mocks.netsuite.errors import RefusedError, closed_period, invalid_reference
from mocks.netsuite.ledger import Ledger, note
from mocks.netsuite.objects import RecordType
from mocks.store import DuplicateError, Record

_KEYS_KEPT = 1024
"""The parts of one timecard come one after the other, and share its key's luck."""

_KEPT = frozenset({"employee", "vendor", "job", "customrecord_billing_control"})
"""Types whose records are states, not postings: each write is kept as a line of history."""

_MEANING = frozenset(
    {
        "approvalStatus",
        "class",
        "custbody_revenue_amount",
        "custbody_reverses",
        "custbody_source_key",
        "custbody_source_part",
        "custbody_source_version",
        "custrecord_amount",
        "expense",
        "hours",
        "isInactive",
        "item",
        "postingPeriod",
        "rate",
    }
)
"""Fields whose change makes a posted record say something else; others leave its instant of effect."""


_DOCUMENTS = ("timebill", "expensereport", "vendorbill", "purchaseorder", "invoice", "journalentry")
_TOLD = (*_DOCUMENTS, "job", "customer")
"""Types of which the books tell that instant: a key that a user's correlation finds is what they say, too."""


class Postings:
    """Creates and updates records of the ledger by the account's rules."""

    def __init__(
        self,
        ledger: Ledger,
        checks: CheckBook,
        journal: Journal,
        saved: Saved,
        seed: int,
        missing_share: float,
    ) -> None:
        self._ledger = ledger
        self._checks = checks
        self._journal = journal
        self._saved = saved
        self._meaning = _MEANING.union(*map(ledger.correlation.own_fields, _TOLD))
        self._lacking = lru_cache(_KEYS_KEPT)(
            lambda key: luck(seed, "netsuite.missing-reference", key) < missing_share
        )

    def upsert(
        self,
        kind: str,
        external_id: str,
        body: Mapping[str, Any],
        now_s: float,
        by: str,
        strict: bool = False,
    ) -> tuple[Record, bool]:
        """PUT by external id: the record and whether it is new. Raises RefusedError."""
        standing = self._ledger.tables[kind].find("externalId", external_id)
        if standing is not None:
            return self.update(standing, body, now_s, by, strict), False
        return self.create(kind, {**body, "externalId": external_id}, now_s, by, strict), True

    def create(
        self, kind: str, body: Mapping[str, Any], now_s: float, by: str, strict: bool = False
    ) -> Record:
        """A new record. Raises RefusedError, DUP_RCRD where the external id is taken."""
        checks = self._checks[kind]
        fields = checks.clean(body, self._ledger, strict)
        checks.require(fields)
        if checks.kind.ledger:
            self._arrive(checks, fields)
        try:
            record = self._ledger.insert(kind, fields, now_s, by)
        except DuplicateError as error:
            raise _duplicate(error.field, str(fields[error.field])) from None
        if kind in _KEPT:
            keep(record, now_s)
        self._journal.write(Entry(now_s, kind, record["id"], self._key(record), "insert", by, fields))
        self._saved(record, "insert", fields, by, now_s)
        return record

    def update(
        self, record: Record, body: Mapping[str, Any], now_s: float, by: str, strict: bool = False
    ) -> Record:
        """Merge the body in; one that says nothing new changes nothing. Raises RefusedError."""
        checks = self._checks[record["_kind"]]
        fields = checks.clean(body, self._ledger, strict)
        fields.pop("externalId", None)
        if record["_kind"] == "invoice":
            fields.pop("approvalStatus", None)
        changes = {name: value for name, value in fields.items() if record.get(name) != value}
        if not changes:
            return record
        if checks.kind.ledger:
            self._may_change(checks.kind, record, changes)
        changes["_by"] = by
        if not self._meaning.isdisjoint(changes):
            changes["_effected_s"] = now_s
        try:
            self._ledger.tables[record["_kind"]].update(record["id"], changes, now_s)
        except DuplicateError as error:
            raise _duplicate(error.field, str(changes[error.field])) from None
        if record["_kind"] in _KEPT:
            keep(record, now_s)
        entry = Entry(now_s, record["_kind"], record["id"], self._key(record), "update", by, changes)
        self._journal.write(entry)
        self._saved(record, "update", changes, by, now_s)
        return record

    def reject(self, invoice: Record, now_s: float, by: str) -> None:
        """A pending invoice that nobody may release any more."""
        changes = {"approvalStatus": "rejected", "_by": by, "_effected_s": now_s}
        self._ledger.tables["invoice"].update(invoice["id"], changes, now_s)
        said = {"approvalStatus": "rejected"}
        self._journal.write(Entry(now_s, "invoice", invoice["id"], self._key(invoice), "update", by, said))
        self._saved(invoice, "update", said, by, now_s)

    def _key(self, record: Record) -> str:
        return self._ledger.key_of(record) or str(record.get("entityId") or record.get("externalId") or "")

    def _arrive(self, checks: Checks, fields: dict[str, Any]) -> None:
        """Defaults and rules of a new transaction."""
        kind = checks.kind
        employed(self._ledger, fields)
        fields.setdefault("postingPeriod", period_of(fields["tranDate"]))
        if not fields.get("subsidiary"):
            fields["subsidiary"] = self._subsidiary(kind, fields)
        if kind.name == "invoice" or not fields.get("approvalStatus"):
            fields["approvalStatus"] = kind.arrives
        if fields.get("custbody_reverses"):
            self._undone(checks, fields)
        self._open(kind, fields["subsidiary"], fields["postingPeriod"])
        self._set_up(kind, fields)

    def _subsidiary(self, kind: RecordType, fields: Mapping[str, Any]) -> str:
        job = fields.get("customer") if kind.name == "timeBill" else fields.get("job")
        if job:
            return self._ledger.job_subsidiary(job)
        worker = self._ledger.find(("employee", "vendor"), fields.get("entity"))
        return str(worker["subsidiary"]) if worker else ""

    def _undone(self, checks: Checks, fields: dict[str, Any]) -> None:
        """A reversal names the record that it undoes, by either id; the internal one is kept."""
        undone = fields["custbody_reverses"]
        table = self._ledger.tables[checks.kind.name.lower()]
        record = table.get(undone) or table.find("externalId", undone)
        if record is None:
            raise invalid_reference(checks.kind.name, undone, "custbody_reverses")
        fields["custbody_reverses"] = record["id"]

    def _open(self, kind: RecordType, subsidiary: str, period: str) -> None:
        if not self._ledger.periods.is_open(subsidiary, period, kind.ledger):
            raise closed_period(period, subsidiary)

    def _set_up(self, kind: RecordType, fields: Mapping[str, Any]) -> None:
        """Reference data that this business key needs, missing by luck until added."""
        key = self._ledger.reader(kind.name.lower(), "key")(fields)
        if not key or not kind.reference_data or not self._lacking(key):
            return
        if (kind.reference_data, key) not in self._ledger.added:
            raise invalid_reference(kind.reference_data, key, kind.reference_data.replace(" ", ""))

    def _may_change(self, kind: RecordType, had: Record, changes: Mapping[str, Any]) -> None:
        if kind.name == "invoice" and had["approvalStatus"] == "approved":
            detail = f"Invoice {had['tranId']} is released and cannot be edited. Credit and rebill instead."
            raise RefusedError(400, "USER_ERROR", detail)
        if not changes.keys().isdisjoint(DATED):
            employed(self._ledger, {**had, **changes})
        self._open(kind, had["subsidiary"], had["postingPeriod"])
        if "postingPeriod" in changes:
            self._open(kind, had["subsidiary"], changes["postingPeriod"])


def keep(record: Record, now_s: float) -> None:
    """Keep the record as it now stands as a line of its history."""
    note(record, now_s, **{name: value for name, value in record.items() if name[0] != "_"})


def _duplicate(field: str, value: str) -> RefusedError:
    what = "external ID" if field == "externalId" else "name"
    return RefusedError(400, "DUP_RCRD", f"A record with the {what} {value} already exists.", field)
