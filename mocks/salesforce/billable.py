"""What a project's billing event would bill: eligible splits, expenses, milestones and instalments up to a
cut-off.

Time and materials: approved hours x bill rate, and billable expenses. Fixed price: approved milestones,
and expenses.
Retainer: instalments in advance, and expenses. Each item is billed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mocks.salesforce.expenses import REPORT
from mocks.salesforce.ground import Ground, minor_of
from mocks.salesforce.timecards import HEADER, SPLIT
from mocks.salesforce.work import Work
from mocks.store import Record


class Item(NamedTuple):
    """One line of an event, and the record that it bills."""

    object: str
    record: Record
    kind: str
    key: str
    part: str
    version: int
    quantity: float
    unit_minor: int
    amount_minor: int
    date: str


def items(ground: Ground, work: Work, project: Record, cut_off: str) -> list[Item]:
    """Everything that can be billed now, in order of kind and key."""
    found = [
        item
        for object_, record_id in work.billable.get(project["Id"]) or {}
        if (item := _item(ground, object_, ground.tables[object_].records[record_id], project, cut_off))
        is not None
    ]
    return sorted(found, key=lambda item: (item.kind, item.key, item.part))


def complete(ground: Ground, work: Work, project: Record, cut_off: str) -> bool:
    """Whether nothing of the project up to the cut-off still waits for its approval."""
    return not any(_before(ground, name, cut_off) for name in work.unfinished.get(project["Id"]) or {})


def _before(ground: Ground, name: tuple[str, str], cut_off: str) -> bool:
    record = ground.tables[name[0]].records[name[1]]
    if name[0] == HEADER:
        return bool(record["pse__Start_Date__c"] <= cut_off and record["pse__Total_Hours__c"])
    return str(record.get("pse__Last_Expense_Date__c") or "") <= cut_off


def _item(ground: Ground, object_: str, record: Record, project: Record, cut_off: str) -> Item | None:
    method = project.get("Billing_Method__c") or ""
    if object_ == SPLIT:
        return _time(ground, record, cut_off) if method == "Time and Materials" else None
    if object_ == REPORT:
        return _expense(record, cut_off)
    if object_ == "pse__Milestone__c":
        return _milestone(record, cut_off)
    return _instalment(record, cut_off)


def _time(ground: Ground, split: Record, cut_off: str) -> Item | None:
    amount = minor_of(split["pse__Total_Billable_Amount__c"])
    if split["pse__End_Date__c"] > cut_off or not amount:
        return None
    header = ground.tables[HEADER].records[split["pse__Timecard_Header__c"]]
    return Item(
        SPLIT,
        split,
        "time",
        header["Timecard_Key__c"],
        str(split["Split_No__c"]),
        int(split["Version__c"]),
        split["pse__Total_Hours__c"],
        minor_of(split["pse__Bill_Rate__c"]),
        amount,
        split["pse__End_Date__c"],
    )


def _expense(report: Record, cut_off: str) -> Item | None:
    day, amount = report["pse__Last_Expense_Date__c"], minor_of(report["pse__Total_Billable_Amount__c"])
    if day > cut_off:
        return None
    key = report["pse__Expense_Report_Reference__c"]
    return Item(REPORT, report, "expense", key, "", int(report["Version__c"]), 1.0, amount, amount, day)


def _milestone(record: Record, cut_off: str) -> Item | None:
    day, amount = record["pse__Actual_Date__c"] or "", minor_of(record["pse__Milestone_Amount__c"])
    if day > cut_off:
        return None
    key = record["Milestone_Key__c"]
    return Item(
        "pse__Milestone__c", record, "milestone", key, "", int(record["Version__c"]), 1.0, amount, amount, day
    )


def _instalment(record: Record, cut_off: str) -> Item | None:
    if record["Date__c"] > cut_off:
        return None
    amount, key = minor_of(record["Amount__c"]), record["Instalment_Key__c"]
    version = int(record["Version__c"])
    return Item(
        "Instalment__c", record, "instalment", key, "", version, 1.0, amount, amount, record["Date__c"]
    )


def projects(work: Work) -> Iterator[str]:
    """Ids of the projects that have something to bill."""
    return (project for project, ids in list(work.billable.items()) if ids)


def billed_values(item: Item, bei: str) -> dict[str, Any]:
    """What marks the record as billed."""
    if item.object == "Instalment__c":
        return {"Billed__c": True}
    if item.object in {SPLIT, "pse__Expense__c"}:
        return {"pse__Billed__c": True, "pse__Billing_Event_Item__c": bei}
    return {"pse__Billed__c": True}
