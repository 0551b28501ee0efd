"""The one SuiteQL that is asked before a person's invoice is sent: does what it bills stand in the ERP?

Time where the event bills time, else controls of milestones and instalments. All other checks are finance's.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.connectors.netsuite import NetSuite, literal
from pipeline.translation.invoice import Event, Line

_ROUNDING_CENTI = 1


async def lacking(netsuite: NetSuite, event: Event, lines: Sequence[Line], deadline_s: float) -> list[str]:
    """Keys of what is billed and does not stand; empty where all does. Raises UnreachableError."""
    time = [line for line in lines if line.kind == "time"]
    if time:
        return await _time(netsuite, time, deadline_s)
    controls = [line for line in lines if line.kind in {"milestone", "instalment"}]
    return await _controls(netsuite, event, controls, deadline_s) if controls else []


async def _time(netsuite: NetSuite, lines: Sequence[Line], deadline_s: float) -> list[str]:
    """Timecards of which fewer hours stand, at the version billed, reversals counted out, than are billed."""
    among = ", ".join(literal(key) for key in dict.fromkeys(line.key for line in lines))
    rows = await netsuite.suiteql(
        "SELECT custbody_source_key, custbody_source_version, SUM(hours) AS posted FROM timebill"
        f" WHERE custbody_source_key IN ({among})"
        " GROUP BY custbody_source_key, custbody_source_version",
        deadline_s,
    )
    posted = {
        (row["custbody_source_key"], row["custbody_source_version"]): round(float(row["posted"]) * 100)
        for row in rows
    }
    billed: dict[tuple[str, str], int] = {}
    for line in lines:
        unit = (line.key, str(line.version))
        billed[unit] = billed.get(unit, 0) + line.quantity_centi
    return [unit[0] for unit, centi in billed.items() if posted.get(unit, 0) < centi - _ROUNDING_CENTI]


async def _controls(netsuite: NetSuite, event: Event, lines: Sequence[Line], deadline_s: float) -> list[str]:
    keys = {f"{event.project}:{line.key}": line.key for line in lines}
    among = ", ".join(literal(key) for key in keys)
    rows = await netsuite.suiteql(
        "SELECT custbody_source_key FROM customrecord_billing_control"
        f" WHERE custbody_source_key IN ({among}) AND isinactive = 'F'",
        deadline_s,
    )
    held = dict.fromkeys(row["custbody_source_key"] for row in rows)
    return [name for key, name in keys.items() if key not in held]
