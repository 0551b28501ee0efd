"""What the org's commits mean to the warehouse: fact key and values, in the warehouse's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.money import worth
from mocks.salesforce.owed import Entry


def facts_of(entry: Entry) -> tuple[str, Mapping[str, Any]] | None:
    """(key, values with their kind) of an entry that the warehouse must show; None for the others."""
    facts = entry.facts
    if entry.flow == "fact":
        return entry.key, facts
    if entry.flow == "expense":
        names = ("project", "worker", "entity", "amount_minor", "currency")
        told = {name: facts[name] for name in names}
        return entry.key, {"kind": "expense", **told, "billable": facts["billable_minor"] > 0}
    if entry.flow != "time":
        return None
    hours = sum(facts["hours"])
    return entry.key, {
        "kind": "time_approved",
        "project": facts["project"],
        "worker": facts["worker"],
        "entity": facts["entity"],
        "week_start": facts["monday"],
        "hours_centi": hours,
        "billable_centi": hours if facts["billable"] else 0,
        "bill_minor": worth(facts["rate_minor"], hours, facts["currency"]) if facts["billable"] else 0,
        "currency": facts["currency"],
        "cost_minor": worth(facts["cost_minor"], hours, facts["cost_currency"]),
        "cost_currency": facts["cost_currency"],
    }
