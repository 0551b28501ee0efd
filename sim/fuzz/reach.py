"""How far a trouble reaches: the flows that read or write an object or a system, and all that waits for them.

project ─> time, expense, control ─┐
worker ──> time, expense ──────────┴─> invoice, revenue ─> reporting
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from measurements.facts import FLOWS

_WAITING: Mapping[str, tuple[str, ...]] = {
    "project": ("time", "expense", "control"),
    "worker": ("time", "expense"),
    "time": ("invoice", "revenue"),
    "expense": ("invoice", "revenue"),
    "control": ("invoice", "revenue"),
    "invoice": ("reporting",),
    "revenue": ("reporting",),
}
"""Flow to those whose items need its items in the target."""

_BY_OBJECT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("salesforce", "Account"): ("project",),
    ("salesforce", "Opportunity"): ("project",),
    ("salesforce", "Contact"): ("worker",),
    ("salesforce", "Instalment__c"): ("control",),
    ("salesforce", "Integration_Exception__c"): tuple(FLOWS),
    ("salesforce", "pse__Proj__c"): ("project",),
    ("salesforce", "pse__Assignment__c"): ("worker",),
    ("salesforce", "pse__Timecard_Header__c"): ("time",),
    ("salesforce", "pse__Timecard__c"): ("time",),
    ("salesforce", "pse__Expense_Report__c"): ("expense",),
    ("salesforce", "pse__Expense__c"): ("expense",),
    ("salesforce", "pse__Milestone__c"): ("project",),
    ("salesforce", "pse__Budget__c"): ("project",),
    ("salesforce", "pse__Resource_Request__c"): ("project",),
    ("salesforce", "pse__Billing_Event__c"): ("invoice",),
    ("salesforce", "pse__Billing_Event_Item__c"): ("invoice",),
    ("netsuite", "customer"): ("project",),
    ("netsuite", "job"): ("project",),
    ("netsuite", "employee"): ("worker",),
    ("netsuite", "vendor"): ("worker",),
    ("netsuite", "classification"): ("project",),
    ("netsuite", "customrecord_billing_control"): ("control",),
    ("netsuite", "timebill"): ("time",),
    ("netsuite", "expensereport"): ("expense",),
    ("netsuite", "vendorbill"): ("expense",),
    ("netsuite", "purchaseorder"): ("control",),
    ("netsuite", "invoice"): ("invoice",),
    ("netsuite", "journalentry"): ("revenue",),
    ("workday", "worker"): ("worker",),
}
"""Vendor and object to the flows that make or move it."""

_BY_SYSTEM: Mapping[str, tuple[str, ...]] = {
    "salesforce": tuple(FLOWS),
    "netsuite": tuple(FLOWS),
    "workday": ("worker",),
    "warehouse": ("reporting",),
}


def reach_of(system: str, name: str = "") -> frozenset[str]:
    """The flows that a trouble with the system, or with one object of it, may hold up."""
    return _downstream(_BY_OBJECT[system, name] if name else _BY_SYSTEM[system])


def _downstream(flows: Iterable[str]) -> frozenset[str]:
    reached, left = set[str](), list(flows)
    while left:
        flow = left.pop()
        if flow not in reached:
            reached.add(flow)
            left += _WAITING.get(flow, ())
    return frozenset(reached)
