"""Consultants: their timecards. Time can only be booked on a project that is open for time entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mocks.salesforce.errors import RefusedError, rule
from mocks.salesforce.ground import Given, Ground, Verb
from mocks.salesforce.psa import HOURS
from mocks.salesforce.timecards import HEADER
from mocks.store import Record


class Timesheets:
    """The timecard verbs of roles.PSA."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sundays: dict[str, str] = {}

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {"timecard.save": self._save, "timecard.submit": self._submit, "timecard.recall": self._recall}

    def _save(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        ground, key = self._ground, given["timecard"]
        record = ground.find(HEADER, key)
        hours = dict(zip(HOURS, [worked / 100 for worked in given["hours_centi"]], strict=True))
        if record is not None:
            if record["pse__Status__c"] not in {"Saved", "Rejected"}:
                raise rule(
                    f"Timecard {key} is {record['pse__Status__c']}: recall it first.", "pse__Status__c"
                )
            with ground.act(user, now_s) as work:
                work.update(HEADER, record, {**hours, "Approver_Key__c": given["approver"]})
            return {"version": record["Version__c"]}
        values = self._values(given)
        with ground.act(user, now_s) as work:
            record = work.insert(HEADER, {**values, **hours, "Timecard_Key__c": key})
        return {"version": record["Version__c"]}

    def _values(self, given: Given) -> dict[str, Any]:
        ground, worker = self._ground, given["worker"]
        project = ground.need("pse__Proj__c", given["project"])
        resource = ground.find("Contact", worker)
        if resource is None:
            raise RefusedError("INVALID_CROSS_REFERENCE_KEY", f"{worker} is not a resource of the PSA.")
        assignment = assigned(ground, project, resource)
        rate = project.get("Bill_Rate__c") if assignment is None else assignment.get("pse__Bill_Rate__c")
        billable = project["pse__Is_Billable__c"] and (
            assignment is None or assignment["pse__Is_Billable__c"]
        )
        return {
            "pse__Resource__c": resource["Id"],
            "pse__Project__c": project["Id"],
            "pse__Assignment__c": assignment["Id"] if assignment else None,
            "pse__Start_Date__c": given["week_start"],
            "pse__End_Date__c": self._sunday(given["week_start"]),
            "pse__Bill_Rate__c": rate or 0.0,
            "pse__Billable__c": bool(billable),
            "CurrencyIsoCode": project.get("CurrencyIsoCode"),
            "Worker_Key__c": worker,
            "Project_Key__c": given["project"],
            "Entity__c": project.get("Entity__c"),
            "Approver_Key__c": given["approver"],
        }

    def _sunday(self, monday: str) -> str:
        known = self._sundays.get(monday)
        if known is None:
            known = self._sundays[monday] = (date.fromisoformat(monday) + timedelta(days=6)).isoformat()
        return known

    def _submit(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(HEADER, given["timecard"])
        if record["pse__Status__c"] not in {"Saved", "Rejected"}:
            raise rule(f"Timecard {given['timecard']} is {record['pse__Status__c']}.", "pse__Status__c")
        with self._ground.act(user, now_s) as work:
            values = {"pse__Status__c": "Submitted", "Submitter__c": user, "Reject_Reason__c": None}
            work.update(HEADER, record, {**values, "Submitted_At__c": self._ground.org.time.stamp(now_s)})
        return {"version": record["Version__c"]}

    def _recall(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        """Back to Saved, while submitted or approved and not yet billed."""
        record = self._ground.need(HEADER, given["timecard"])
        if record["pse__Status__c"] not in {"Submitted", "Approved"}:
            raise rule(f"Timecard {given['timecard']} is {record['pse__Status__c']}.", "pse__Status__c")
        with self._ground.act(user, now_s) as work:
            work.update(HEADER, record, {"pse__Status__c": "Saved", "Integration_Error__c": None})
        return {"version": record["Version__c"]}


def assigned(ground: Ground, project: Record, resource: Record) -> Record | None:
    """The latest assignment of the resource on the project."""
    found = ground.tables["pse__Assignment__c"].where("pse__Resource__c", resource["Id"])
    fitting = [one for one in found if one["pse__Project__c"] == project["Id"]]
    return fitting[-1] if fitting else None
