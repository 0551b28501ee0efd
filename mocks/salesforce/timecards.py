"""Timecard headers and their splits: who may save, submit and approve what, versions, and what approval
commits.

    Saved -> Submitted -> Approved (splits, cut at the month's end) ; Rejected or recalled: back, a new
    version follows

A version is new at a resubmission whose hours differ from those last submitted, or that follows an approval.
What was approved by override is on billing hold until its approver has approved it: billed it could not be
recalled any more.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from kernel.money import worth
from mocks.salesforce.entitlement import is_entitled
from mocks.salesforce.errors import RefusedError, rule
from mocks.salesforce.org import Org, Saved, Transaction, Triggers
from mocks.salesforce.owed import Entry, Owed
from mocks.salesforce.psa import HOURS
from mocks.store import Change, Record

HEADER = "pse__Timecard_Header__c"
SPLIT = "pse__Timecard__c"
_STATUS = "pse__Status__c"
_BOOKED = frozenset({*HOURS, "pse__Bill_Rate__c"})
_NO_HOURS = dict.fromkeys(HOURS, 0.0)


class Timecards:
    """The rules of headers; registers itself with the org."""

    def __init__(self, org: Org, owed: Owed) -> None:
        self._org = org
        self._owed = owed
        org.triggers[HEADER] = Triggers(self._before, self._after)
        org.keepers[HEADER].append(self._keep)

    def _before(self, work: Transaction, record: Record | None, values: dict[str, Any]) -> None:
        if record is None:
            values.setdefault("Version__c", 1)
            values.setdefault("Name", f"TCH-{values['pse__Start_Date__c']}")
            self._booked(values, values)
            self._turned(work, values, values, "Saved", values[_STATUS])
            return
        had: str = record[_STATUS]
        status: str = values.get(_STATUS, had)
        booked = not _BOOKED.isdisjoint(values)
        if booked or status != had:
            now = {**record, **values}
            if booked:
                self._booked(now, values)
            if status != had:
                self._turned(work, now, values, had, status)
        if status == had == "Approved" and any(
            record[name] != values[name] for name in HOURS if name in values
        ):
            raise rule("An approved timecard cannot be edited: recall it first.", _STATUS)

    def _booked(self, now: dict[str, Any], values: dict[str, Any]) -> None:
        """Hours only on a project that is open for time; totals follow."""
        project = self._org.tables["pse__Proj__c"].get(now.get("pse__Project__c") or "")
        if project is None:
            raise RefusedError("REQUIRED_FIELD_MISSING", "Required fields are missing: [pse__Project__c]")
        if project["pse__Closed_for_Time_Entry__c"]:
            raise rule(f"Project {project['Project_Key__c']} is closed for time entry.", "pse__Project__c")
        total = sum(_hours(now))
        values["pse__Total_Hours__c"] = total
        billable = now.get("pse__Billable__c")
        values["pse__Total_Billable_Amount__c"] = (
            value(total, now.get("pse__Bill_Rate__c"), now.get("CurrencyIsoCode") or "") if billable else 0.0
        )

    def _turned(
        self, work: Transaction, now: dict[str, Any], values: dict[str, Any], had: str, status: str
    ) -> None:
        stamp = self._org.time.stamp
        if status == "Submitted":
            hours = _hours(now)
            last = now.get("_submitted")
            if last is not None and (last != hours or now.get("_approved")):
                values["Version__c"] = int(now.get("Version__c") or 1) + 1
            values.update({"_submitted": hours, "_approved": False, "pse__Submitted__c": True})
            values.setdefault("Submitted_At__c", stamp(work.now_s))
            values.setdefault("Submitter__c", work.user)
        elif status == "Approved":
            if had != "Submitted":
                raise rule("Only a submitted timecard can be approved.", _STATUS)
            approver = now.get("Approver_Key__c")
            own = {now.get("Worker_Key__c"), now.get("Submitter__c")}
            if not work.administrator and (work.user in own or approver == now.get("Worker_Key__c")):
                raise rule("Nobody approves his own time.", "Approver_Key__c")
            values.update(
                {"pse__Approved__c": True, "_approved": True, "pse__Include_In_Financials__c": True}
            )
            values.setdefault("Approved_At__c", stamp(work.now_s))
            values.setdefault("Approved_By__c", work.user)
        elif had == "Approved" or status == "Rejected" or had == "Submitted":
            if now.get("pse__Billed__c"):
                raise rule("A billed timecard cannot be recalled.", _STATUS)
            values.update({"pse__Submitted__c": False, "pse__Approved__c": False})
            values["pse__Include_In_Financials__c"] = False

    def _after(self, work: Transaction, change: Change) -> None:
        if _STATUS not in change.changes:
            return
        record = change.record
        if record[_STATUS] == "Approved":
            for number, days in splits(record):
                work.upsert(SPLIT, f"{record['Timecard_Key__c']}:{number}", _split(record, number, days))
        elif change.before.get(_STATUS) == "Approved":
            for split in self._org.tables[SPLIT].where("pse__Timecard_Header__c", record["Id"]):
                work.update(SPLIT, split, {_STATUS: record[_STATUS], "pse__Approved__c": False})

    def _keep(self, saved: Saved) -> None:
        """An approval commits the version; leaving it withdraws it."""
        if _STATUS not in saved.changes:
            return
        record = saved.record
        if record[_STATUS] == "Approved":
            facts = self._facts(record)
            entry = Entry(
                "time",
                saved.key,
                int(record["Version__c"]),
                saved.at_s,
                facts,
                record.get("Submitter__c") or "",
                saved.user,
                is_entitled(record, saved.user),
            )
            self._owed.commit(entry)
        elif saved.before.get(_STATUS) == "Approved":
            self._owed.withdraw("time", saved.key, saved.at_s)

    def _facts(self, record: Record) -> dict[str, Any]:
        project = self._org.tables["pse__Proj__c"].records[record["pse__Project__c"]]
        resource = self._org.tables["Contact"].records.get(record["pse__Resource__c"] or "") or {}
        return {
            "project": project["Project_Key__c"],
            "customer": self._org.key("Account", project["pse__Account__c"]),
            "entity": project["Entity__c"] or "",
            "currency": project["CurrencyIsoCode"] or "",
            "worker": record["Worker_Key__c"] or "",
            "monday": record["pse__Start_Date__c"],
            "hours": tuple([round(worked * 100) for worked in _hours(record)]),
            "rate_minor": round((record["pse__Bill_Rate__c"] or 0.0) * 100),
            "billable": bool(record["pse__Billable__c"]),
            "method": project["Billing_Method__c"] or "",
            "cost_minor": round((resource.get("pse__Default_Cost_Rate__c") or 0.0) * 100),
            "cost_currency": resource.get("CurrencyIsoCode") or "",
        }


def parts(monday: str, hours: tuple[Any, ...]) -> list[tuple[int, int, str, Any]]:
    """(split, day of the week, date, hours) of the days with hours; a new split begins with a new month."""
    days = enumerate(zip(_week(monday), hours, strict=False))
    return [(split, offset, day, worked) for offset, ((split, day), worked) in days if worked]


@lru_cache(256)
def _week(monday: str) -> tuple[tuple[int, str], ...]:
    """Split and date of each day of a week."""
    first = date.fromisoformat(monday)
    days = [first + timedelta(days=offset) for offset in range(7)]
    return tuple((1 if day.month == first.month else 2, day.isoformat()) for day in days)


def _hours(record: Record) -> tuple[float, ...]:
    """A week's hours, Monday first."""
    return tuple([worked or 0.0 for worked in map(record.get, HOURS)])


