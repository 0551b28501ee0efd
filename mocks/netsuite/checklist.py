"""Finance's checklist before an invoice is released: what the ERP holds against the source's terms.

    lacked:<what>[:key]    the ERP lacks what the source has
    stale:<what>[:key]     the ERP holds an older or another value than the source
    inherent:<what>[:key]  a fault that no integration could have avoided (closed period, cap, inactive)

Every reason is one of these; only the first two speak of the integration. An item of kind time names the
timecard (or its split), one of kind expense the report, any other kind its billing control.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kernel.money import minor
from mocks.netsuite.ledger import Ledger
from mocks.store import Record

_SPLIT = re.compile(r"^(.*)[:/#](\d+)$")
_COMPARED = (("billTo", "bill_to"), ("taxNumber", "tax_number"), ("poNumber", "po_number"))


def reasons(ledger: Ledger, invoice: Record, terms: Mapping[str, Any]) -> list[str]:
    """Why the invoice cannot be released now; empty where it can."""
    job = ledger.tables["job"].get(invoice["job"])
    customer = ledger.tables["customer"].get(invoice["entity"])
    if job is None or customer is None:
        return ["lacked:job" if job is None else "lacked:customer"]
    return [
        *_parties(ledger, job, customer, terms),
        *_attributes(invoice, terms),
        *_contract(ledger, invoice, job, terms),
        *_changes(ledger, job, terms),
        *(reason for item in invoice["item"] for reason in _item(ledger, invoice, item)),
        *_period(ledger, invoice),
    ]


def _parties(ledger: Ledger, job: Record, customer: Record, terms: Mapping[str, Any]) -> Iterator[str]:
    if job.get("isInactive"):
        yield "inherent:job_inactive"
    if customer.get("isInactive"):
        yield "inherent:customer_inactive"
    wanted = terms.get("customer")
    if wanted and ledger.reader("customer", "customer")(customer) != wanted:
        yield f"stale:customer:{wanted}"


def _attributes(invoice: Record, terms: Mapping[str, Any]) -> Iterator[str]:
    for field, term in _COMPARED:
        wanted, held = terms.get(term) or "", invoice.get(field) or ""
        if term in terms and wanted != held:
            yield f"stale:{term}" if held else f"lacked:{term}"
    if terms.get("currency") and invoice["currency"] != terms["currency"]:
        yield "stale:currency"


def _contract(ledger: Ledger, invoice: Record, job: Record, terms: Mapping[str, Any]) -> Iterator[str]:
    """The contract's version, and its cap over the job's released invoices (not of time and materials)."""
    version = int(float(job.get("custentity_contract_version") or 0))
    if version < int(terms.get("contract_version") or 0):
        yield "stale:contract_version"
    cap = minor(job.get("custentity_contract_amount") or 0)
    if not cap or job.get("custentity_billing_method") == "Time and Materials":
        return
    billed = sum(
        amount_minor(other)
        for other in ledger.tables["invoice"].where("job", job["id"])
        if other["approvalStatus"] == "approved"
    )
    if billed + amount_minor(invoice) > cap:
        known = int(terms.get("contract_minor") or 0)
        yield "stale:contract_amount" if billed + amount_minor(invoice) <= known else "inherent:contract_cap"


def _changes(ledger: Ledger, job: Record, terms: Mapping[str, Any]) -> Iterator[str]:
    """Every approved change order of the source stands as a control of the job."""
    held = _controls(ledger, job["id"])
    for order in terms.get("change_orders") or ():
        key = order.get("change_order", "") if isinstance(order, dict) else str(order)
        if key and key not in held:
            yield f"lacked:change_order:{key}"


def _item(ledger: Ledger, invoice: Record, item: Mapping[str, Any]) -> Iterator[str]:
    key = str(item.get("sourceKey") or "")
    kind = str(item.get("kind") or "")
    if not key:
        return
    if kind == "time":
        yield from _time(ledger, item, key)
    elif kind == "expense":
        if not any(live(ledger, record, item) for record in _documents(ledger, key)):
            yield f"lacked:expense:{key}"
    elif key not in _controls(ledger, invoice["job"]):
        yield f"lacked:{kind or 'control'}:{key}"


def _time(ledger: Ledger, item: Mapping[str, Any], key: str) -> Iterator[str]:
    """All hours of the item stand posted at its version and rate."""
    bills = _bills(ledger, key, str(item.get("sourcePart") or ""))
    standing = [bill for bill in bills if live(ledger, bill, item)]
    hours = sum(float(bill["hours"]) for bill in standing)
    if not standing or hours < float(item.get("quantity") or 0) - 0.005:
        yield f"{'stale' if standing or bills else 'lacked'}:time:{key}"
    rate = item.get("rate")
    if rate is not None and any(minor(bill["rate"]) != minor(rate) for bill in standing if bill.get("rate")):
        yield f"stale:rate:{key}"


def _bills(ledger: Ledger, key: str, split: str) -> list[Record]:
    """Time bills of a timecard, or of one split of it (named beside the key, or at its end)."""
    bills = ledger.of_key("timebill", key)
    ending = _SPLIT.match(key)
    if not bills and ending is not None:
        bills, split = ledger.of_key("timebill", ending.group(1)), ending.group(2)
    if not split:
        return bills
    part = ledger.reader("timebill", "part")
    return [bill for bill in bills if part(bill).startswith(f"{split}:")]


def live(ledger: Ledger, record: Record, item: Mapping[str, Any]) -> bool:
    """Whether a posted record stands: approved, of the item's version, no reversal, not undone by one."""
    if record.get("approvalStatus") != "approved" or record.get("custbody_reverses"):
        return False
    wanted = item.get("sourceVersion")
    if wanted is not None and ledger.reader(record["_kind"], "version")(record) != str(wanted):
        return False
    return not ledger.tables[record["_kind"]].where("custbody_reverses", record["id"])


def _documents(ledger: Ledger, key: str) -> Iterator[Record]:
    for kind in ("expensereport", "vendorbill"):
        yield from ledger.of_key(kind, key)


def _controls(ledger: Ledger, job_id: str) -> set[str]:
    """The keys of the job's active controls."""
    kind = "customrecord_billing_control"
    key, controls = ledger.reader(kind, "control"), ledger.tables[kind].where("custrecord_job", job_id)
    return {key(control) for control in controls if not control.get("isInactive")}


def _period(ledger: Ledger, invoice: Record) -> Iterator[str]:
    if not ledger.periods.is_open(invoice["subsidiary"], invoice["postingPeriod"], "ar_gl"):
        yield f"inherent:period_closed:{invoice['postingPeriod']}"


def amount_minor(invoice: Record) -> int:
    """The sum of an invoice's lines."""
    return sum(minor(item.get("amount") or 0) for item in invoice["item"])
