"""Certinia PSA's objects (namespace pse__), vendor fields and the org's custom ones, as data."""

from __future__ import annotations

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

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = tuple(f"pse__{name}_Hours__c" for name in DAYS)
"""Fields of a week's hours, Monday first."""

_CARD = "Saved|Submitted|Approved|Rejected"
_REPORT = "Draft|Submitted|Approved|Rejected"
_PROJECT = lookup("pse__Project__c", "pse__Proj__c")
_OWN_PROJECT = lookup("pse__Project__c", "pse__Proj__c", required=True)
_RESOURCE = lookup("pse__Resource__c", "Contact")
_WRITTEN_BACK = (
    *number("Version__c", "ERP_Posted_Version__c"),
    *text(
        "Worker_Key__c", "Project_Key__c", "Entity__c", "Submitter__c", "Approver_Key__c", "Approved_By__c"
    ),
    *instant("Approved_At__c", "Submitted_At__c"),
    *long_text("ERP_Ids__c", "Integration_Error__c"),
)


def _hours() -> tuple[Field, ...]:
    return number(*HOURS)


PSA: tuple[ObjectType, ...] = (
    object_type(
        "pse__Proj__c",
        "Project",
        "a01",
        (
            *text("Name", required=True),
            *external("Project_Key__c"),
            *text(
                "CurrencyIsoCode", "Opportunity_Key__c", "Entity__c", "ERP_Job_Id__c", "ERP_Customer_Id__c"
            ),
            *text("PO_Number__c", "Practice__c", "Region__c", "Project_Manager_Key__c", "Project_Type__c"),
            choice("Billing_Method__c", "Time and Materials|Fixed Price|Retainer"),
            *money("Contract_Amount__c", "Bill_Rate__c", "Cost_To_Date__c", "Revenue_To_Date__c"),
            *number("Contract_Version__c", "Hours_To_Date__c", "Source_Version__c"),
            lookup("pse__Account__c", "Account"),
            lookup("pse__Opportunity__c", "Opportunity"),
            lookup("pse__Project_Manager__c", "Contact"),
            *text("pse__Practice__c", "pse__Region__c", "pse__Project_Phase__c"),
            choice(
                "pse__Stage__c", "Planned|In Progress|On Hold|Completed|Canceled|Missing Paperwork", "Planned"
            ),
            choice("pse__Billing_Type__c", "Fixed Price|Time and Materials"),
            choice("pse__Project_Type__c", "Customer Project|Internal", "Customer Project"),
            choice("pse__Project_Status__c", "Green|Yellow|Red", "Green"),
            *check("pse__Is_Active__c", "pse__Is_Billable__c", default=True),
            *check("pse__Closed_for_Time_Entry__c", "pse__Closed_for_Expense_Entry__c", default=True),
            *check("pse__Exclude_From_Billing__c"),
            *check("pse__Allow_Timecards_Without_Assignment__c", default=True),
            *day("pse__Start_Date__c", "pse__End_Date__c"),
            *number("pse__Planned_Hours__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "pse__Assignment__c",
        "Assignment",
        "a02",
        (
            *text("Name", required=True),
            *external("Assignment_Key__c"),
            _OWN_PROJECT,
            lookup("pse__Resource__c", "Contact", required=True),
            lookup("pse__Resource_Request__c", "pse__Resource_Request__c"),
            *text("pse__Role__c", "CurrencyIsoCode", "Worker_Key__c", "Project_Key__c"),
            choice("pse__Status__c", "Tentative|Scheduled|Closed", "Scheduled"),
            *check("pse__Is_Billable__c", default=True),
            *money("pse__Bill_Rate__c", "pse__Cost_Rate_Amount__c"),
            *number("pse__Planned_Hours__c", "pse__Percent_Allocated__c", "Hours_Per_Week__c"),
            *day("Start_Date__c", "End_Date__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "pse__Timecard_Header__c",
        "Timecard",
        "a03",
        (
            *external("Timecard_Key__c"),
            *text("Name", "CurrencyIsoCode", "Reject_Reason__c"),
            _RESOURCE,
            _PROJECT,
            lookup("pse__Assignment__c", "pse__Assignment__c"),
            *day("pse__Start_Date__c", "pse__End_Date__c", required=True),
            *_hours(),
            choice("pse__Status__c", _CARD, "Saved"),
            *check("pse__Submitted__c", "pse__Approved__c", "pse__Billed__c", "pse__Invoiced__c"),
            *check("pse__Billable__c", "pse__Include_In_Financials__c"),
            *money("pse__Bill_Rate__c"),
            Field("pse__Total_Hours__c", "number", read_only=True),
            Field("pse__Total_Billable_Amount__c", "currency", read_only=True),
            *_WRITTEN_BACK,
        ),
    ),
    object_type(
        "pse__Timecard__c",
        "Timecard Split",
        "a04",
        (
            *external("Split_Key__c"),
            *text("Name", "CurrencyIsoCode"),
            lookup("pse__Timecard_Header__c", "pse__Timecard_Header__c", required=True),
            _RESOURCE,
            _PROJECT,
            lookup("pse__Assignment__c", "pse__Assignment__c"),
            *number("Split_No__c", "Version__c"),
            *day("pse__Start_Date__c", "pse__End_Date__c", required=True),
            *_hours(),
            choice("pse__Status__c", _CARD, "Saved"),
            *check(
                "pse__Approved__c",
                "pse__Billable__c",
                "pse__Billed__c",
                "pse__Invoiced__c",
                "pse__Billing_Hold__c",
            ),
            *money("pse__Bill_Rate__c"),
            *number("pse__Total_Hours__c"),
            *money("pse__Total_Billable_Amount__c"),
            lookup("pse__Billing_Event_Item__c", "pse__Billing_Event_Item__c"),
            *text("pse__Invoice_Number__c"),
        ),
    ),
    object_type(
        "pse__Expense_Report__c",
        "Expense Report",
        "a05",
        (
            *text("Name", required=True),
            *external("pse__Expense_Report_Reference__c"),
            *text("CurrencyIsoCode", "pse__Reimbursement_Currency__c", "Reject_Reason__c"),
            _RESOURCE,
            _PROJECT,
            choice("pse__Status__c", _REPORT, "Draft"),
            *check("pse__Submitted__c", "pse__Approved__c", "pse__Billable__c", "pse__Billed__c"),
            *day("pse__First_Expense_Date__c", "pse__Last_Expense_Date__c"),
            Field("pse__Total_Billable_Amount__c", "currency", read_only=True),
            Field("pse__Total_Reimbursement_Amount__c", "currency", read_only=True),
            *_WRITTEN_BACK,
        ),
    ),
    object_type(
        "pse__Expense__c",
        "Expense",
        "a06",
        (
            *external("Expense_Key__c"),
            *text("Name", "CurrencyIsoCode", "pse__Type__c"),
            lookup("pse__Expense_Report__c", "pse__Expense_Report__c", required=True),
            _RESOURCE,
            _PROJECT,
            *day("pse__Expense_Date__c", required=True),
            *money("pse__Amount__c", required=True),
            *check("pse__Billable__c", "pse__Lost_Receipt__c", "Receipt__c", "pse__Billed__c"),
            choice("pse__Status__c", _REPORT, "Draft"),
            *long_text("Justification__c"),
            *number("Line_No__c"),
            lookup("pse__Billing_Event_Item__c", "pse__Billing_Event_Item__c"),
        ),
    ),
    object_type(
        "pse__Milestone__c",
        "Milestone",
        "a07",
        (
            *text("Name", required=True),
            *external("Milestone_Key__c"),
            _OWN_PROJECT,
            *text("CurrencyIsoCode", "Approver_Key__c"),
            *day("pse__Target_Date__c", required=True),
            *day("pse__Actual_Date__c"),
            *money("pse__Milestone_Amount__c"),
            choice("pse__Status__c", "Planned|Open|Approved|Canceled", "Planned"),
            *check("pse__Approved__c", "pse__Approved_for_Billing__c", "pse__Billed__c", "pse__Invoiced__c"),
            *number("Version__c"),
            *instant("Approved_At__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "pse__Budget__c",
        "Budget",
        "a08",
        (
            *text("Name"),
            *external("Budget_Key__c"),
            _OWN_PROJECT,
            *text("CurrencyIsoCode", "Approver_Key__c", "Vendor__c"),
            *money("pse__Amount__c", required=True),
            *day("pse__Effective_Date__c"),
            choice("pse__Status__c", "Draft|Open|Approved|Rejected", "Draft"),
            choice(
                "pse__Type__c",
                "Customer Purchase Order|Vendor Purchase Order|Work Order|Internal Budget|Change Request",
                required=True,
            ),
            *check("pse__Approved__c"),
            *number("Hours__c", "Version__c"),
            *instant("Approved_At__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "pse__Resource_Request__c",
        "Resource Request",
        "a09",
        (
            *external("Request_Key__c"),
            *text(
                "Name",
                "pse__Resource_Request_Name__c",
                "pse__Resource_Role__c",
                "pse__Practice__c",
                "pse__Region__c",
            ),
            _PROJECT,
            lookup("pse__Opportunity__c", "Opportunity"),
            lookup("pse__Resource__c", "Contact"),
            lookup("pse__Assignment__c", "pse__Assignment__c"),
            *day("pse__Start_Date__c", required=True),
            *day("pse__End_Date__c"),
            *number("pse__SOW_Hours__c", "pse__Percent_Allocated__c"),
            choice("pse__Status__c", "Draft|Ready to Staff|Hold|Tentative|Assigned|Cancelled", "Draft"),
        ),
    ),
    object_type(
        "pse__Billing_Event__c",
        "Billing Event",
        "a10",
        (
            *text("Name"),
            *external("pse__Event_Key__c"),
            _OWN_PROJECT,
            *text(
                "CurrencyIsoCode",
                "Project_Key__c",
                "Period__c",
                "Entity__c",
                "ERP_Invoice_Id__c",
                "Released_By__c",
            ),
            *day("pse__Date__c", "pse__Invoice_Date__c"),
            choice("pse__Status__c", "Saved|Submitted|Completed", "Saved"),
            *check("pse__Is_Approved__c", "pse__Is_Released__c", "pse__Invoiced__c"),
            *text("pse__Invoice_Number__c"),
            *money("pse__Summary_Amount__c"),
            *number("Version__c"),
            *instant("Released_At__c"),
            *long_text("Integration_Error__c"),
        ),
    ),
    object_type(
        "pse__Billing_Event_Item__c",
        "Billing Event Item",
        "a11",
        (
            *text("Name", "CurrencyIsoCode", "Source_Key__c", "Source_Part__c", "Kind__c"),
            lookup("pse__Billing_Event__c", "pse__Billing_Event__c", required=True),
            _PROJECT,
            choice("pse__Category__c", "Expense|Milestone|Timecard|Miscellaneous Adjustment|Budget"),
            *money("pse__Amount__c", "pse__Unit_Price__c"),
            *number("pse__Quantity__c", "Source_Version__c"),
            *day("pse__Date__c"),
            *text("pse__Object_Id__c", required=True),
            lookup("pse__Timecard_Split__c", "pse__Timecard__c"),
            lookup("pse__Expense__c", "pse__Expense__c"),
            lookup("pse__Milestone__c", "pse__Milestone__c"),
            lookup("Instalment__c", "Instalment__c"),
        ),
    ),
)
