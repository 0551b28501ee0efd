"""The opening as Workday holds it: each worker as one hire that is long in effect."""

from __future__ import annotations

from mocks.opening import Opening, Worker
from mocks.workday.history import Fields, History

_BEFORE_S = -86400.0
_LONG_S = -3650 * 86400.0
"""Longer ago than any day of work asked about: a change must leave the rate of the days before it."""


def load(history: History, opening: Opening, effective_s: float = _LONG_S) -> None:
    """Enter every worker of the opening, by `opening`, the day before the run begins."""
    for worker in opening.workers:
        history.enter(
            worker.worker, "opening", (worker.since, effective_s), (_BEFORE_S, "opening"), _fields(worker)
        )


def _fields(worker: Worker) -> Fields:
    return {
        "name": worker.name,
        "email": worker.email,
        "kind": worker.kind,
        "vendor": worker.vendor,
        "entity": worker.entity,
        "region": worker.region,
        "practice": worker.practice,
        "manager": worker.manager,
        "cost_rate_minor": worker.cost_rate_minor,
        "currency": worker.currency,
        "active": True,
    }
