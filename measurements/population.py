"""Which commitments the audit judges: one population and one horizon for all models of a replication.

    BD-10 ──── handed over, and standing at the horizon: audited ────> BD+7 | later acts: load, not audited
                                                                            └──> end of observation: judged

A run ends when its counted items are finished, so models end on different days; what people did after the
window must not enter one model's audit and miss in another's. What was recalled or replaced between horizon
and end is *overtaken*: no longer wanted, and not lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from measurements.facts import DOCUMENTS, Commitment


def handed_over_s(row: Commitment) -> float:
    """When the row was both committed and due; what is never due counts from its commit."""
    return max(row.committed_at_s, row.due_from_s) if row.due_from_s < math.inf else row.committed_at_s


def audited(row: Commitment, horizon_s: float) -> bool:
    """Whether it was due and authorised at the horizon, neither recalled nor replaced by then."""
    standing = row.withdrawn_at_s is None or row.withdrawn_at_s > horizon_s
    return row.authorised and standing and row.committed_at_s <= horizon_s and row.due_from_s <= horizon_s


def newest(rows: Iterable[Commitment], until_s: float) -> dict[tuple[str, str, str], int]:
    """System, key and part of states to the newest version handed over by then."""
    versions: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if row.flow not in DOCUMENTS and handed_over_s(row) <= until_s:
            place = (row.system, row.key, row.part)
            versions[place] = max(versions.get(place, row.version), row.version)
    return versions
