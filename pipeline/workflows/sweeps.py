"""Sweeps: the target's sums by source key, and what differs from the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.money import minor
from pipeline.connectors.netsuite import NetSuite, literal
from pipeline.translation.time import KEY, whole
from pipeline.workflows.approved import is_approved

Held = Mapping[str, Mapping[int, int]]


async def net_hours(netsuite: NetSuite, stamp: str) -> Held:
    """Hours (centi) by timecard and version of what the ERP saved since, reversals counted out."""
    rows = await netsuite.suiteql(
        "SELECT custbody_source_key, custbody_source_version, SUM(hours) AS net FROM timebill"
        f" WHERE lastmodifieddate >= {literal(stamp)} GROUP BY custbody_source_key, custbody_source_version"
    )
    held: dict[str, dict[int, int]] = {}
    for row in rows:
        key = row.get("custbody_source_key")
        if key:
            held.setdefault(key, {})[whole(row.get("custbody_source_version") or 1)] = minor(row["net"])
    return held


def differs(header: Mapping[str, Any], held: Held) -> bool:
    """Whether a header's approved hours and the ERP's differ."""
    versions = held.get(header[KEY], {})
    if not is_approved(header):
        return any(net > 0 for net in versions.values())
    version = whole(header["Version__c"])
    wanted = minor(header.get("pse__Total_Hours__c") or 0)
    return versions.get(version, 0) != wanted or any(
        net > 0 for number, net in versions.items() if number != version
    )
