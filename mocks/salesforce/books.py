"""The org's books: what it committed to as a source, what it holds as a target, and what people still must
settle.

owed entries ──> commitments (project, time, expense, control, invoice, reporting), values, lines
projects, contacts ──> effects (part psa)          exception records ──> problems
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kernel.time import period_of
from measurements.facts import Books, Commitment, InvoiceLine, Problem
from mocks.salesforce.effects import effects
from mocks.salesforce.org import Org
from mocks.salesforce.owed import Entry, Owed
from mocks.salesforce.receipts import receipts
from mocks.salesforce.reporting import facts_of
from mocks.salesforce.retracted import retracted
from mocks.salesforce.timecards import parts
from mocks.salesforce.values import values

SYSTEM = "salesforce"
Terms = Mapping[str, str | int | float | bool]


class Told(NamedTuple):
    """What books read."""

    org: Org
    owed: Owed


def books(told: Told, until_s: float) -> Books:
    """Everything but traffic and limits, as of the instant."""
    entries = [entry for entry in told.owed.entries if entry.at_s <= until_s]
    return Books(
        commitments=(
            *(row for entry in entries for row in _rows(entry, until_s)),
            *retracted(told.org, entries, until_s),
        ),
        effects=tuple(effects(told.org, until_s)),
        problems=tuple(problems(told.org, until_s)),
        receipts=tuple(receipts(told.org)),
        values=tuple(values(told.org, entries, until_s)),
        lines=tuple(line for entry in entries if entry.flow == "invoice" for line in _lines(entry, until_s)),
    )


def _rows(entry: Entry, until_s: float) -> Iterator[Commitment]:
    """The entry's own rows, and what it owes the warehouse."""
    make = _MAKERS.get(entry.flow)
    if make is not None:
        yield from make(entry, until_s)
    fact = facts_of(entry)
    if fact is not None:
        key, terms = fact
        facts = entry.facts
        row = _row(
            entry, until_s, "reporting", key=key, currency=str(facts.get("currency", "")), terms=terms,
            date=str(facts.get("date") or facts.get("monday") or ""),
        )  # fmt: skip
        # What nobody entitled approved need not be told; the warehouse may learn that it counts nothing.
        yield row if entry.authorised else row._replace(authorised=True, due_from_s=math.inf)


def _row(
    entry: Entry,
    until_s: float,
    flow: str,
    *,
    key: str = "",
    part: str = "",
    date: str = "",
    period: str = "",
    hours: int = 0,
    amount: int = 0,
    currency: str = "",
    terms: Terms,
) -> Commitment:
    facts, gone_s = entry.facts, entry.withdrawn_s
    return Commitment(
        flow, key or entry.key, part, entry.version, SYSTEM, entry.at_s, entry.due_s,
        gone_s if gone_s is not None and gone_s <= until_s else None,
        entry.submitter, entry.approver, entry.authorised,
        facts.get("project", ""), facts.get("customer", ""), facts.get("worker", ""), facts.get("entity", ""),
        date, period or period_of(date), hours, amount, currency, terms,
    )  # fmt: skip


def _project(entry: Entry, until_s: float) -> Iterator[Commitment]:
    facts = entry.facts
    terms = {name: value for name, value in facts.items() if name not in {"project", "entity", "currency"}}
    amount = facts["contract_minor"]
    yield _row(entry, until_s, "project", amount=amount, currency=facts["currency"], terms=terms)


def _time(entry: Entry, until_s: float) -> Iterator[Commitment]:
    facts = entry.facts
    terms = {"bill_rate_minor": facts["rate_minor"]}
    for split, _, day, hours in parts(facts["monday"], facts["hours"]):
        yield _row(entry, until_s, "time", part=_part(split, day), date=day, hours=hours, terms=terms)


@lru_cache(1024)
def _part(split: int, day: str) -> str:
    """The part that a day of a split is: one text for all who worked on it."""
    return f"{split}:{day}"


def _expense(entry: Entry, until_s: float) -> Iterator[Commitment]:
    """Papers that came after the approval say what the report lacked from then on."""
    facts = entry.facts
    terms = {name: facts[name] for name in ("billable_minor", "unreceipted_minor")}
    if facts.get("papers_at_s", math.inf) <= until_s:
        terms |= {name: facts[name] for name in ("papers_at_s", "unreceipted_then_minor")}
    yield _row(
        entry, until_s, "expense", date=facts["date"],
        amount=facts["amount_minor"], currency=facts["currency"], terms=terms,
    )  # fmt: skip


def _control(entry: Entry, until_s: float) -> Iterator[Commitment]:
    facts = entry.facts
    terms = {name: facts[name] for name in ("control", "kind", "status", "date", "hours")}
    yield _row(
        entry, until_s, "control", date=facts["date"],
        amount=facts["amount_minor"], currency=facts["currency"],
        terms=terms,
    )  # fmt: skip


def _invoice(entry: Entry, until_s: float) -> Iterator[Commitment]:
    facts = entry.facts
    names = ("customer", "bill_to", "tax_number", "po_number", "currency")
    yield _row(
        entry, until_s, "invoice", date=facts["date"], period=facts["period"], amount=facts["amount_minor"],
        currency=facts["currency"], terms={name: facts[name] for name in names},
    )  # fmt: skip


_MAKERS: Mapping[str, Callable[[Entry, float], Iterator[Commitment]]] = {
    "project": _project,
    "time": _time,
    "expense": _expense,
    "control": _control,
    "invoice": _invoice,
}


def _lines(entry: Entry, until_s: float) -> Iterator[InvoiceLine]:
    if entry.withdrawn_s is not None and entry.withdrawn_s <= until_s:
        return
    for line in entry.facts["lines"]:
        yield InvoiceLine(
            entry.key, "", line["kind"], line["key"], line["part"], line["version"], line["quantity_centi"],
            line["rate_minor"], line["amount_minor"],
        )  # fmt: skip


def problems(org: Org, until_s: float) -> Iterator[Problem]:
    """One row per time that an exception record was open."""
    for record in org.tables["Integration_Exception__c"].records.values():
        for opened_s, closed_s in record.get("_spans", ()):
            if opened_s <= until_s:
                yield Problem(
                    str(record.get("Flow__c") or ""),
                    str(record.get("Business_Key__c") or ""),
                    int(record.get("Version__c") or 0),
                    str(record.get("Cause__c") or ""),
                    str(record.get("Detail__c") or ""),
                    str(record.get("Audience__c") or ""),
                    opened_s,
                    closed_s if closed_s is not None and closed_s <= until_s else None,
                    int(record.get("Amount_Minor__c") or 0),
                    float(record.get("Touched_Minutes__c") or 0.0),
                    str(record.get("Source__c") or ""),
                    str(record.get("Keys__c") or ""),
                    org.time.seconds(record["Keys_Since__c"]) if record.get("Keys_Since__c") else 0.0,
                )
