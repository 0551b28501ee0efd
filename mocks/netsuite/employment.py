"""Who may still be named in a transaction: a person made inactive, for dates before the day that took effect.

A leaver's last weeks are approved after he has left. The account therefore takes what is dated before the
effective date of the inactivation, and nothing dated on it or later (assumption: a date that the firm keeps
in `custentity_effective`; without one an inactive record takes no reference at all).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.netsuite.errors import invalid_reference
from mocks.netsuite.ledger import Ledger
from mocks.store import Record

PEOPLE = frozenset({"employee", "vendor"})
EFFECTIVE = "custentity_effective"


DATED = frozenset({"employee", "entity", "tranDate"})
"""Fields of a transaction that say who is named as of when."""


def employed(ledger: Ledger, fields: Mapping[str, Any]) -> None:
    """Raise RefusedError where the transaction names a person who had left by its day."""
    day = str(fields["tranDate"])
    for name in ("employee", "entity"):
        number = fields.get(name)
        for kind in ("employee", "vendor") if number else ():
            record = ledger.tables[kind].records.get(str(number))
            if record is not None and record.get("isInactive") and day >= left_on(record):
                raise invalid_reference(kind, str(record.get("externalId") or record["entityId"]), name)


def left_on(record: Record) -> str:
    """The day from which an inactive person takes no more transactions ("" = always)."""
    day = str(record.get(EFFECTIVE) or "")
    for line in reversed(record.get("_history", ())):
        if not line.get("isInactive"):
            break
        day = str(line.get(EFFECTIVE) or "")
    return day
