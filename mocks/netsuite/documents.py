"""Documents in the ledger (time, expense, order, invoice, revenue): one effect per transaction."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kernel.money import minor
from measurements.facts import NOTHING, Effect
from mocks.correlation import version
from mocks.netsuite.checklist import amount_minor
from mocks.netsuite.invoices import holds_of
from mocks.netsuite.rows import Rows, Terms, version_of
from mocks.store import Record

_STATES = {"approved": "posted", "pendingApproval": "pending", "rejected": "void"}


def bills(rows: Rows) -> Iterator[Effect]:
    """One row per time bill: by far the most of a ledger, so each is read in one go."""
    jobs, people = rows.names["job"], rows.people
    key, part, told = (rows.ledger.reader("timebill", group) for group in ("key", "part", "version"))
    for record in rows.ledger.tables["timebill"].records.values():
        get = record.get
        yield Effect(
            "time",
            key(record),
            part(record),
            version(told(record)),
            "netsuite",
            str(record["id"]),
            record["_effected_s"],
            _STATES[record["approvalStatus"]],
            str(get("custbody_reverses") or ""),
            jobs.get(get("customer") or "", ""),
            people.get(get("employee") or "", ""),
            str(get("subsidiary") or ""),
            str(record["tranDate"]),
            str(get("postingPeriod") or ""),
            bool(get("custbody_moved_from")),
            bool(record["_period_open"]),
            minor(get("hours") or 0),
            0,
            "",
            _rate(get("rate") or 0),
        )


def postings(rows: Rows, kind: str, flow: str) -> Iterator[Effect]:
    """One row per transaction of any other record type."""
    for record in rows.ledger.tables[kind].records.values():
        worker = record.get("entity") if flow == "expense" else ""
        yield rows.effect(
            record,
            flow,
            rows.ledger.key_of(record),
            version=version_of(rows.ledger, kind, record),
            at_s=record["_effected_s"],
            state=_STATES[record["approvalStatus"]],
            project=rows.names["job"].get(record.get("job") or "", ""),
            worker=rows.people.get(worker or "", ""),
            amount=_amount(record),
            date=str(record["tranDate"]),
            terms=_terms(rows, record, flow),
        )


@lru_cache(4096)
def _rate(rate: str | int | float) -> Terms:
    """The terms of time at this rate; the bills of one rate share them."""
    return {"bill_rate_minor": minor(rate)}


def _terms(rows: Rows, record: Record, flow: str) -> Terms:
    if flow != "invoice":
        return {"run": str(record.get("run") or "")} if flow == "revenue" else NOTHING
    reasons = dict.fromkeys(hold.reason for hold in holds_of("", record))
    return {
        "customer": rows.names["customer"].get(record["entity"], ""),
        "bill_to": str(record.get("billTo") or ""),
        "currency": str(record["currency"]),
        "tax_number": str(record.get("taxNumber") or ""),
        "po_number": str(record.get("poNumber") or ""),
        "number": str(record.get("tranId") or ""),
        "held_reasons": "|".join(reasons),
    }


def _amount(record: Record) -> int:
    if record["_kind"] == "journalentry":
        return minor(record["custbody_revenue_amount"])
    if record["_kind"] == "invoice":
        return amount_minor(record)
    if record["_kind"] == "purchaseorder":
        return minor(record.get("custbody_amount") or 0)
    return sum(minor(item.get("amount") or 0) for item in record["expense"])
