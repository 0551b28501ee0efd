"""Versions of timecards and expense reports that were never approved, though one before them was.

The warehouse that showed the approved version may be told that the newer one counts nothing yet. Nobody has
to tell it (recalling is no approval), so these rows are never due; they only say that such a version exists.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from measurements.facts import Commitment
from mocks.salesforce.org import Org
from mocks.salesforce.owed import Entry

_HOLDERS = {
    "time": ("pse__Timecard_Header__c", "Timecard_Key__c", "time_approved"),
    "expense": ("pse__Expense_Report__c", "pse__Expense_Report_Reference__c", "expense"),
}
"""Flow to the object that counts its versions, the field of its key, and its kind of fact."""


class _Known(NamedTuple):
    """The first entry of a key that was withdrawn, and every version of the key that was approved."""

    first: Entry
    approved: dict[int, None]


def retracted(org: Org, entries: Sequence[Entry], until_s: float) -> Iterator[Commitment]:
    """One row per version after a withdrawn one that no entry names; the newest is what the record now is."""
    known: dict[tuple[str, str], _Known] = {}
    for entry in entries:
        held = known.get((entry.flow, entry.key))
        if held is not None:
            held.approved[entry.version] = None
        elif entry.flow in _HOLDERS and entry.withdrawn_s is not None and entry.withdrawn_s <= until_s:
            known[entry.flow, entry.key] = _Known(entry, {entry.version: None})
    for (flow, key), (first, approved) in known.items():
        object_, field, kind = _HOLDERS[flow]
        record = org.tables[object_].find(field, key)
        newest = int((record or {}).get("Version__c") or 0)
        for version in range(first.version + 1, newest + 1):
            if version not in approved:
                yield _row(first, version, kind)


def _row(entry: Entry, version: int, kind: str) -> Commitment:
    facts = entry.facts
    withdrawn_s = entry.at_s if entry.withdrawn_s is None else entry.withdrawn_s
    return Commitment(
        "reporting", entry.key, "", version, "salesforce", withdrawn_s, math.inf, None, entry.submitter,
        entry.approver, True, facts["project"], facts.get("customer", ""), facts["worker"], facts["entity"],
        "", "", 0, 0, "", {"kind": kind},
    )  # fmt: skip
