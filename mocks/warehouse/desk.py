"""What people do with the warehouse: read the report, and (clerks) enter facts that no integration brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.time import BusinessTime
from mocks.desk import Verb
from mocks.journal import Journal
from mocks.warehouse.api import load
from mocks.warehouse.report import Report
from mocks.warehouse.shelf import Shelf


class WarehouseDesk:
    """The verbs `report.read` and `report.enter` (facts[...], as at the door for machines)."""

    def __init__(self, shelf: Shelf, time: BusinessTime, to_usd: Mapping[str, str], journal: Journal) -> None:
        self._shelf = shelf
        self._journal = journal
        self._time = time
        self._report = Report(to_usd)
        self._counted = 0

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does."""
        return {"report.read": self._read, "report.enter": self._enter}

    def _read(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        """Totals over all projects; the report's sums go on where the last reading stopped."""
        for fact in self._shelf.log[self._counted :]:
            self._report.put(fact)
        self._counted = len(self._shelf.log)
        rows = list(self._report.rows(now_s))
        projects = [row for row in rows if row.kind == "project"]
        return {
            "at": self._time.stamp(now_s),
            "projects": len(projects),
            "workers": len(rows) - len(projects),
            "revenue_minor": sum(row.revenue_minor for row in projects),
            "cost_minor": sum(row.cost_minor for row in projects),
            "hours_centi": sum(row.hours_centi for row in projects),
        }

    def _enter(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, int]:
        return load(self._shelf, self._time, self._journal, given["facts"], (user, now_s))
