"""The opening as the org holds it: customers, resources, open projects with their ERP ids, and time that
is posted.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mocks.opening import Assignment, Customer, Opening, PostedTime, Project, Worker
from mocks.salesforce.org import Org, Transaction
from mocks.salesforce.psa import HOURS
from mocks.store import Record

_BEFORE_S = -40 * 86400.0
BY = "opening"


def load(org: Org, opening: Opening) -> None:
    """Everything, by `opening`, in one transaction long before the start; posted time at its approval."""
    work = org.begin(BY, _BEFORE_S)
    for customer in opening.customers:
        work.upsert("Account", customer.customer, _account(customer))
    for worker in opening.workers:
        work.upsert("Contact", worker.worker, _contact(worker))
    for project in opening.projects:
        account = org.tables["Account"].find("Customer_Key__c", project.customer)
        work.upsert("pse__Proj__c", project.project, _project(project, account))
    _controls(work, org, opening)
    for assignment in opening.assignments:
        work.upsert("pse__Assignment__c", assignment.assignment, _assignment(org, assignment))
    work.commit()
    rates = {(one.project, one.worker): one.bill_rate_minor for one in opening.assignments}
    for posted in sorted(opening.posted_time, key=lambda posted: posted.approved_at_s):
        _posted(org, posted, rates)


def _account(customer: Customer) -> dict[str, Any]:
    return {
        "Name": customer.name,
        "CurrencyIsoCode": customer.currency,
        "BillingCountry": customer.country,
        "Bill_To__c": customer.bill_to,
        "Tax_Number__c": customer.tax_number,
        "Entity__c": customer.entity,
        "ERP_Customer_Id__c": customer.customer,
    }


def _contact(worker: Worker) -> dict[str, Any]:
    first, _, last = worker.name.rpartition(" ")
    return {
        "FirstName": first,
        "LastName": last,
        "Email": worker.email,
        "Kind__c": worker.kind,
        "Vendor__c": worker.vendor,
        "Manager_Key__c": worker.manager,
        "Entity__c": worker.entity,
        "CurrencyIsoCode": worker.currency,
        "pse__Is_Resource__c": True,
        "pse__Is_Resource_Active__c": True,
        "pse__External_Resource__c": worker.kind == "contractor",
        "pse__Region__c": worker.region,
        "pse__Practice__c": worker.practice,
        "pse__Default_Cost_Rate__c": worker.cost_rate_minor / 100,
        "pse__Start_Date__c": worker.since,
        "pse__Employment_Status__c": "Active",
    }


def _project(project: Project, account: Record | None) -> dict[str, Any]:
    if account is None:
        raise ValueError(f"project {project.project} of customer {project.customer}, which does not exist")
    return {
        "Name": project.name[:80],
        "CurrencyIsoCode": project.currency,
        "Entity__c": project.entity,
        "Region__c": project.region,
        "Practice__c": project.practice,
        "Billing_Method__c": project.billing_method,
        "PO_Number__c": project.po_number,
        "Project_Manager_Key__c": project.project_manager,
        "Contract_Amount__c": project.contract_minor / 100,
        "Contract_Version__c": 1,
        "Bill_Rate__c": project.bill_rate_minor / 100,
        "Hours_To_Date__c": project.hours_to_date_centi / 100,
        "Cost_To_Date__c": project.cost_to_date_minor / 100,
        "Revenue_To_Date__c": project.revenue_to_date_minor / 100,
        "ERP_Job_Id__c": project.project,
        "ERP_Customer_Id__c": project.customer,
        "pse__Account__c": account["Id"],
        "pse__Stage__c": "In Progress",
        "pse__Planned_Hours__c": project.planned_hours,
        "pse__Start_Date__c": project.start,
        "pse__End_Date__c": project.end,
        "pse__Closed_for_Time_Entry__c": False,
        "pse__Closed_for_Expense_Entry__c": False,
    }


def _controls(work: Transaction, org: Org, opening: Opening) -> None:
    projects = org.tables["pse__Proj__c"]
    for milestone in opening.milestones:
        project = projects.find("Project_Key__c", milestone.project) or {}
        status = milestone.status.capitalize()
        billed = status in {"Billed", "Invoiced"}
        values = {
            "Name": milestone.name,
            "pse__Project__c": project["Id"],
            "CurrencyIsoCode": project["CurrencyIsoCode"],
            "pse__Milestone_Amount__c": milestone.amount_minor / 100,
            "pse__Target_Date__c": milestone.target,
            "pse__Status__c": "Approved"
            if billed
            else status
            if status in {"Open", "Approved"}
            else "Planned",
            "pse__Billed__c": billed,
        }
        if status == "Approved":
            values.update({"pse__Approved__c": True, "pse__Approved_for_Billing__c": True})
            values["pse__Actual_Date__c"] = milestone.target
        work.upsert("pse__Milestone__c", milestone.milestone, values)
    for instalment in opening.instalments:
        project = projects.find("Project_Key__c", instalment.project) or {}
        values = {
            "pse__Project__c": project["Id"],
            "CurrencyIsoCode": project["CurrencyIsoCode"],
            "Amount__c": instalment.amount_minor / 100,
            "Date__c": instalment.date,
            "Status__c": "Billed" if instalment.status.lower() in {"billed", "invoiced"} else "Planned",
            "Billed__c": instalment.status.lower() in {"billed", "invoiced"},
        }
        work.upsert("Instalment__c", instalment.instalment, values)


def _assignment(org: Org, assignment: Assignment) -> dict[str, Any]:
    project = org.tables["pse__Proj__c"].find("Project_Key__c", assignment.project)
    resource = org.tables["Contact"].find("pse__ERP_Worker_Correlation_Id__c", assignment.worker)
    if project is None or resource is None:
        raise ValueError(f"assignment {assignment.assignment} of a project or worker that does not exist")
    return {
        "Name": assignment.assignment,
        "pse__Project__c": project["Id"],
        "pse__Resource__c": resource["Id"],
        "pse__Role__c": assignment.role,
        "pse__Bill_Rate__c": assignment.bill_rate_minor / 100,
        "CurrencyIsoCode": assignment.currency,
        "Hours_Per_Week__c": assignment.hours_per_week,
        "Start_Date__c": assignment.start,
        "End_Date__c": assignment.end,
        "Worker_Key__c": assignment.worker,
        "Project_Key__c": assignment.project,
    }


def _posted(org: Org, posted: PostedTime, rates: dict[tuple[str, str], int]) -> None:
    """A header that went its whole way: submitted by its worker, approved, and marked as posted."""
    project = org.tables["pse__Proj__c"].find("Project_Key__c", posted.project)
    resource = org.tables["Contact"].find("pse__ERP_Worker_Correlation_Id__c", posted.worker)
    if project is None or resource is None:
        raise ValueError(f"posted time of {posted.worker} on {posted.project}, which do not exist")
    rate = rates.get((posted.project, posted.worker))
    hours = dict(zip(HOURS, [worked / 100 for worked in posted.hours_centi], strict=True))
    stamp = org.time.stamp(posted.approved_at_s)
    values = {
        "pse__Resource__c": resource["Id"],
        "pse__Project__c": project["Id"],
        "pse__Start_Date__c": posted.week_start,
        "pse__End_Date__c": _sunday(posted.week_start),
        **hours,
        "pse__Bill_Rate__c": project["Bill_Rate__c"] if rate is None else rate / 100,
        "pse__Billable__c": bool(project["pse__Is_Billable__c"]),
        "CurrencyIsoCode": project["CurrencyIsoCode"],
        "Worker_Key__c": posted.worker,
        "Project_Key__c": posted.project,
        "Entity__c": project["Entity__c"],
        "Approver_Key__c": posted.approver,
        "ERP_Posted_Version__c": 1,
    }
    name = "pse__Timecard_Header__c"
    work = org.begin(posted.worker, posted.approved_at_s)
    header = work.upsert(name, posted.timecard, values)[0]
    work.update(name, header, {"pse__Status__c": "Submitted", "Submitted_At__c": stamp})
    work.commit()
    work = org.begin(posted.approver, posted.approved_at_s)
    work.update(name, header, {"pse__Status__c": "Approved", "Approved_At__c": stamp})
    work.commit()


def _sunday(monday: str) -> str:
    return (date.fromisoformat(monday) + timedelta(days=6)).isoformat()
