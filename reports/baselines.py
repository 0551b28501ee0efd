"""Which models stand beside the comparison: told by a model's table, never by its name.

A leg that nobody integrates (by hand, by lone scripts, or as the log recorded it) is offered as no answer. A
model stands aside on a workflow's KPIs where its leg does, on those of the whole where all of its legs do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MANUAL, RECORDED = "manual", "as recorded"
PATTERNS = (MANUAL, "point-to-point", RECORDED)
RECOMMENDED = "recommended"
"""The model that runs the table of the answer. It stands beside the others, and is no evidence for itself."""

Table = Mapping[str, str]
"""Workflow to pattern."""


def stands_aside(table: Table, workflow: str = "") -> bool:
    """Whether a model is a baseline in a workflow; without one, in all of its own."""
    if workflow:
        return table.get(workflow, MANUAL) in PATTERNS
    return all(pattern in PATTERNS for pattern in table.values())


def candidates(models: Mapping[str, Table], ran: Iterable[str], workflow: str = "") -> list[str]:
    """The models that ran and may be offered as an answer."""
    return [model for model in ran if model != RECOMMENDED and not stands_aside(models[model], workflow)]


def by_hand(models: Mapping[str, Table], ran: Iterable[str]) -> str | None:
    """The model that ran with every workflow done by hand: what benefits are counted against."""
    return next((m for m in ran if models[m] and set(models[m].values()) == {MANUAL}), None)


def mixed(table: Table) -> bool:
    """Whether a model carries its workflows by several patterns, as the hybrid does."""
    return len({pattern for pattern in table.values() if pattern not in PATTERNS}) > 1
