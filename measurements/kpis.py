"""Every KPI of semantics.md §6, from facts only: no pipeline, no vendor and no model enters.

latencies    start event in the window; finished, or at the age it had at the end
close        what stood before the entity's locks
calls        from BD-10 to the end of the window, as the work of people
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from measurements.billing import Billed, billed, invoice_items, milestone_items, unbilled_at_close, value_due
from measurements.calls import calls, limits
from measurements.close import Approved, approved_time, posted_before_close
from measurements.delays import Against
from measurements.doubles import doubles_removed
from measurements.drain import drain
from measurements.facts import Labour
from measurements.holds import invoice_holds
from measurements.invoices import invoice_accuracy
from measurements.latencies import LATENCIES
from measurements.observed import Observed
from measurements.percentiles import figures_of
from measurements.recovery import recovery
from measurements.reporting import margin_error, utilization_error
from measurements.run import Figure
from measurements.view import View, view


def kpis(observed: Observed) -> dict[str, Figure]:
    """All KPIs of one run; those of recovery need a twin, so see `assess`."""
    seen = view(observed)
    return figures(seen, billed(seen), approved_time(seen), None)


def figures(
    seen: View, billing: Billed, approved: Sequence[Approved], twin: Against | None
) -> dict[str, Figure]:
    """All KPIs from what was indexed before."""
    found = _latencies(seen, billing)
    found.update(_of_the_close(seen, billing, approved))
    found["invoice_accuracy_pct"] = invoice_accuracy(seen)
    found["invoice_holds"] = invoice_holds(seen)
    found["margin_error_pct"] = margin_error(seen)
    found["utilization_error_pts"] = utilization_error(seen)
    found.update(calls(seen))
    found.update(limits(seen))
    found["manual_hours"] = manual_hours(seen.observed.counted_labour)
    found["doubles_removed"] = doubles_removed(seen)
    found["drain_h"] = drain(seen, None if twin is None else twin.backlog)
    if twin is not None and seen.observed.faults:
        found.update(recovery(seen.observed.faults, twin))
    return found


def _of_the_close(seen: View, billing: Billed, approved: Sequence[Approved]) -> dict[str, Figure]:
    """What stood at the locks; nothing of it is due where they were planned for after the window."""
    until_s, closes = seen.observed.window_s[1], seen.observed.closes
    timed = all(close.time_lock_s <= until_s for close in closes)
    locked = all(close.ledger_lock_s <= until_s for close in closes)
    return {
        "posted_before_close_pct": posted_before_close(seen, approved) if timed else Figure(None),
        "unbilled_at_close_usd": unbilled_at_close(seen, billing) if locked else Figure(None),
        **(value_due(seen, billing) if locked else {}),
    }


def _latencies(seen: View, billing: Billed) -> dict[str, Figure]:
    """Of invoices the items are projects, since a project's last invoice completes its period."""
    completed = {"invoice": invoice_items(seen, billing), "milestone": milestone_items(seen, billing)}
    flows = {**seen.counted, **completed}
    found: dict[str, Figure] = {}
    for latency in LATENCIES.values():
        rows = flows.get(latency.flow, ())
        found.update(figures_of(latency, rows, seen.observed.end_s, seen.observed.targets))
    return found


def labour_hours(labour: Iterable[Labour]) -> dict[str, float]:
    """Cause to hours of people's work over the whole run."""
    minutes: dict[str, list[float]] = {}
    for row in labour:
        minutes.setdefault(row.cause, []).append(row.minutes)
    return {cause: math.fsum(spent) / 60.0 for cause, spent in sorted(minutes.items())}


def manual_hours(labour: Sequence[Labour]) -> Figure:
    """Hours of people's work that the integration caused, by cause."""
    hours = labour_hours(labour)
    counts: dict[str, int] = {}
    for row in labour:
        counts[row.cause] = counts.get(row.cause, 0) + 1
    parts = {cause: Figure(spent, counts[cause]) for cause, spent in hours.items()}
    return Figure(math.fsum(hours.values()), len(labour), by=parts)
