"""Facts for the warehouse: records of the four systems in the words of its report. Pure.

Every fact is {source, key, version, kind, committed_at, values}; money in minor units, hours in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.money import minor, worth
from pipeline import schema
from pipeline.translation import expense, time
from pipeline.translation.approval import counts
from pipeline.translation.expense import flag
from pipeline.translation.time import entity_of, parent, whole

Row = Mapping[str, Any]
Fact = dict[str, Any]

PROJECT_FIELDS = (
    "Project_Key__c, Name, Opportunity_Key__c, Entity__c, Region__c, Practice__c, Billing_Method__c, "
    "CurrencyIsoCode, Contract_Amount__c, Contract_Version__c, pse__Planned_Hours__c, Bill_Rate__c, "
    "pse__Start_Date__c, pse__End_Date__c, Project_Manager_Key__c, PO_Number__c, pse__Is_Active__c, "
    "LastModifiedDate, pse__Account__r.Customer_Key__c, pse__Account__r.Bill_To__c, "
    "pse__Account__r.Tax_Number__c"
)

WORKER_FIELDS = (
    *("Worker_ID", "Name", "Email", "Kind", "Vendor", "Entity", "Region", "Practice", "Manager"),
    *("Cost_Rate", "Currency", "Active", "Entry_Moment", "Version"),
)


def _fact(source: str, key: str, version: int, kind: str, committed: str, values: Fact) -> Fact:
    return {
        "source": source,
        "key": key,
        "version": version,
        "kind": kind,
        "committed_at": committed,
        "values": values,
    }


def time_fact(header: Row) -> Fact:
    """Approved time; a card that is no longer approved, or by nobody entitled, counts nothing."""
    approved = counts(header)
    hours = minor(header.get("pse__Total_Hours__c") or 0) if approved else 0
    billable = hours if flag(header.get("pse__Billable__c")) else 0
    rate = minor(header.get("pse__Bill_Rate__c") or 0)
    cost_rate = minor(parent(header, "pse__Resource__r", "pse__Default_Cost_Rate__c") or 0)
    currency = parent(header, "pse__Project__r", "CurrencyIsoCode") or header.get("CurrencyIsoCode") or "USD"
    cost_currency = parent(header, "pse__Resource__r", "CurrencyIsoCode") or currency
    values = {
        "project": header["Project_Key__c"],
        "worker": header["Worker_Key__c"],
        "entity": entity_of(header),
        "week_start": header["pse__Start_Date__c"],
        "hours_centi": hours,
        "billable_centi": billable,
        "bill_minor": worth(rate, billable, currency),
        "currency": currency,
        "cost_minor": worth(cost_rate, hours, cost_currency),
        "cost_currency": cost_currency,
    }
    return _fact(
        "salesforce", header[time.KEY], whole(header["Version__c"]), "time_approved", _moment(header), values
    )


def expense_fact(report: Row) -> Fact:
    """An approved expense report; one that is no longer approved, or by nobody entitled, counts nothing."""
    approved = counts(report)
    total = minor(report.get("pse__Total_Reimbursement_Amount__c") or 0) if approved else 0
    values = {
        "project": report["Project_Key__c"],
        "worker": report["Worker_Key__c"],
        "entity": entity_of(report),
        "amount_minor": total,
        "currency": report["CurrencyIsoCode"],
        "billable": flag(report.get("pse__Billable__c")),
    }
    version = whole(report["Version__c"])
    return _fact("salesforce", report[expense.KEY], version, "expense", _moment(report), values)


def _moment(record: Row) -> str:
    approved = record.get("Approved_At__c") if record.get("pse__Status__c") == "Approved" else None
    return str(approved or record["LastModifiedDate"])


def project_fact(row: Row) -> Fact:
    """A project's terms as the PSA has them."""
    values = {
        "project": row["Project_Key__c"],
        "name": row.get("Name") or "",
        "customer": parent(row, "pse__Account__r", "Customer_Key__c") or "",
        "entity": row.get("Entity__c") or "",
        "region": row.get("Region__c") or "",
        "practice": row.get("Practice__c") or "",
        "billing_method": row.get("Billing_Method__c") or "",
        "currency": row.get("CurrencyIsoCode") or "USD",
        "contract_minor": minor(row.get("Contract_Amount__c") or 0),
        "contract_version": whole(row.get("Contract_Version__c")) or 1,
        "planned_hours": whole(row.get("pse__Planned_Hours__c")),
        "bill_rate_minor": minor(row.get("Bill_Rate__c") or 0),
        "start": row.get("pse__Start_Date__c") or "",
        "end": row.get("pse__End_Date__c") or "",
        "project_manager": row.get("Project_Manager_Key__c") or "",
        "bill_to": parent(row, "pse__Account__r", "Bill_To__c") or "",
        "tax_number": parent(row, "pse__Account__r", "Tax_Number__c") or "",
        "po_number": row.get("PO_Number__c") or "",
        "status": "open" if flag(row.get("pse__Is_Active__c")) else "closed",
    }
    version = values["contract_version"]
    return _fact(
        "salesforce", row["Project_Key__c"], version, "project", str(row["LastModifiedDate"]), values
    )


def ledger_fact(row: Row, kind: str) -> Fact:
    """A released invoice or a revenue journal (a SuiteQL row)."""
    values = {
        "project": row.get("job", ""),
        "entity": row.get("subsidiary", ""),
        "period": row.get("postingperiod", ""),
        "currency": row.get("currency", ""),
        "number": row.get("tranid", ""),
        "amount_minor": minor(row.get("custbody_revenue_amount") or 0),
    }
    version = whole(row.get("custbody_source_version")) or 1
    return _fact("netsuite", row["custbody_source_key"], version, kind, row["lastmodifieddate"], values)


def worker_fact(worker: Row) -> Fact:
    """A worker as HR has them now. Raises SchemaError."""
    schema.demand(worker, WORKER_FIELDS, "workday", "Worker")
    values = {
        "worker": worker["Worker_ID"],
        "name": worker["Name"],
        "email": worker["Email"],
        "kind": worker["Kind"],
        "vendor": worker["Vendor"],
        "entity": worker["Entity"],
        "region": worker["Region"],
        "practice": worker["Practice"],
        "manager": worker["Manager"],
        "cost_rate_minor": minor(worker["Cost_Rate"] or 0),
        "currency": worker["Currency"],
        "active": worker["Active"] in {"1", "true"},
    }
    version = whole(worker["Version"]) or 1
    return _fact("workday", worker["Worker_ID"], version, "worker", worker["Entry_Moment"], values)
