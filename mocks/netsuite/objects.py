"""NetSuite's record types and their fields as data (SuiteTalk REST names, release 2026.2, and custom ones).

Beside the shared types: `period` (`YYYY-MM`), `entry` (of the list named by `reference`, by external id),
`list` (a sublist, `{"items": [...]}`). A `reference` may name several record types, parted by a space.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mocks.fields import Field, ObjectType, object_type


class RecordType(NamedTuple):
    """A record type; `name` is the vendor's, as in paths.

    `ledger` is the sub-ledger whose lock binds it (time or ar_gl; "" = no transaction). `arrives` is the
    approval status on arrival, `reference_data` what a business key may find not set up.
    """

    name: str
    object: ObjectType
    ledger: str = ""
    arrives: str = ""
    reference_data: str = ""


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, length=4000) for name in names)


def _numbers(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "number") for name in names)


def _to(name: str, target: str, required: bool = False) -> Field:
    return Field(name, "reference", required=required, reference=target)


def _entry(name: str, target: str, required: bool = False) -> Field:
    return Field(name, "entry", required=required, reference=target)


_SOURCE = (
    Field("externalId", length=150, external=True, unique=True),
    *_texts("custbody_source_key", "custbody_source_part", "custbody_source_version", "memo"),
)
_ENTITY = (
    *_SOURCE,
    Field("entityId", length=83, required=True, unique=True),
    Field("isInactive", "checkbox"),
    _entry("currency", "currency"),
    *_texts("companyName", "comments"),
)
_PERSON = (
    *_ENTITY,
    *_texts("altName", "email", "custentity_change", "custentity_vendor"),
    _entry("subsidiary", "subsidiary", required=True),
    _entry("department", "department"),
    _entry("location", "location"),
    Field("custentity_cost_rate", "number"),
    Field("custentity_effective", "date"),
)
_TRANSACTION = (
    *_SOURCE,
    Field("tranDate", "date", required=True),
    Field("postingPeriod", "period"),
    _entry("subsidiary", "subsidiary"),
    _entry("currency", "currency"),
    Field("custbody_reverses"),
    Field("custbody_moved_from"),
    Field("approvalStatus", "picklist", picklist=("pendingApproval", "approved", "rejected")),
)
_CUSTOMER = (
    *_ENTITY,
    _entry("subsidiary", "subsidiary", required=True),
    *_texts("billTo", "taxNumber", "country"),
)
_JOB = (
    *_ENTITY,
    _to("parent", "customer", required=True),
    _entry("subsidiary", "subsidiary", required=True),
    _to("class", "classification"),
    _entry("location", "location"),
    Field("startDate", "date"),
    Field("projectedEndDate", "date"),
    *_texts("custentity_opportunity", "custentity_billing_method", "custentity_po_number"),
    *_texts("custentity_project_manager"),
    *_numbers("custentity_contract_amount", "custentity_contract_version"),
    *_numbers("custentity_bill_rate", "custentity_planned_hours"),
)
_TIME = (
    *_TRANSACTION,
    _to("employee", "employee vendor", required=True),
    _to("customer", "job", required=True),
    Field("hours", "number", required=True),
    *_numbers("rate", "custcol_cost_rate"),
    Field("item"),
    Field("isBillable", "checkbox"),
)
_EXPENSE = (
    *_TRANSACTION,
    _to("entity", "employee vendor", required=True),
    _to("job", "job"),
    Field("expense", "list", required=True),
)
_INVOICE = (
    *_TRANSACTION,
    _to("entity", "customer", required=True),
    _to("job", "job", required=True),
    _entry("currency", "currency", required=True),
    Field("item", "list", required=True),
    *_texts("poNumber", "billTo", "taxNumber"),
    Field("tranId", read_only=True),
    Field("custbody_hold_reasons", read_only=True),
    Field("custbody_approved_by", read_only=True),
)
_JOURNAL = (
    *_TRANSACTION,
    _to("job", "job", required=True),
    *_texts("period", "run"),
    Field("custbody_revenue_amount", "number", required=True),
    Field("line", "list"),
)
_ORDER = (
    *_TRANSACTION,
    _to("entity", "vendor", required=True),
    _to("job", "job"),
    Field("item", "list"),
    Field("custbody_amount", "number"),
)
_CONTROL = (
    *_SOURCE,
    _to("custrecord_job", "job", required=True),
    Field("custrecord_control", length=83, required=True),
    *_texts("custrecord_kind", "custrecord_currency", "custrecord_status"),
    *_numbers("custrecord_amount", "custrecord_hours"),
    Field("custrecord_date", "date"),
    Field("isInactive", "checkbox"),
)
_DIMENSION = (
    Field("externalId", length=150, external=True, unique=True),
    Field("name", length=83, required=True),
    Field("isInactive", "checkbox"),
)


def _type(
    name: str, fields: Iterable[Field], ledger: str = "", arrives: str = "", data: str = ""
) -> RecordType:
    return RecordType(name, object_type(name, name, "", fields), ledger, arrives, data)


TYPES: Mapping[str, RecordType] = {
    kind.name.lower(): kind
    for kind in (
        _type("customer", _CUSTOMER),
        _type("job", _JOB),
        _type("employee", _PERSON),
        _type("vendor", _PERSON),
        _type("classification", _DIMENSION),
        _type("customrecord_billing_control", _CONTROL),
        _type("timeBill", _TIME, "time", "approved", "unit"),
        _type("expenseReport", _EXPENSE, "time", "approved", "category"),
        _type("vendorBill", _EXPENSE, "time", "approved", "category"),
        _type("purchaseOrder", _ORDER, "ar_gl", "approved"),
        _type("invoice", _INVOICE, "ar_gl", "pendingApproval", "exchange rate"),
        _type("journalEntry", _JOURNAL, "ar_gl", "approved"),
    )
}
"""Record types by lower-case name: NetSuite's own pages differ in case, so the paths match either."""

TRANSACTION_CODES: Mapping[str, str] = {
    "CustInvc": "invoice",
    "ExpRept": "expensereport",
    "VendBill": "vendorbill",
    "Journal": "journalentry",
    "PurchOrd": "purchaseorder",
}
"""`transaction.type` in SuiteQL to the record type's table."""
