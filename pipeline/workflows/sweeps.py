"""Sweeps: what the target holds by source key, and what differs from the source.

The target is asked for what it saved lately; a key that then seems to differ is asked for by name, since
what was posted long ago may belong to a record that was saved today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kernel.money import minor
from pipeline.connectors.netsuite import NetSuite, literal
from pipeline.translation.time import whole
from pipeline.workflows.approved import is_approved

Row = Mapping[str, Any]
Held = dict[str, dict[int, int]]
_KEYS = 200


async def net_hours(netsuite: NetSuite, condition: str) -> Held:
    """Hours (centi) by timecard and version, reversals counted out."""
    rows = await netsuite.suiteql(
        "SELECT custbody_source_key, custbody_source_version, SUM(hours) AS net FROM timebill"
        f" WHERE {condition} GROUP BY custbody_source_key, custbody_source_version"
    )
    held: Held = {}
    for row in rows:
        key = row.get("custbody_source_key")
        if key:
            held.setdefault(key, {})[whole(row.get("custbody_source_version") or 1)] = minor(row["net"])
    return held


async def live_documents(netsuite: NetSuite, condition: str) -> Held:
    """How many expense documents stand, by report and version."""
    rows = await netsuite.suiteql(
        "SELECT id, custbody_source_key, custbody_source_version, custbody_reverses FROM transaction"
        f" WHERE type IN ('ExpRept', 'VendBill') AND {condition}"
    )
    undone = {row["custbody_reverses"] for row in rows if row.get("custbody_reverses")}
    held: Held = {}
    for row in rows:
        if not row.get("custbody_reverses") and row["id"] not in undone:
            versions = held.setdefault(row.get("custbody_source_key", ""), {})
            version = whole(row.get("custbody_source_version") or 1)
            versions[version] = versions.get(version, 0) + 1
    return held


def saved_since(stamp: str) -> str:
    """The condition of a first, cheap comparison."""
    return f"lastmodifieddate >= {literal(stamp)}"


def named(keys: Iterable[str]) -> str:
    """The condition of the second comparison."""
    return f"custbody_source_key IN ({', '.join(map(literal, keys))})"


def chunks(keys: Sequence[str]) -> list[Sequence[str]]:
    """Keys in portions of one query each."""
    return [keys[start : start + _KEYS] for start in range(0, len(keys), _KEYS)]


def differs(record: Row, wanted: int, versions: Mapping[int, int]) -> bool:
    """Whether what stands is not the approved version, whole, and nothing else."""
    version = whole(record["Version__c"]) if is_approved(record) else 0
    if version and versions == {version: wanted}:
        return False
    if any(net > 0 for number, net in versions.items() if number != version):
        return True
    return bool(version) and versions.get(version, 0) != wanted
