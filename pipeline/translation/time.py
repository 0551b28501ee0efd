"""Time: a timecard header with its splits, read into the canonical TimeEntry, and the ERP's time bills. Pure.

Owner of every field is the PSA, except the posting period, which is the ERP's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from kernel.money import major, minor, worth

Row = Mapping[str, Any]
OBJECT = "pse__Timecard_Header__c"
KEY = "Timecard_Key__c"
DAYS = tuple(
    f"pse__{day}_Hours__c"
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)
FIELDS = (
    "Timecard_Key__c, Version__c, pse__Status__c, Worker_Key__c, Project_Key__c, Entity__c, Submitter__c, "
    "Approver_Key__c, Approved_At__c, ERP_Posted_Version__c, pse__Start_Date__c, pse__Total_Hours__c, "
    "pse__Billable__c, pse__Bill_Rate__c, CurrencyIsoCode, LastModifiedDate, pse__Project__r.Entity__c, "
    "pse__Project__r.CurrencyIsoCode, pse__Resource__r.CurrencyIsoCode, "
    "pse__Resource__r.pse__Default_Cost_Rate__c"
)
SPLIT_FIELDS = (
    "pse__Timecard_Header__r.Timecard_Key__c, Split_No__c, pse__Start_Date__c, pse__Bill_Rate__c, "
    "pse__Billable__c, " + ", ".join(DAYS)
)


class Part(NamedTuple):
    """The hours of one split on one day: what becomes one time bill. `part` is `<split>:<date>`."""

    part: str
    day: str
    hours_centi: int
    rate_minor: int


def parent(row: Row, relation: str, field: str) -> Any:
    """A field of a parent record in a query's row, nested or (Bulk 2.0) dotted; None where there is none."""
    nested = row.get(relation)
    return nested.get(field) if isinstance(nested, Mapping) else row.get(f"{relation}.{field}")


def entity_of(header: Row) -> str:
    """The legal entity whose books take the time: the project's."""
    return str(parent(header, "pse__Project__r", "Entity__c") or header.get("Entity__c") or "")


def whole(number: Any) -> int:
    """A vendor's number as a whole one; 0 where empty."""
    return int(float(number)) if number not in (None, "") else 0


def parts(splits: Iterable[Row]) -> list[Part]:
    """One part per split and day with hours, in order."""
    found: list[Part] = []
    for split in sorted(splits, key=lambda split: whole(split.get("Split_No__c"))):
        number = whole(split.get("Split_No__c")) or 1
        start = date.fromisoformat(split["pse__Start_Date__c"])
        rate = minor(split.get("pse__Bill_Rate__c") or 0)
        for shift in range(7):
            day = start + timedelta(days=shift)
            hours = split.get(DAYS[day.weekday()])
            if hours and float(hours):
                found.append(Part(f"{number}:{day}", str(day), minor(hours), rate))
    return found


def external_id(key: str, part: str, version: int) -> str:
    """The same for the same source record, part and version: a replay meets the record that it made."""
    return f"{key}|{part}|{version}"


def time_bill(header: Row, part: Part, period: str, moved_from: str) -> dict[str, Any]:
    """A time bill without its external id."""
    body = {
        "custbody_source_key": header[KEY],
        "custbody_source_part": part.part,
        "custbody_source_version": str(whole(header["Version__c"])),
        "tranDate": part.day,
        "postingPeriod": period,
        "subsidiary": entity_of(header),
        "employee": {"externalId": header["Worker_Key__c"]},
        "customer": {"externalId": header["Project_Key__c"]},
        "hours": major(part.hours_centi),
        "rate": major(part.rate_minor),
        "approvalStatus": "approved",
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body


def reversal(bill: Row, period: str, moved_from: str) -> dict[str, Any]:
    """A time bill that undoes the one that stands (a SuiteQL row); without its external id."""
    body = {
        "custbody_source_key": bill["custbody_source_key"],
        "custbody_source_part": bill.get("custbody_source_part", ""),
        "custbody_source_version": bill.get("custbody_source_version", "1"),
        "custbody_reverses": bill["id"],
        "tranDate": bill["trandate"],
        "postingPeriod": period,
        "subsidiary": bill["subsidiary"],
        "employee": {"id": bill["employee"]},
        "customer": {"id": bill["customer"]},
        "hours": major(-minor(bill["hours"])),
        "rate": bill.get("rate", "0.00"),
        "approvalStatus": "approved",
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body


def worth_minor(found: Iterable[Part]) -> int:
    """What the parts bill, in minor units of the project's currency."""
    return sum(worth(part.rate_minor, part.hours_centi) for part in found)
