"""Invoices in the ledger: their lines, and the holds that finance put on them and lifted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.money import minor
from measurements.facts import Hold, InvoiceLine
from mocks.netsuite.ledger import Ledger
from mocks.store import Record


def lines(ledger: Ledger, until_s: float) -> Iterator[InvoiceLine]:
    """Every line of every invoice that stood by then."""
    for record in ledger.tables["invoice"].records.values():
        if record["_created_s"] <= until_s:
            for item in record["item"]:
                yield _line(ledger.key_of(record), record, item)


def holds(ledger: Ledger, until_s: float) -> Iterator[Hold]:
    """Every reason for which an invoice was held by then."""
    for record in ledger.tables["invoice"].records.values():
        for hold in holds_of(ledger.key_of(record), record):
            if hold.at_s <= until_s:
                yield hold


def holds_of(event: str, invoice: Record) -> Iterator[Hold]:
    """One row per reason and time: it lasts until the review that no longer finds it."""
    standing: dict[str, float] = {}
    for line in invoice.get("_history", ()):
        if line["act"] == "reworked":
            continue
        found = line.get("reasons", ())
        for reason in [reason for reason in standing if reason not in found]:
            yield Hold(event, standing.pop(reason), line["at_s"], reason, _cause(reason))
        for reason in found:
            standing.setdefault(reason, line["at_s"])
    for reason, at_s in standing.items():
        yield Hold(event, at_s, None, reason, _cause(reason))


def _cause(reason: str) -> str:
    return "inherent" if reason.startswith("inherent:") else "integration"


def _line(event: str, invoice: Record, item: Mapping[str, Any]) -> InvoiceLine:
    return InvoiceLine(
        event=event,
        record=str(invoice["id"]),
        kind=str(item.get("kind") or ""),
        key=str(item.get("sourceKey") or ""),
        part=str(item.get("sourcePart") or ""),
        version=int(float(item.get("sourceVersion") or 1)),
        quantity_centi=minor(item.get("quantity") or 0),
        rate_minor=minor(item.get("rate") or 0),
        amount_minor=minor(item.get("amount") or 0),
    )
