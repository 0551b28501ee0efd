"""How a record looks when it is read: links, references with their names, instants as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.time import BusinessTime
from mocks.fields import Field
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TYPES
from mocks.netsuite.suiteql_columns import display
from mocks.store import Record

HOST = "https://rehearsal.suitetalk.api.netsuite.com"
_ADDRESSES = {kind: f"{HOST}/services/rest/record/v1/{type_.name}/" for kind, type_ in TYPES.items()}


def location(record: Record) -> str:
    """The record's address, which also is what an integration keeps as its id."""
    return _ADDRESSES[record["_kind"]] + str(record["id"])


def rendered(record: Record, doors: Mapping[str, str], ledger: Ledger, time: BusinessTime) -> dict[str, Any]:
    """The record as JSON values, each under the name by which callers know it now."""
    fields = TYPES[record["_kind"]].object.fields
    document: dict[str, Any] = {
        "links": [{"rel": "self", "href": location(record)}],
        "id": record["id"],
        "createdDate": time.stamp(record["_created_s"]),
        "lastModifiedDate": time.stamp(record["_modified_s"]),
    }
    for name, value in record.items():
        door = doors.get(name)
        if door is not None and value is not None:
            document[door] = _value(fields[name], value, ledger)
    return document


def _value(field: Field, value: Any, ledger: Ledger) -> Any:
    if field.type == "reference":
        target = ledger.find(tuple(field.reference.split()), value)
        return {"links": [], "id": value, "refName": display(target)}
    if field.type == "entry":
        return {"links": [], "id": value, "refName": value}
    if field.type == "list":
        return {"items": value}
    if field.type == "picklist":
        return {"id": value, "refName": value}
    return value
