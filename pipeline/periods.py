"""Accounting periods as the ERP has them: learnt from it, kept, and learnt anew when it refuses one.

The two dates rule (semantics 4): a record keeps its transaction date; its period is that date's where open,
else the first open one, and the move is logged on the record.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from kernel.time import period_of
from pipeline.connectors.netsuite import NetSuite
from pipeline.failures import RefusedError

_QUERY = "SELECT subsidiary, periodname, timelocked, closed FROM accountingperiod"


class Posting(NamedTuple):
    """The period to post into; `moved_from` is the transaction date's own period where that is closed."""

    period: str
    moved_from: str


class Periods:
    """Open periods by entity and sub-ledger (`time` or `ar_gl`)."""

    def __init__(self, netsuite: NetSuite) -> None:
        self._netsuite = netsuite
        self._open: dict[tuple[str, str], list[str]] = {}
        self._learnt: dict[tuple[str, str, str], Posting] = {}

    def known(self, entity: str, day: str, ledger: str = "time") -> Posting | None:
        """Where a transaction of that day belongs, if that was asked since the ERP last told its periods."""
        return self._learnt.get((entity, period_of(day), ledger))

    async def posting(self, entity: str, day: str, ledger: str = "time", deadline_s: float = inf) -> Posting:
        """Where a transaction of that day belongs. Raises RefusedError where no period is open."""
        known = self.known(entity, day, ledger)
        if known is not None:
            return known
        if not self._open:
            await self.refresh(deadline_s)
        period = period_of(day)
        later = [name for name in self._open.get((entity, ledger), ()) if name >= period]
        if not later:
            raise RefusedError("closed_period", f"no open period for {period} of {entity}")
        posting = Posting(later[0], "" if later[0] == period else period)
        self._learnt[entity, period, ledger] = posting
        return posting

    async def refresh(self, deadline_s: float = inf) -> None:
        """Ask the ERP again. Raises UnreachableError."""
        rows = await self._netsuite.suiteql(_QUERY, deadline_s)
        self._learnt.clear()
        self._open.clear()
        for row in sorted(rows, key=lambda row: (row["subsidiary"], row["periodname"])):
            for ledger, closed in (("time", "timelocked"), ("ar_gl", "closed")):
                if row[closed] == "F":
                    self._open.setdefault((row["subsidiary"], ledger), []).append(row["periodname"])
