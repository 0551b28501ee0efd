"""The CRM's objects and the org's own ones (`__c`), as data; Certinia's stand in psa.py.

People are not modelled as User records: OwnerId and the like hold the person's key. Practice and region are
names, where Certinia looks them up in objects of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from mocks.fields import Field, ObjectType, object_type
from mocks.salesforce.fields import (
    check,
    choice,
    day,
    external,
    instant,
    long_text,
    lookup,
    money,
    number,
    text,
)
from mocks.salesforce.psa import PSA

STAGES = (
    "Prospecting|Qualification|Needs Analysis|Value Proposition|Id. Decision Makers|Perception Analysis"
    "|Proposal/Price Quote|Negotiation/Review|Closed Won|Closed Lost"
)
"""The vendor's standard sales stages."""
BILLING_METHODS = "Time and Materials|Fixed Price|Retainer"

CRM: tuple[ObjectType, ...] = (
    object_type(
        "Account",
        "Account",
        "001",
        (
            *text("Name", required=True),
            *external("Customer_Key__c"),
            *text("CurrencyIsoCode", "BillingCountry", "OwnerId"),
            *text("Bill_To__c", "Tax_Number__c", "ERP_Customer_Id__c", "Entity__c"),
        ),
    ),
    object_type(
        "Opportunity",
        "Opportunity",
        "006",
        (
            *text("Name", required=True),
            choice("StageName", STAGES, "Prospecting", required=True),
            *day("CloseDate", required=True),
            *external("Opportunity_Key__c"),
            lookup("AccountId", "Account"),
            *text("OwnerId", "CurrencyIsoCode", "NextStep"),
            *money("Amount", "Bill_Rate__c"),
            *number("Probability", "Planned_Hours__c", "Version__c"),
            *check("Services__c", default=True),
            *text(
                "Entity__c",
                "Region__c",
                "Practice__c",
                "Project_Type__c",
                "Project_Manager_Key__c",
                "PO_Number__c",
            ),
            choice("Billing_Method__c", BILLING_METHODS),
            *day("Start_Date__c", "End_Date__c"),
            *long_text("Schedule_Json__c", "Integration_Error__c"),
        ),
    ),
    object_type(
        "Contact",
        "Contact",
        "003",
        (
            *text("LastName", required=True),
            *text(
                "FirstName",
                "Name",
                "Email",
                "CurrencyIsoCode",
                "Entity__c",
                "Kind__c",
                "Vendor__c",
                "Manager_Key__c",
            ),
            *external("pse__ERP_Worker_Correlation_Id__c"),
            *check("pse__Is_Resource__c", "pse__Is_Resource_Active__c", "pse__External_Resource__c"),
            *text("pse__Practice__c", "pse__Region__c", "pse__Resource_Role__c"),
            *money("pse__Default_Cost_Rate__c"),
            *day("pse__Start_Date__c", "pse__Last_Date__c", "Effective_Date__c"),
            *text("Change_Id__c", "Source_Key__c"),
            choice("pse__Employment_Status__c", "Active|Terminated"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "Instalment__c",
        "Instalment",
        "a20",
        (
            *text("Name", "CurrencyIsoCode"),
            *external("Instalment_Key__c"),
            lookup("pse__Project__c", "pse__Proj__c", required=True),
            *money("Amount__c", required=True),
            *day("Date__c", required=True),
            choice("Status__c", "Planned|Open|Approved|Billed|Canceled", "Planned"),
            *check("Billed__c"),
            *number("Version__c"),
            *text("Approver_Key__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "Integration_Exception__c",
        "Integration Exception",
        "a21",
        (
            *external("Exception_Key__c"),
            *text("Name", "Flow__c", "Business_Key__c", "Cause__c", "Audience__c", "Owner_Key__c"),
            *text("Source__c", "Keys__c"),
            *long_text("Detail__c", "Note__c"),
            *number("Version__c", "Amount_Minor__c", "Touched_Minutes__c"),
            choice("Status__c", "Open|Closed", "Open"),
            *instant("Opened_At__c", "Closed_At__c", "Keys_Since__c"),
        ),
    ),
)

TYPES: Mapping[str, ObjectType] = {kind.name: kind for kind in (*CRM, *PSA)}
"""Object name to its definition."""

SYSTEM_FIELDS: tuple[Field, ...] = (
    Field("Id", "reference", length=18, read_only=True),
    Field("CreatedDate", "datetime", read_only=True),
    Field("LastModifiedDate", "datetime", read_only=True),
    Field("SystemModstamp", "datetime", read_only=True),
    Field("LastModifiedById", "reference", length=18, read_only=True),
    Field("IsDeleted", "checkbox", read_only=True),
)
"""What every object has; the org fills it."""
