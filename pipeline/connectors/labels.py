"""Labels: the fields that a write may leave out once their vendor has removed them; every other one is due.

What only people read, and what no later step, sum or comparison asks for. A record that tells people of a
trouble is told with a gap rather than not at all.
"""

from __future__ import annotations

from collections.abc import Mapping

_PERSON = frozenset({"altName", "email"})
_COMPANY = frozenset({"companyName"})
_NAME = frozenset({"Name"})

NETSUITE: Mapping[str, frozenset[str]] = {
    "employee": _PERSON,
    "vendor": _PERSON,
    "customer": _COMPANY,
    "job": _COMPANY,
    "journalentry": frozenset({"memo"}),
}
"""Record type, in lower case, to its labels."""

SALESFORCE: Mapping[str, frozenset[str]] = {
    "pse__proj__c": _NAME,
    "pse__milestone__c": _NAME,
    "pse__budget__c": _NAME,
    "pse__resource_request__c": frozenset({"pse__Resource_Request_Name__c"}),
    "integration_exception__c": frozenset(
        {
            *("Flow__c", "Business_Key__c", "Version__c", "Cause__c", "Detail__c", "Audience__c"),
            *("Amount_Minor__c", "Owner_Key__c", "Source__c", "Keys__c", "Keys_Since__c"),
            *("Status__c", "Opened_At__c", "Closed_At__c"),
        }
    ),
}
"""Object, in lower case, to its labels."""