def value(hours: float, rate: float | None, currency: str) -> float:
    """Hours at a rate, exact to the currency's smallest amount, half up."""
    return worth(round((rate or 0.0) * 100), round(hours * 100), currency) / 100


def splits(record: Record) -> list[tuple[int, list[tuple[int, str, float]]]]:
    """Split number to its days (index, date, hours)."""
    found: dict[int, list[tuple[int, str, float]]] = {}
    for number, offset, day, worked in parts(record["pse__Start_Date__c"], _hours(record)):
        found.setdefault(number, []).append((offset, day, worked))
    return list(found.items())


def _split(record: Record, number: int, days: list[tuple[int, str, float]]) -> dict[str, Any]:
    rate = record["pse__Bill_Rate__c"] or 0.0
    total = sum(worked for _, _, worked in days)
    amount = value(total, rate, record["CurrencyIsoCode"] or "") if record["pse__Billable__c"] else 0.0
    hours = _NO_HOURS | {HOURS[offset]: worked for offset, _, worked in days}
    return {
        "Name": f"TC-{days[0][1]}-{number}",
        "pse__Timecard_Header__c": record["Id"],
        "pse__Resource__c": record["pse__Resource__c"],
        "pse__Project__c": record["pse__Project__c"],
        "pse__Assignment__c": record["pse__Assignment__c"],
        "CurrencyIsoCode": record["CurrencyIsoCode"],
        "Split_No__c": number,
        "Version__c": record["Version__c"],
        "pse__Start_Date__c": days[0][1],
        "pse__End_Date__c": days[-1][1],
        **hours,
        "pse__Status__c": "Approved",
        "pse__Approved__c": True,
        "pse__Billable__c": bool(record["pse__Billable__c"]),
        "pse__Billing_Hold__c": not is_entitled(record),
        "pse__Bill_Rate__c": rate,
        "pse__Total_Hours__c": total,
        "pse__Total_Billable_Amount__c": amount,
    }
