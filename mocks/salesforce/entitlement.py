"""Entitlement: whether a record's own approver, who neither submitted it nor is its worker, approved it.

An administrator may override that (domain.md: a bypass of segregation of duties), and the org notes who did.
"""

from __future__ import annotations

from mocks.store import Record


def is_entitled(record: Record, by: str = "") -> bool:
    """Whether who approved it (`by`: just now) may; a record that names no approver is anybody else's."""
    by = by or record.get("Approved_By__c") or ""
    own = {"", record.get("Worker_Key__c"), record.get("Submitter__c")}
    return by == (record.get("Approver_Key__c") or by) and by not in own
