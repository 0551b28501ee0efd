"""Approval: whether a record of the PSA was approved by somebody entitled. Pure.

The PSA lets an administrator override approvals, even of one's own time (domain.md: a bypass of segregation
of duties); so what it calls approved is not yet entitled to be posted, reported or earned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

APPROVED = "Approved"


def is_entitled(record: Mapping[str, Any]) -> bool:
    """Whether its own approver approved it, and is neither who submitted it nor whose work it is."""
    by = record.get("Approved_By__c")
    own = {record.get("Submitter__c"), record.get("Worker_Key__c")}
    return bool(by) and by == record.get("Approver_Key__c") and by not in own


def counts(record: Mapping[str, Any]) -> bool:
    """Whether it is approved, and by somebody entitled."""
    return record.get("pse__Status__c") == APPROVED and is_entitled(record)
