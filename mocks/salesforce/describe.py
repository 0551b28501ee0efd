"""Describe: the same definitions that the checks are compiled from, in the vendor's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mocks.fields import Field
from mocks.limits import Limit
from mocks.salesforce.columns import API
from mocks.salesforce.history import PARENTS
from mocks.salesforce.schema import Schema, View

_TYPES = {"text": "string", "number": "double", "checkbox": "boolean", "list": "anyType"}


def described(view: View) -> dict[str, Any]:
    """One object with its fields."""
    return {
        **_head(view),
        "fields": [_field(visible, field) for visible, field in view.fields.items()],
    }


def described_all(schema: Schema, version: float) -> dict[str, Any]:
    """The list of objects."""
    views = (schema.view(name, version) for name in schema.types)
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [_head(view) for view in views]}


def _head(view: View) -> dict[str, Any]:
    name = view.kind.name
    return {
        "name": name,
        "label": view.kind.label,
        "keyPrefix": view.kind.prefix,
        "custom": name.endswith("__c"),
        "createable": name not in PARENTS,
        "updateable": name not in PARENTS,
        "queryable": True,
        "urls": {"sobject": f"{API}/sobjects/{name}", "describe": f"{API}/sobjects/{name}/describe"},
    }


def _field(name: str, field: Field) -> dict[str, Any]:
    return {
        "name": name,
        "label": field.label or name,
        "type": _TYPES.get(field.type, field.type),
        "length": field.length,
        "nillable": not field.required and field.type != "checkbox",
        "externalId": field.external,
        "unique": field.unique,
        "createable": not field.read_only,
        "updateable": not field.read_only,
        "referenceTo": [field.reference] if field.reference else [],
        "relationshipName": field.relation or None,
        "picklistValues": [{"value": value, "label": value, "active": True} for value in field.picklist],
        "defaultValue": field.default,
    }


def limits(known: Iterable[Limit], now_s: float) -> dict[str, Any]:
    """The limits resource."""
    names = {
        "daily_api_requests": "DailyApiRequests",
        "event_deliveries_24h": "DailyDeliveredPlatformEvents",
        "async_executions_24h": "DailyAsyncApexExecutions",
    }
    return {
        names[limit.name]: {"Max": int(limit.size), "Remaining": max(0, int(limit.size - limit.used(now_s)))}
        for limit in known
        if limit.name in names
    }
