"""What a month-end can hold and no scenario can say yet: each with what takes its place, for the page."""

from __future__ import annotations

from typing import NamedTuple


class Left(NamedTuple):
    """One thing that is out of scope, and what happens instead."""

    what: str
    instead: str


OUT_OF_SCOPE: tuple[Left, ...] = (
    Left("intercompany cross-charge", "a missing intercompany relation is a posting exception"),
    Left("merged accounts", "a customer keeps its key, and is never merged into another"),
    Left("a reopened period", "a lock falls once; what comes later goes to the first open period, told"),
    Left("a thirteenth period and 4-4-5 calendars", "accounting periods are calendar months"),
    Left("tax by line and its rounding", "invoices carry the customer's tax number, and net amounts"),
    Left("rescinded worker changes", "HR puts a change right by another one, which is carried over too"),
    Left("currencies of thousandths (KWD, BHD)", "a firm file with one is refused"),
)


def lines() -> list[str]:
    """One sentence a thing."""
    return [f"Out of scope: {left.what}; {left.instead}." for left in OUT_OF_SCOPE]
