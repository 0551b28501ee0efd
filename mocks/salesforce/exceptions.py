"""The exception desk and owners: records that the integration (or the org, for a hook) opened for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.salesforce.ground import Given, Ground, Verb
from mocks.salesforce.org import Saved

OBJECT = "Integration_Exception__c"


class Exceptions:
    """The exception verbs of roles.PSA."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._open: dict[str, None] = {}
        ground.org.keepers[OBJECT].append(self._keep)

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {
            "exceptions.open": self._listed,
            "exceptions.touch": self._touch,
            "exceptions.close": self._close,
        }

    def _keep(self, saved: Saved) -> None:
        """Also its history: when it was open, which books need."""
        record = saved.record
        if "Status__c" in saved.changes:
            if record["Status__c"] == "Open":
                self._open[saved.id] = None
                record.setdefault("_spans", []).append([saved.at_s, None])
            else:
                self._open.pop(saved.id, None)
                spans = record.setdefault("_spans", [[saved.at_s, None]])
                spans[-1][1] = saved.at_s

    def _listed(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        records = self._ground.tables[OBJECT].records
        seconds = self._ground.org.time.seconds
        rows = [
            {
                "exception": record["Exception_Key__c"],
                "flow": record.get("Flow__c"),
                "key": record.get("Business_Key__c"),
                "version": int(record.get("Version__c") or 1),
                "cause": record.get("Cause__c"),
                "detail": record.get("Detail__c"),
                "audience": record.get("Audience__c"),
                "amount_minor": int(record.get("Amount_Minor__c") or 0),
                "opened_at_s": seconds(record["Opened_At__c"])
                if record.get("Opened_At__c")
                else record["_created_s"],
                "touched_minutes": record.get("Touched_Minutes__c") or 0,
                "owner": record.get("Owner_Key__c"),
            }
            for record in (records[number] for number in self._open)
        ]
        rows.sort(key=lambda row: (-row["amount_minor"], row["opened_at_s"], row["exception"]))
        return {"exceptions": rows}

    def _touch(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(OBJECT, given["exception"])
        minutes = (record.get("Touched_Minutes__c") or 0) + given["minutes"]
        with self._ground.act(user, now_s) as work:
            work.update(OBJECT, record, {"Touched_Minutes__c": minutes, "Note__c": given.get("note") or ""})
        return {"touched_minutes": minutes}

    def _close(self, given: Given, user: str, now_s: float) -> dict[str, Any]:
        record = self._ground.need(OBJECT, given["exception"])
        if record["Status__c"] == "Closed":
            return {"closed": True}
        with self._ground.act(user, now_s) as work:
            values = {"Status__c": "Closed", "Closed_At__c": self._ground.org.time.stamp(now_s)}
            work.update(OBJECT, record, {**values, "Note__c": given.get("note") or ""})
        return {"closed": True}
