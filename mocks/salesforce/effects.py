"""The PSA as a target: projects that stand whole there, and each write of a resource with the attributes
that then stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from measurements.facts import Effect
from mocks.correlation import Correlation, change_key, version
from mocks.salesforce.org import Org
from mocks.store import Record

_PROJECT = "pse__Proj__c"
_CONTACT = "Contact"
Terms = Mapping[str, str | int | float | bool]


def effects(org: Org, until_s: float) -> Iterator[Effect]:
    """Projects made from wins, then resources."""
    deal = org.correlation.reader(_PROJECT, "key")
    for project in org.tables[_PROJECT].records.values():
        key = deal(project)
        if key and project["_created_s"] <= until_s:
            yield _project(org, project, key, until_s)
    for contact in org.tables[_CONTACT].records.values():
        for at_s, line in contact.get("_history", ()):
            if at_s <= until_s:
                yield _worker(org.correlation, contact, at_s, line)


def _project(org: Org, project: Record, key: str, until_s: float) -> Effect:
    """Posted from when it first was open for time with its ERP ids."""
    opened_s = project.get("_opened_s")
    whole = opened_s is not None and opened_s <= until_s
    account = org.tables["Account"].get(project.get("pse__Account__c") or "") or {}
    contract = round((project.get("Contract_Amount__c") or 0.0) * 100)
    won = _first_contract(org, project, contract)
    terms: Terms = {
        "customer": account.get("Customer_Key__c") or "",
        "bill_to": account.get("Bill_To__c") or "",
        "tax_number": account.get("Tax_Number__c") or "",
        "po_number": project.get("PO_Number__c") or "",
        "contract_minor": won,
        "contract_now_minor": contract,
        "billing_method": project.get("Billing_Method__c") or "",
        "practice": project.get("Practice__c") or "",
    }
    return _effect(
        "project",
        key,
        project,
        opened_s if whole and opened_s is not None else project["_created_s"],
        "posted" if whole else "pending",
        version=_version(org, project, key),
        project=str(project["Project_Key__c"]),
        amount=won,
        currency=project.get("CurrencyIsoCode") or "",
        terms=terms,
    )


def _first_contract(org: Org, project: Record, contract: int) -> int:
    """The contract without the change orders that were approved since."""
    budgets = org.tables["pse__Budget__c"].where("pse__Project__c", project["Id"])
    added = (
        round((one["pse__Amount__c"] or 0.0) * 100)
        for one in budgets
        if one["pse__Type__c"] == "Change Request" and one["pse__Status__c"] == "Approved"
    )
    return contract - sum(added)


def _version(org: Org, project: Record, key: str) -> int:
    """The deal's version that it was made from: as written, else the newest that was there when it was
    last saved.
    """
    told = org.correlation.reader(_PROJECT, "version")(project)
    if told:
        return version(told)
    deal = org.tables["Opportunity"].find("Opportunity_Key__c", key) or {}
    versions = deal.get("_versions") or [(0.0, 1)]
    seen_s = max(project["_created_s"], project.get("_told_s", 0.0))
    fitting = [number for at_s, number in versions if at_s <= seen_s]
    return fitting[-1] if fitting else 1


def _worker(correlation: Correlation, contact: Record, at_s: float, line: Mapping[str, Any]) -> Effect:
    """The line holds what changes; the rest, the worker's id too, is the contact's."""
    now = {**contact, **line}
    key, worker, day = (
        change_key(correlation, _CONTACT, now),
        *(correlation.reader(_CONTACT, group)(now) for group in ("worker", "effective")),
    )
    terms: Terms = {
        "active": bool(line.get("pse__Is_Resource_Active__c")),
        "cost_rate_minor": round((line.get("pse__Default_Cost_Rate__c") or 0.0) * 100),
        "currency": line.get("CurrencyIsoCode") or "",
        "email": line.get("Email") or "",
        "name": f"{line.get('FirstName') or ''} {line.get('LastName') or ''}".strip(),
        "practice": line.get("pse__Practice__c") or "",
        "region": line.get("pse__Region__c") or "",
    }
    return _effect("worker", key, contact, at_s, "posted", worker=worker, date=day, terms=terms)


def _effect(
    flow: str,
    key: str,
    record: Record,
    at_s: float,
    state: str,
    *,
    version: int = 1,
    project: str = "",
    worker: str = "",
    date: str = "",
    amount: int = 0,
    currency: str = "",
    terms: Terms,
) -> Effect:
    return Effect(
        flow, key, "psa", version, "salesforce", str(record["Id"]), at_s, state, "", project, worker,
        str(record.get("Entity__c") or ""), date, date[:7], False, True, 0, amount, currency, terms,
    )  # fmt: skip
