"""Work in hand, kept at each commit so that sittings and billing runs never scan.

waiting     approver -> records submitted to them
unfinished  project  -> records that nobody entitled has approved yet
billable    project  -> approved records not yet billed
"""

from __future__ import annotations

from mocks.salesforce.entitlement import is_entitled
from mocks.salesforce.org import Org, Saved
from mocks.store import Record

Ids = dict[tuple[str, str], None]
"""(object, record id) in order of arrival."""


class Work:
    """The three lists; hears of every saved record."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.waiting: dict[str, Ids] = {}
        self.unfinished: dict[str, Ids] = {}
        self.billable: dict[str, Ids] = {}
        for name in ("pse__Timecard_Header__c", "pse__Expense_Report__c"):
            org.keepers[name].append(self._document)
        for name in ("pse__Timecard__c", "pse__Milestone__c", "Instalment__c"):
            org.keepers[name].append(self._item)

    def records(self, ids: Ids) -> list[Record]:
        """The records themselves, those that still exist."""
        tables = self._org.tables
        found = (tables[name].records.get(record_id) for name, record_id in ids)
        return [record for record in found if record is not None]

    def _document(self, saved: Saved) -> None:
        record, name = saved.record, (saved.object, saved.id)
        status, project = record["pse__Status__c"], record["pse__Project__c"]
        gone = saved.op == "delete"
        _keep(self.waiting, record["Approver_Key__c"] or "", name, status == "Submitted" and not gone)
        finished = status == "Approved" and is_entitled(record)
        _keep(self.unfinished, project, name, not finished and not gone)
        if saved.object == "pse__Expense_Report__c":
            open_ = finished and not record["pse__Billed__c"] and not gone
            _keep(self.billable, project, name, open_ and record["pse__Total_Billable_Amount__c"] > 0)

    def _item(self, saved: Saved) -> None:
        record = saved.record
        if saved.object == "pse__Timecard__c":
            free = record["pse__Billable__c"] and not record["pse__Billing_Hold__c"]
            ready = record["pse__Approved__c"] and free and not record["pse__Billed__c"]
        elif saved.object == "pse__Milestone__c":
            ready = record["pse__Approved_for_Billing__c"] and not record["pse__Billed__c"]
        else:
            ready = not record["Billed__c"] and record["Status__c"] != "Canceled"
        ready = bool(ready) and saved.op != "delete"
        _keep(self.billable, record["pse__Project__c"], (saved.object, saved.id), ready)


def _keep(lists: dict[str, Ids], owner: str, name: tuple[str, str], belongs: bool) -> None:
    if belongs:
        if owner not in lists:
            lists[owner] = {}
        lists[owner][name] = None
    elif owner in lists and name in lists[owner]:
        del lists[owner][name]
