"""What the org's records say of their place in the ERP: what was written back, or keyed by a clerk."""

from __future__ import annotations

from collections.abc import Iterator

from measurements.facts import Receipt
from mocks.salesforce.org import Org
from mocks.store import Record

_VERSIONED = (
    ("time", "pse__Timecard_Header__c", "Timecard_Key__c"),
    ("expense", "pse__Expense_Report__c", "pse__Expense_Report_Reference__c"),
)
"""Flow, object and key of records that name the version believed to be posted."""


def receipts(org: Org) -> Iterator[Receipt]:
    """One row per record that says anything, as it now stands."""
    for flow, object_, key in _VERSIONED:
        for record in org.tables[object_].records.values():
            version = int(record["ERP_Posted_Version__c"] or 0)
            if version:
                yield Receipt(flow, str(record[key]), version, "salesforce", "", "", False)
    for event in org.tables["pse__Billing_Event__c"].records.values():
        yield from _invoice(event)
    deal = org.correlation.reader("pse__Proj__c", "key")
    for project in org.tables["pse__Proj__c"].records.values():
        key = deal(project)
        if key and project["ERP_Job_Id__c"]:
            names = (str(project["ERP_Job_Id__c"]), str(project["ERP_Customer_Id__c"] or ""))
            yield Receipt("project", key, 0, "salesforce", *names, False)


def _invoice(event: Record) -> Iterator[Receipt]:
    record, number = str(event["ERP_Invoice_Id__c"] or ""), str(event["pse__Invoice_Number__c"] or "")
    settled = bool(event["pse__Invoiced__c"])
    if record or number or settled:
        yield Receipt("invoice", str(event["pse__Event_Key__c"]), 0, "salesforce", record, number, settled)
