"""Field history, as the org's administrator switched it on: what a tracked field said before each change.

    pse__Timecard__c  ──>  pse__Timecard__History   (ParentId, Field, OldValue, NewValue, CreatedDate)
    Opportunity       ──>  OpportunityFieldHistory  (OpportunityId, ...)

Rows are the org's own: nobody writes them, and a record's creation is no change. They are kept 18 months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mocks.fields import Field, ObjectType, object_type

if TYPE_CHECKING:
    from mocks.salesforce.org import Org, Saved

_HOURS = tuple(f"pse__{day}_Hours__c" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))

TRACKED: Mapping[str, tuple[str, ...]] = {
    "Opportunity": ("Amount", "Planned_Hours__c", "Start_Date__c", "End_Date__c"),
    "pse__Proj__c": ("Contract_Amount__c", "pse__Planned_Hours__c"),
    "pse__Timecard_Header__c": ("Approved_At__c", "Approved_By__c"),
    "pse__Timecard__c": (
        *("pse__Status__c", "pse__Bill_Rate__c", "pse__Start_Date__c", "pse__End_Date__c"),
        *(*_HOURS, "pse__Saturday_Hours__c", "pse__Sunday_Hours__c"),
    ),
}
"""Object to its tracked fields (the vendor allows 20 an object): what revenue as of an instant is made of."""

FIELD = "Field"
"""The column that names the field that changed, as the field is called now."""


def history_of(object_: str) -> str:
    """The name of the object that holds another one's history."""
    return object_.replace("__c", "__History") if object_.endswith("__c") else f"{object_}FieldHistory"


def _parent(object_: str) -> str:
    return "ParentId" if object_.endswith("__c") else f"{object_}Id"


def _type(object_: str, prefix: str) -> ObjectType:
    columns: Iterable[Field] = (
        Field(_parent(object_), "reference", length=18, read_only=True, reference=object_),
        *(Field(name, "any", read_only=True) for name in (FIELD, "OldValue", "NewValue")),
    )
    return object_type(history_of(object_), f"{object_} history", prefix, columns)


HISTORIES: Mapping[str, ObjectType] = {
    history_of(name): _type(name, f"0h{place}") for place, name in enumerate(TRACKED)
}
"""History object to its definition."""
PARENTS: Mapping[str, str] = {history_of(name): name for name in TRACKED}
"""History object to the object whose fields it tells of."""


def track(org: Org) -> None:
    """Keep the history of what is tracked from now on."""

    def keep(saved: Saved) -> None:
        if saved.op != "update":
            return
        for name in TRACKED[saved.object]:
            if name in saved.changes:
                row = {
                    _parent(saved.object): saved.id,
                    FIELD: name,
                    "OldValue": saved.before[name],
                    "NewValue": saved.changes[name],
                }
                org.tables[history_of(saved.object)].insert(row, saved.at_s)

    for name in TRACKED:
        org.keepers[name].append(keep)
