"""Documents in the ledger (time, expense, invoice, revenue): one effect per transaction."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.money import minor
from measurements.facts import NOTHING, Effect
from mocks.netsuite.checklist import amount_minor
from mocks.netsuite.invoices import holds_of
from mocks.netsuite.rows import Rows, Terms, version_of
from mocks.store import Record

_STATES = {"approved": "posted", "pendingApproval": "pending", "rejected": "void"}


def postings(rows: Rows, kind: str, flow: str) -> Iterator[Effect]:
    """One row per transaction of this record type."""
    for record in rows.ledger.tables[kind].records.values():
        job = record.get("customer") if kind == "timebill" else record.get("job")
        worker = (
            record.get("employee" if kind == "timebill" else "entity") if flow in {"time", "expense"} else ""
        )
        yield rows.effect(
            record,
            flow,
            str(record.get("custbody_source_key") or ""),
            part=str(record.get("custbody_source_part") or "") if flow == "time" else "",
            version=version_of(record),
            at_s=record["_effected_s"],
            state=_STATES[record["approvalStatus"]],
            project=rows.names["job"].get(job or "", ""),
            worker=rows.person(worker),
            hours=_centi(record.get("hours")) if kind == "timebill" else 0,
            amount=_amount(record),
            date=str(record["tranDate"]),
            terms=_terms(rows, record, flow),
        )


def _terms(rows: Rows, record: Record, flow: str) -> Terms:
    if flow == "time":
        return {"rate_minor": minor(record.get("rate") or 0)}
    if flow != "invoice":
        return {"run": str(record.get("run") or "")} if flow == "revenue" else NOTHING
    reasons = dict.fromkeys(hold.reason for hold in holds_of(record))
    return {
        "customer": rows.names["customer"].get(record["entity"], ""),
        "bill_to": str(record.get("billTo") or ""),
        "currency": str(record["currency"]),
        "tax_number": str(record.get("taxNumber") or ""),
        "po_number": str(record.get("poNumber") or ""),
        "number": str(record.get("tranId") or ""),
        "held_reasons": "|".join(reasons),
    }


def _centi(hours: str | None) -> int:
    return minor(hours or 0)


def _amount(record: Record) -> int:
    if record["_kind"] == "timebill":
        return 0
    if record["_kind"] == "journalentry":
        return minor(record["custbody_revenue_amount"])
    if record["_kind"] == "invoice":
        return amount_minor(record)
    if record["_kind"] == "purchaseorder":
        return minor(record.get("custbody_amount") or 0)
    return sum(minor(item.get("amount") or 0) for item in record["expense"])
