"""Workday's books: each completed change as commitments that PSA and ERP must hold from its day on.

What the opening holds was committed before the run. A change of attributes that a target does not keep is
never due there, but a target may well be told of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kernel.time import period_of
from measurements.facts import Commitment
from mocks.workday.history import Change, History, State

NEEDED = {
    "psa": ("active", "cost_rate_minor", "currency", "email", "name", "practice", "region"),
    "erp": ("active", "cost_rate_minor", "entity", "practice"),
}
"""Target to the attributes that it keeps of a worker; a change of others alone is never due there."""


def commitments(history: History, until_s: float) -> Iterator[Commitment]:
    """One row per change and target, and one for the warehouse."""
    for change in history.changes:
        if change.entered_s > until_s or change.due_s > until_s:
            continue
        state = history.state(change.worker, change.due_s, change.due_s)
        for part, names in NEEDED.items():
            terms = {name: change.fields[name] for name in names if name in change.fields}
            yield _row("worker", change, part, history, terms, state)
        yield _row("reporting", change, "", history, {}, state)


def _row(
    flow: str, change: Change, part: str, history: History, terms: dict[str, Any], state: State | None
) -> Commitment:
    """`state` is the worker's when the change is due."""
    attributes = state.attributes if state else change.fields
    version = state.version if state and flow == "reporting" else 1
    return Commitment(
        flow=flow,
        key=change.worker if flow == "reporting" else change.key,
        part=part,
        version=version,
        system="workday",
        committed_at_s=change.entered_s,
        due_from_s=change.due_s if terms or flow == "reporting" else math.inf,
        withdrawn_at_s=_superseded_s(change, history, terms) if terms else None,
        submitter=change.entered_by,
        approver=change.entered_by,
        authorised=True,
        project="",
        customer="",
        worker=change.worker,
        entity=str(attributes.get("entity", "")),
        transaction_date=change.effective,
        period=period_of(change.effective),
        hours_centi=0,
        amount_minor=0,
        currency=str(attributes.get("currency", "")),
        terms=terms,
    )


def _superseded_s(change: Change, history: History, terms: dict[str, Any]) -> float | None:
    """When a change that takes effect on top sets one of the same attributes anew."""
    later = [
        other.due_s
        for other in history.of(change.worker)
        if (other.effective_s, other.number) > (change.effective_s, change.number)
        and not terms.keys().isdisjoint(other.fields)
    ]
    return max(min(later), change.due_s) if later else None
