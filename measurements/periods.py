"""Accounting periods: which one an effect had to carry, given its transaction date and when it was committed.

transaction date ─> its period, while open at that instant ─> that one
                                closed                     ─> the next open one, and the move is logged

The audit asks of locks as the ERP has them; whoever plans (revenue, a clerk's sheet) asks of the calendar's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from measurements.facts import PeriodLock

_TIME_LEDGER = frozenset({"time", "expense"})


class Periods:
    """The lock table, asked by entity; a period that the table does not name is open."""

    __slots__ = ("_ledger_s", "_time_s")

    def __init__(self, locks: Sequence[PeriodLock]) -> None:
        self._time_s = {(lock.entity, lock.period): _closes(lock.open, lock.time_lock_s) for lock in locks}
        self._ledger_s = {
            (lock.entity, lock.period): _closes(lock.open, lock.ledger_lock_s) for lock in locks
        }

    def is_open(self, flow: str, entity: str, period: str, at_s: float) -> bool:
        """Whether the period took entries of this flow at that instant (the lock's own instant does not)."""
        closes_s = self._time_s if flow in _TIME_LEDGER else self._ledger_s
        return at_s < closes_s.get((entity, period), math.inf)

    def due(self, flow: str, entity: str, home: str, at_s: float) -> str:
        """The period (`YYYY-MM`) that an entry committed at that instant must carry; `home` is its date's."""
        period = home
        while not self.is_open(flow, entity, period, at_s):
            period = following(period)
        return period


def following(period: str) -> str:
    """The accounting period after this one, both `YYYY-MM`."""
    year, month = int(period[:4]), int(period[5:7])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def _closes(is_open: bool, lock_s: float | None) -> float:
    if not is_open:
        return -math.inf
    return math.inf if lock_s is None else lock_s
