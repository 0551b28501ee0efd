"""Time: a timecard header with its splits, read into the canonical TimeEntry, and the ERP's time bills. Pure.

Owner of every field is the PSA, except the posting period, which is the ERP's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
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
    "Approver_Key__c, Approved_By__c, Approved_At__c, ERP_Posted_Version__c, pse__Start_Date__c, "
    "pse__Total_Hours__c, pse__Billable__c, pse__Bill_Rate__c, CurrencyIsoCode, LastModifiedDate, "
    "pse__Project__r.Entity__c, pse__Project__r.CurrencyIsoCode, pse__Resource__r.CurrencyIsoCode, "
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
    nested: Row | None = row.get(relation)
    return row.get(f"{relation}.{field}") if nested is None else nested.get(field)


def entity_of(header: Row) -> str:
    """The legal entity whose books take the time: the project's."""
    return str(parent(header, "pse__Project__r", "Entity__c") or header.get("Entity__c") or "")


def whole(number: Any) -> int:
    """A vendor's number as a whole one; 0 where empty."""
    return int(float(number)) if number else 0


def parts(splits: Iterable[Row]) -> list[Part]:
    """One part per split and day with hours, in order."""
    found: list[Part] = []
    for split in sorted(splits, key=lambda split: whole(split.get("Split_No__c"))):
        number = whole(split.get("Split_No__c")) or 1
        rate = minor(split.get("pse__Bill_Rate__c") or 0)
        for day, field in week(split["pse__Start_Date__c"]):
            hours = split.get(field)
            if hours and float(hours):
                found.append(Part(f"{number}:{day}", day, minor(hours), rate))
    return found


@lru_cache(maxsize=512)
def week(first: str) -> tuple[tuple[str, str], ...]:
    """The seven days from a date on, each with the field of a split that holds its hours."""
    start = date.fromisoformat(first)
    days = [start + timedelta(days=shift) for shift in range(7)]
    return tuple((str(day), DAYS[day.weekday()]) for day in days)


class Bills(NamedTuple):
    """A header read once for all of its time bills: what they share, with gaps for what a part brings."""

    entity: str
    shared: Row

    def of(self, part: Part, period: str, moved_from: str) -> dict[str, Any]:
        """The time bill of one part, without its external id."""
        body = {
            **self.shared,
            "custbody_source_part": part.part,
            "tranDate": part.day,
            "postingPeriod": period,
            "hours": major(part.hours_centi),
            "rate": major(part.rate_minor),
        }
        if moved_from:
            body["custbody_moved_from"] = moved_from
        return body


def bills(header: Row) -> Bills:
    """What becomes the header's time bills."""
    entity = entity_of(header)
    shared = {
        "custbody_source_key": header[KEY],
        "custbody_source_part": "",
        "custbody_source_version": str(whole(header["Version__c"])),
        "tranDate": "",
        "postingPeriod": "",
        "subsidiary": entity,
        "employee": {"externalId": header["Worker_Key__c"]},
        "customer": {"externalId": header["Project_Key__c"]},
        "hours": "",
        "rate": "",
        "approvalStatus": "approved",
    }
    return Bills(entity, shared)


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
    """What the parts bill, in minor units of the project's currency; to a hundredth, since it sizes work."""
    return sum(worth(part.rate_minor, part.hours_centi, "") for part in found)
