"""Canonical entities: each with a governed, versioned definition and one owner per field.

The field owner is the role whose value wins wherever two differ. The values of `pipeline/translation/` carry
them, and a test holds their fields against these definitions; time, expenses, assignments and dimensions have
no value of their own: they pass from the source's row straight to the target's body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class FieldDefinition(NamedTuple):
    """`type`: text, date, instant, hours_centi, amount_minor, currency, number, flag, or an entity."""

    type: str
    owner: str
    required: bool = True


class Entity(NamedTuple):
    """A definition; `version` is major.minor: a new minor only adds optional fields."""

    name: str
    version: str
    key: str
    fields: Mapping[str, FieldDefinition]


def _entity(name: str, key: str, owner: str, told: str, version: str = "1.0") -> Entity:
    """Fields as `name:type`, `name:type?` (optional), `name:type@owner` (another owner)."""
    fields = {}
    for field in told.split():
        title, _, rest = field.partition(":")
        kind, _, other = rest.partition("@")
        fields[title] = FieldDefinition(kind.rstrip("?"), other or owner, not kind.endswith("?"))
    return Entity(name, version, key, fields)


_DEFINITIONS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Customer",
        "customer",
        "crm",
        "customer:text name:text entity:text currency:currency bill_to:text tax_number:text?"
        " erp_id:text?@erp",
    ),
    (
        "Engagement",
        "opportunity",
        "crm",
        "opportunity:text customer:Customer billing_method:text contract_minor:amount_minor currency:currency"
        " planned_hours:number bill_rate_minor:amount_minor start:date end:date po_number:text practice:text"
        " project_manager:Resource version:number",
    ),
    (
        "Project",
        "project",
        "psa",
        "project:text opportunity:Engagement? customer:Customer entity:text open_for_time:flag"
        " job_id:text?@erp contract_version:number contract_minor:amount_minor currency:currency",
    ),
    (
        "Resource",
        "worker",
        "hcm",
        "worker:text name:text email:text kind:text vendor:text? entity:text region:text practice:text"
        " manager:text? cost_rate_minor:amount_minor currency:currency active:flag effective:date"
        " change:text",
    ),
    (
        "Assignment",
        "assignment",
        "psa",
        "assignment:text project:Project worker:Resource role:text bill_rate_minor:amount_minor start:date"
        " end:date",
    ),
    (
        "TimeEntry",
        "timecard",
        "psa",
        "timecard:text part:text version:number worker:Resource project:Project day:date"
        " hours_centi:hours_centi rate_minor:amount_minor approver:text approved_at:instant period:text@erp"
        " moved_from:text?@erp",
    ),
    (
        "ExpenseItem",
        "report",
        "psa",
        "report:text version:number line:number worker:Resource project:Project day:date"
        " amount_minor:amount_minor currency:currency receipt:flag justification:text? billable:flag"
        " period:text@erp moved_from:text?@erp",
    ),
    (
        "Milestone",
        "milestone",
        "psa",
        "milestone:text project:Project amount_minor:amount_minor target:date status:text version:number",
    ),
    (
        "Invoice",
        "event",
        "psa",
        "event:text project:Project customer:Customer amount_minor:amount_minor currency:currency"
        " bill_to:text tax_number:text? po_number:text? number:text?@erp status:text@erp",
    ),
    (
        "RevenueEvent",
        "journal",
        "erp",
        "journal:text project:Project period:text run:text amount_minor:amount_minor currency:currency",
    ),
    (
        "PurchaseOrder",
        "request",
        "psa",
        "request:text project:Project vendor:text amount_minor:amount_minor currency:currency",
    ),
    ("FinancialDimension", "dimension", "erp", "dimension:text name:text active:flag"),
)

ENTITIES: Mapping[str, Entity] = {definition[0]: _entity(*definition) for definition in _DEFINITIONS}
"""Name to definition."""
