"""Which object a relation leads to, in the org's words: every relation that the pipeline reads through."""

from __future__ import annotations

from pipeline.connectors.query import dialect

RELATIONS = {
    "Account": "Account",
    "pse__Account__r": "Account",
    "pse__Billing_Event__r": "pse__Billing_Event__c",
    "pse__Expense_Report__r": "pse__Expense_Report__c",
    "pse__Opportunity__r": "Opportunity",
    "pse__Project__r": "pse__Proj__c",
    "pse__Resource__r": "Contact",
    "pse__Timecard_Header__r": "pse__Timecard_Header__c",
}
SOQL = dialect(r"'(?:[^'\\]|\\.)*'", RELATIONS)
