"""What finance does in NetSuite: releases invoices, reworks held ones, locks periods, sets up data.

The only place where people meet this vendor's fields; verbs and parameters are those of roles.ERP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.desk import Verb
from mocks.journal import Entry, Journal
from mocks.netsuite.callouts import Saved
from mocks.netsuite.checklist import amount_minor, reasons
from mocks.netsuite.checks import CHECKS
from mocks.netsuite.errors import RefusedError, nonexistent
from mocks.netsuite.ledger import LEDGERS, Ledger, note
from mocks.store import Record


class FinanceDesk:
    """Finance's verbs over the ledger."""

    def __init__(self, ledger: Ledger, journal: Journal, saved: Saved) -> None:
        self._ledger = ledger
        self._journal = journal
        self._saved = saved
        self._invoices = ledger.tables["invoice"]

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "invoices.waiting": self._waiting,
            "invoice.review": self._review,
            "invoice.rework": self._rework,
            "period.lock": self._lock,
            "reference.add": self._add,
        }

    def _waiting(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        pending = self._invoices.where("approvalStatus", "pendingApproval")
        return {"invoices": [self._listed(invoice) for invoice in pending]}

    def _listed(self, invoice: Record) -> dict[str, Any]:
        job, customer = self._job(invoice), self._ledger.tables["customer"].get(invoice["entity"]) or {}
        held = str(invoice.get("custbody_hold_reasons") or "")
        return {
            "invoice": invoice["id"],
            "event": self._ledger.key_of(invoice),
            "project": job.get("entityId", ""),
            "customer": customer.get("entityId", ""),
            "entity": invoice["subsidiary"],
            "amount_minor": amount_minor(invoice),
            "currency": invoice["currency"],
            "held": bool(held),
            "reasons": held.split("|") if held else [],
        }

    def _review(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        """Release, or hold with reasons; what rework has settled is not asked again."""
        invoice = self._pending(given)
        if invoice.get("_by") == user or given.get("approver") == invoice.get("_by"):
            detail = "You may not approve a transaction that you entered."
            raise RefusedError(403, "INSUFFICIENT_PERMISSION", detail)
        invoice["_terms"] = given["terms"]
        settled = invoice.get("_settled", frozenset())
        found = [reason for reason in reasons(self._ledger, invoice, given["terms"]) if reason not in settled]
        if found:
            return self._hold(invoice, found, user, now_s)
        number = self._ledger.next_invoice(invoice["subsidiary"])
        changes = {
            "approvalStatus": "approved",
            "tranId": number,
            "custbody_hold_reasons": "",
            "custbody_approved_by": given.get("approver") or user,
            "_effected_s": now_s,
        }
        self._invoices.update(invoice["id"], changes, now_s)
        note(invoice, now_s, act="released", by=user, number=number)
        self._write(invoice, "release", changes, user, now_s)
        self._saved(invoice, "update", changes, user, now_s)
        return {"approved": True, "number": number}

    def _hold(self, invoice: Record, found: list[str], user: str, now_s: float) -> dict[str, Any]:
        text = "|".join(found)
        if text != invoice.get("custbody_hold_reasons"):
            self._invoices.update(invoice["id"], {"custbody_hold_reasons": text}, now_s)
            note(invoice, now_s, act="held", by=user, reasons=tuple(found))
            self._write(invoice, "hold", {"reasons": found}, user, now_s)
        return {"held": True, "reasons": found}

    def _rework(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        """Finance keys in what is missing, from the source's screen; the next review takes it as settled."""
        invoice = self._pending(given)
        handled = tuple(given["reasons"])
        changes: dict[str, Any] = {}
        for reason in handled:
            changes.update(self._repair(invoice, reason))
        invoice["_settled"] = invoice.get("_settled", frozenset()) | frozenset(handled)
        self._invoices.update(invoice["id"], changes, now_s)
        note(invoice, now_s, act="reworked", by=user, reasons=handled, minutes=30.0)
        self._write(invoice, "rework", changes, user, now_s)
        return {"reworked": list(handled)}

    def _repair(self, invoice: Record, reason: str) -> dict[str, Any]:
        """The invoice's fields that set a reason right; what stands elsewhere is taken on finance's word."""
        terms, what = invoice.get("_terms", {}), reason.split(":")[1]
        fields = {
            "bill_to": "billTo",
            "tax_number": "taxNumber",
            "po_number": "poNumber",
            "currency": "currency",
        }
        if what in fields:
            return {fields[what]: terms.get(what) or ""}
        if what != "period_closed":
            return {}
        had = invoice["postingPeriod"]
        period = self._ledger.periods.first_open(invoice["subsidiary"], "ar_gl", had)
        return {"postingPeriod": period, "custbody_moved_from": had} if period else {}

    def _lock(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        ledger = given.get("ledger", "ar_gl")
        if ledger not in LEDGERS:
            raise RefusedError(400, "USER_ERROR", f"There is no sub-ledger {ledger}.", "ledger")
        self._ledger.periods.lock(given["entity"], given["period"], ledger, now_s)
        return {"locked": True}

    def _add(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        """Sets up what an integration found missing; a vendor is a record of its own, in the first entity."""
        ledger, kind, key = self._ledger, str(given["kind"]), str(given["key"])
        ledger.added.add((kind, key))
        if kind == "vendor" and ledger.tables[kind].find("externalId", key) is None:
            body = {"entityId": key, "externalId": key, "subsidiary": min(ledger.lists["subsidiary"])}
            ledger.insert(kind, CHECKS[kind].clean(body, ledger, strict=True), now_s, user)
        return {"added": True}

    def _write(self, invoice: Record, op: str, changes: Mapping[str, Any], user: str, now_s: float) -> None:
        key = self._ledger.key_of(invoice)
        self._journal.write(Entry(now_s, "invoice", invoice["id"], key, op, user, changes))

    def _pending(self, given: Mapping[str, Any]) -> Record:
        invoice = self._invoices.get(str(given["invoice"]))
        if invoice is None:
            raise nonexistent()
        if invoice["approvalStatus"] != "pendingApproval":
            raise RefusedError(400, "USER_ERROR", f"Invoice {invoice['id']} is not pending approval.")
        return invoice

    def _job(self, invoice: Record) -> Record:
        return self._ledger.tables["job"].get(invoice["job"]) or {}
