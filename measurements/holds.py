"""Invoices that finance held for what the ERP lacked or had stale, of what a source held at the cut-off.

A hold is the integration's where the fact that its reason names was approved by the cut-off.
`lacked:<what>:<key>` asks when the fact was first approved, `stale:<what>:<key>` when its newest version was
that finance could know of. A reason without a key names what the source always held.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from measurements.facts import Commitment, Hold
from measurements.invoices import invoices_due
from measurements.run import Figure
from measurements.view import View

Known = Mapping[str, list[float]]
"""Key of a source's fact (of a project: its change orders) to the instants of its approvals, in order."""

_OF_CONTRACT = frozenset({"contract_version", "contract_amount"})
"""What change orders make stale; the reason names no order."""


def invoice_holds(view: View) -> Figure:
    """Invoices held at least once because the ERP lacked or had stale what a source held at the cut-off.

    Inherent holds stand apart as a part; `n` counts the invoices due.
    """
    events = invoices_due(view)
    caused: dict[str, bool] = {}
    known = _known(view)
    for hold in view.observed.books.holds:
        row = events.get(hold.event)
        if row is not None:
            caused[row.key] = caused.get(row.key, False) or _integration(view, hold, row, known)
    inherent = sum(not by_us for by_us in caused.values())
    value, count = float(sum(caused.values())), len(events)
    return Figure(value, count, by={"inherent": Figure(float(inherent), count)})


def _known(view: View) -> Known:
    """Approvals of time and expenses by key, of controls by control, and of a project's change orders."""
    found: dict[str, list[float]] = {}
    for flow in ("time", "expense", "control"):
        for row in view.commitments.get(flow, ()):
            # What nobody entitled approved never had to be in the ERP.
            known_s = row.due_from_s if row.authorised else math.inf
            for key in _keys(row):
                found.setdefault(key, []).append(known_s)
    return {key: sorted(instants) for key, instants in found.items()}


def _keys(row: Commitment) -> tuple[str, ...]:
    if row.flow != "control":
        return (row.key,)
    control = str(row.terms["control"])
    return (control, row.project) if row.terms["kind"] == "change_order" else (control,)


def _integration(view: View, hold: Hold, row: Commitment, known: Known) -> bool:
    """Lacked or stale (as the books' cause or the reason says), of what was there at the cut-off."""
    kind, _, rest = hold.reason.partition(":")
    if not (hold.cause == "integration" if hold.cause else kind in {"lacked", "stale"}):
        return False
    what, _, key = rest.partition(":")
    close = view.closes.get(row.entity)
    instants = known.get(row.project if what in _OF_CONTRACT else key) or known.get(key.rpartition(":")[0])
    if close is None or not instants:
        return True
    if kind == "lacked":
        return instants[0] <= close.cut_off_s
    # What is stale was overtaken by the newest that was there when finance looked.
    newest_s = max((at_s for at_s in instants if at_s <= hold.at_s), default=instants[0])
    return newest_s <= close.cut_off_s
