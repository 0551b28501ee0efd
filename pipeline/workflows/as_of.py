"""What records said at an instant: their values now, with what their field history says undone.

    now ──> what the oldest change since then replaced, field by field ──> then

Read the history after the records: what changes between the two readings is then undone as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from pipeline.connectors.salesforce import Salesforce

_SINCE = "SELECT {parent}, Field, OldValue FROM {history} WHERE CreatedDate > {stamp} ORDER BY CreatedDate"


async def former_values(salesforce: Salesforce, object_: str, at_s: float) -> Mapping[str, Mapping[str, Any]]:
    """Record id to what fields that changed since the instant said at it. Raises as `Salesforce.pages`."""
    parent, history = _named(object_)
    soql = _SINCE.format(parent=parent, history=history, stamp=salesforce.stamp(at_s))
    former: dict[str, dict[str, Any]] = {}
    async with aclosing(salesforce.pages(soql)) as pages:
        async for page in pages:
            for row in page:
                said = salesforce.names.into(object_, {row["Field"]: row["OldValue"]})
                former[row[parent]] = {**said, **former.get(row[parent], {})}
    return former


def _named(object_: str) -> tuple[str, str]:
    """The lookup to the record, and the history's own name."""
    if object_.endswith("__c"):
        return "ParentId", object_.replace("__c", "__History")
    return f"{object_}Id", f"{object_}FieldHistory"
