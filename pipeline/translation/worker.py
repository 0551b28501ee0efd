"""Workers: what Workday says of one, read into the canonical Worker, and the bodies that PSA and ERP take.

Field owner of everything here is the HCM. Each target keeps some attributes only (KEPT): a change of others
says nothing there, and is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kernel.money import major, minor
from pipeline import schema

Given = Mapping[str, Any]


class Worker(NamedTuple):
    """Canonical worker (definition 1) as of a moment; effective and change tell what took effect last."""

    worker: str
    name: str
    email: str
    kind: str
    vendor: str
    entity: str
    region: str
    practice: str
    manager: str
    cost_rate_minor: int
    currency: str
    active: bool
    effective: str
    change: str

    @property
    def key(self) -> str:
        """The business key of what this state's last change makes due: `worker@effective#change`."""
        return key_of(self.worker, self.effective, self.change)


KEPT: Mapping[str, tuple[str, ...]] = {
    "psa": ("name", "email", "region", "practice", "cost_rate_minor", "currency", "active"),
    "erp": ("entity", "practice", "cost_rate_minor", "active"),
}
"""Target to the attributes of a worker that it keeps."""


ELEMENTS = (
    *("Worker_ID", "Name", "Email", "Kind", "Vendor", "Entity", "Region", "Practice", "Manager"),
    *("Cost_Rate", "Currency", "Active", "Effective_Date", "Change_ID"),
)
"""What is read of Worker_Data; all of it is there for whoever is hired."""

_SOURCE = ("workday", "Worker")


def worker_key(given: Given) -> str:
    """The id, which is told of those not yet hired, too. Raises SchemaError."""
    return str(schema.field(given, "Worker_ID", *_SOURCE))


def is_hired(given: Given) -> bool:
    """Whether the data tell more than the id of somebody yet to come."""
    return len(given.keys() - {"log"}) > 1


def key_of(worker: str, effective: str, change: str) -> str:
    """The business key of a change."""
    return f"{worker}@{effective}#{change}"


def worker_in(key: str) -> str:
    """Whose change a business key names."""
    return key.partition("@")[0]


def worker_of(given: Given) -> Worker | None:
    """The canonical worker from the elements of Worker_Data; None where nobody of that id is hired yet.

    Raises SchemaError: an element that went is no empty one, and a rate that cannot be read is not 0.
    """
    if not is_hired(given):
        return None
    schema.demand(given, ELEMENTS, *_SOURCE)
    return Worker(
        worker=given["Worker_ID"],
        name=given["Name"],
        email=given["Email"],
        kind=given["Kind"] or "employee",
        vendor=given["Vendor"],
        entity=given["Entity"],
        region=given["Region"],
        practice=given["Practice"],
        manager=given["Manager"],
        cost_rate_minor=minor(given["Cost_Rate"] or 0),
        currency=given["Currency"],
        active=given["Active"] in {"1", "true"},
        effective=given["Effective_Date"],
        change=given["Change_ID"],
    )


def kept(worker: Worker, target: str) -> tuple[Any, ...]:
    """What the target holds of the worker, as a value to compare."""
    return tuple(getattr(worker, name) for name in KEPT[target])


def contact(worker: Worker) -> dict[str, Any]:
    """The PSA's resource: a Contact, without its external id."""
    first, _, last = worker.name.rpartition(" ")
    return {
        "FirstName": first,
        "LastName": last,
        "Name": worker.name,
        "Email": worker.email,
        "CurrencyIsoCode": worker.currency,
        "Entity__c": worker.entity,
        "Kind__c": worker.kind,
        "Vendor__c": worker.vendor,
        "Manager_Key__c": worker.manager,
        "pse__Practice__c": worker.practice,
        "pse__Region__c": worker.region,
        "pse__Is_Resource__c": True,
        "pse__Is_Resource_Active__c": worker.active,
        "pse__External_Resource__c": worker.kind == "contractor",
        "pse__Employment_Status__c": "Active" if worker.active else "Terminated",
        "pse__Last_Date__c": None if worker.active else worker.effective,
        "pse__Default_Cost_Rate__c": float(major(worker.cost_rate_minor)),
        "Effective_Date__c": worker.effective,
        "Change_Id__c": worker.change,
        "Source_Key__c": worker.key,
    }


def record_type(worker: Worker) -> str:
    """Employees are employees in the ERP, contractors are vendors."""
    return "vendor" if worker.kind == "contractor" else "employee"


def ledger_body(worker: Worker) -> dict[str, Any]:
    """The ERP's employee or vendor record; its external id is the worker key."""
    return {
        "entityId": worker.worker,
        "altName": worker.name,
        "email": worker.email,
        "subsidiary": worker.entity,
        "department": worker.practice,
        "custentity_cost_rate": major(worker.cost_rate_minor),
        "custentity_effective": worker.effective,
        "custentity_change": worker.change,
        "custentity_vendor": worker.vendor,
        "custbody_source_key": worker.key,
        "custbody_source_version": "1",
        "isInactive": not worker.active,
    }
