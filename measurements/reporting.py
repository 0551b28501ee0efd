"""How wrong the morning reports were: the warehouse against the truth from source journals at that instant.

margin error      = Σ projects |margin said − margin true| ÷ Σ true revenue
utilization error = mean over heads of |billable said − billable true| ÷ hours true
                    (hours true: what that head really had approved by then)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from measurements.facts import Snapshot
from measurements.run import Figure
from measurements.view import View

_Table = Mapping[str, Snapshot]


def margin_error(view: View) -> Figure:
    """Per cent of true revenue, mean over the reports' mornings, and at close."""
    return _over_days(view, "project", _margin)


def utilization_error(view: View) -> Figure:
    """Points, mean over the reports' mornings, and at close."""
    return _over_days(view, "worker", _utilization)


def _over_days(view: View, kind: str, error: Callable[[_Table, _Table], float | None]) -> Figure:
    said, true = _by_instant(view.observed.books.snapshots, kind), _by_instant(view.observed.truth, kind)
    instants = [at_s for at_s in sorted(true) if not view.observed.report_instants_s or _told(view, at_s)]
    errors = {at_s: error(said.get(at_s, {}), true[at_s]) for at_s in instants}
    known = {at_s: value for at_s, value in errors.items() if value is not None}
    if not known:
        return Figure(None)
    mornings = [value for at_s, value in known.items() if at_s != view.observed.close_s] or list(
        known.values()
    )
    closing = [at_s for at_s in known if at_s <= view.observed.close_s]
    parts = {"at close": Figure(known[closing[-1]], 1)} if closing else {}
    return Figure(math.fsum(mornings) / len(mornings), len(mornings), by=parts)


def _told(view: View, at_s: float) -> bool:
    return at_s in view.observed.report_instants_s or at_s == view.observed.close_s


def _by_instant(rows: Iterable[Snapshot], kind: str) -> dict[float, dict[str, Snapshot]]:
    found: dict[float, dict[str, Snapshot]] = {}
    for row in rows:
        if row.kind == kind:
            found.setdefault(row.at_s, {})[row.key] = row
    return found


def _margin(said: _Table, true: _Table) -> float | None:
    revenue = sum(row.revenue_minor for row in true.values())
    if not revenue:
        return None
    wrong = sum(abs(_of(said.get(key)) - _of(true.get(key))) for key in _keys(said, true))
    return 100.0 * wrong / revenue


def _of(row: Snapshot | None) -> int:
    return 0 if row is None else row.revenue_minor - row.cost_minor


def _keys(said: _Table, true: _Table) -> Sequence[str]:
    return [*true, *(key for key in said if key not in true)]


def _utilization(said: _Table, true: _Table) -> float | None:
    heads = [row for row in true.values() if row.hours_centi]
    if not heads:
        return None
    errors = []
    for row in heads:
        told = said.get(row.key)
        billable = 0 if told is None else told.billable_centi
        errors.append(abs(billable - row.billable_centi) / row.hours_centi)
    return 100.0 * math.fsum(errors) / len(errors)
