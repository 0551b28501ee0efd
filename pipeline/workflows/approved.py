"""Approved records of the PSA: what timecards and expense reports have in common. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.time import BusinessTime
from pipeline.failures import RefusedError
from pipeline.item import Item
from pipeline.translation.approval import APPROVED, is_entitled
from pipeline.translation.time import whole

Row = Mapping[str, Any]
WHEN = {"pse__Status__c": [APPROVED]}
ENRICHED = ("Version__c", "pse__Status__c", "ERP_Posted_Version__c")
_VERSIONS = list(range(1, 50))


def recalled(*statuses: str) -> Mapping[str, list[Any]]:
    """The filter of what is no longer approved though a version of it was written back as posted."""
    return {"pse__Status__c": list(statuses), "ERP_Posted_Version__c": list(_VERSIONS)}


def is_approved(record: Row) -> bool:
    """Whether the record's status is Approved."""
    return record.get("pse__Status__c") == APPROVED


def check_approval(record: Row, amount_minor: int) -> None:
    """Raise RefusedError, for its approver, unless somebody entitled approved it who is not the submitter."""
    if not is_entitled(record):
        by, approver = record.get("Approved_By__c"), str(record.get("Approver_Key__c") or "")
        detail = f"approved by {by or 'nobody'}, its approver is {approver or 'nobody'}"
        raise RefusedError("policy", detail, "approver", amount_minor, approver)


def mark(version: int, status: str) -> str:
    """The state of a record that a message speaks of."""
    return f"{version}|{status}"


def item_of(stream: str, key: str, record: Row, time: BusinessTime) -> Item:
    """The item of a whole record; it was handed over when it was approved."""
    version = whole(record.get("Version__c"))
    handed = (record.get("Approved_At__c") if is_approved(record) else None) or record["LastModifiedDate"]
    status = str(record.get("pse__Status__c") or "")
    return Item(stream, key, version, mark(version, status), key, record, time.seconds(handed))


def thin_item(stream: str, key: str, values: Row, now_s: float) -> Item:
    """The item of a message: the record is read when it is worked on."""
    version, status = values.get("Version__c"), values.get("pse__Status__c")
    known = version is not None and status
    text = mark(whole(version), str(status)) if known else ""
    return Item(stream, key, whole(version), text, key, handed_s=now_s)


def in_window(stamp_since: str, stamp_until: str) -> str:
    """The condition for what was saved within a window and is approved, or posted and no longer approved."""
    return (
        f"LastModifiedDate >= {stamp_since} AND LastModifiedDate < {stamp_until}"
        " AND (pse__Status__c = 'Approved' OR ERP_Posted_Version__c > 0)"
    )


def unposted_in_window(stamp_since: str, stamp_until: str) -> str:
    """What a plain script asks for: approved, saved within the window, and not yet marked as posted."""
    return (
        f"LastModifiedDate >= {stamp_since} AND LastModifiedDate < {stamp_until}"
        " AND pse__Status__c = 'Approved' AND ERP_Posted_Version__c = null"
    )
