"""Value due under contract: what must come to the customer on an invoice, by what was approved or fell
due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from kernel.money import worth
from kernel.time import period_of
from measurements.facts import Value
from mocks.salesforce.org import Org
from mocks.salesforce.owed import Entry
from mocks.salesforce.timecards import parts


def values(org: Org, entries: Iterable[Entry], until_s: float) -> Iterator[Value]:
    """One row per item of the versions that stand then."""
    for entry in entries:
        if entry.withdrawn_s is not None and entry.withdrawn_s <= until_s:
            continue
        if not entry.authorised and entry.flow in {"time", "expense"}:
            continue
        if entry.flow == "time":
            yield from _time(entry)
        elif entry.flow == "expense" and entry.facts["billable_minor"]:
            amount = entry.facts["billable_minor"]
            yield _value(entry, "expense", entry.key, "", entry.facts["date"], entry.at_s, amount)
        elif entry.flow == "control" and not entry.facts["billed"]:
            yield from _control(org, entry, until_s)


def _time(entry: Entry) -> Iterator[Value]:
    """Per split, where the project bills hours."""
    facts = entry.facts
    if not facts["billable"] or facts["method"] != "Time and Materials" or not facts["rate_minor"]:
        return
    hours: dict[int, int] = {}
    last: dict[int, str] = {}
    for split, _, day, worked in parts(facts["monday"], facts["hours"]):
        hours[split] = hours.get(split, 0) + worked
        last[split] = day
    for split, worked in hours.items():
        amount = worth(facts["rate_minor"], worked, facts["currency"])
        yield _value(entry, "time", entry.key, str(split), last[split], entry.at_s, amount)


def _control(org: Org, entry: Entry, until_s: float) -> Iterator[Value]:
    facts = entry.facts
    kind, day = facts["kind"], facts["date"]
    if kind == "milestone" and facts["status"] == "Approved":
        yield _value(entry, kind, facts["control"], "", day, entry.at_s, facts["amount_minor"])
    elif kind == "instalment" and facts["status"] != "Canceled" and day:
        due_s = org.time.at(date.fromisoformat(day), "00:00", org.zones.of(facts["entity"]))
        if due_s <= until_s:
            yield _value(
                entry, kind, facts["control"], "", day, max(due_s, entry.at_s), facts["amount_minor"]
            )


def _value(entry: Entry, kind: str, key: str, part: str, day: str, at_s: float, amount: int) -> Value:
    facts = entry.facts
    return Value(
        kind,
        key,
        part,
        entry.version,
        facts["project"],
        facts["entity"],
        period_of(day),
        at_s,
        amount,
        facts["currency"],
    )
