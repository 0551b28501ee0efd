"""Workday's books: each completed change as commitments that PSA and ERP must hold from its day on.

What the opening holds was committed before the run. A change is due where it sets an attribute that the
target keeps to another value than stood before. One that changes nothing there (a raise to the same rate, a
transfer to where one is, a new manager) is never due there, but a target may well be told of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from kernel.time import period_of
from measurements.facts import Commitment
from mocks.workday.history import Change, Fields, History, State

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
        fresh = news(change, history)
        for part, names in NEEDED.items():
            terms = {name: change.fields[name] for name in names if name in change.fields}
            said = {name: value for name, value in terms.items() if name in fresh}
            yield _row("worker", change, part, history, terms, state, said)
        yield _row("reporting", change, "", history, {}, state, {})


def news(change: Change, history: History) -> Fields:
    """The attributes that the change sets to another value than stood before it, when it is due."""
    before: dict[str, object] = {}
    for other in sorted(history.of(change.worker), key=_order):
        if _order(other) < _order(change) and other.due_s <= change.due_s:
            before.update(other.fields)
    return {
        name: value for name, value in change.fields.items() if name not in before or before[name] != value
    }


def _order(change: Change) -> tuple[float, int]:
    """In which changes apply: by their day, then as entered."""
    return change.effective_s, change.number


def _row(
    flow: str, change: Change, part: str, history: History, terms: Fields, state: State | None, fresh: Fields
) -> Commitment:
    """`state` is the worker's when the change is due, `fresh` those of the terms that say something new."""
    attributes = state.attributes if state else change.fields
    version = state.version if state and flow == "reporting" else 1
    return Commitment(
        flow=flow,
        key=change.worker if flow == "reporting" else change.key,
        part=part,
        version=version,
        system="workday",
        committed_at_s=change.entered_s,
        due_from_s=change.due_s if fresh or flow == "reporting" else math.inf,
        withdrawn_at_s=_superseded_s(change, history, fresh) if fresh else None,
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


def _superseded_s(change: Change, history: History, terms: Fields) -> float | None:
    """When a change that takes effect on top sets one of these terms anew.

    What was on top before this one was due hides it from the start; later, only another value replaces it.
    """
    later = [
        other.due_s
        for other in history.of(change.worker)
        if _order(other) > _order(change) and _replaces(other, terms, hides=other.due_s < change.due_s)
    ]
    return max(min(later), change.due_s) if later else None


def _replaces(other: Change, terms: Fields, hides: bool) -> bool:
    shared = terms.keys() & other.fields.keys()
    return any(hides or other.fields[name] != terms[name] for name in shared)
