"""Cases of an event log: who handed what over when, and when it was really paid.

submitted ──> finally approved ──> handed over (the version is due from here) ──> paid (as recorded)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from kernel.money import minor

HOUR_S = 3600.0


class Activities(NamedTuple):
    """The names of the activities that matter, as the log has them."""

    submitted: str = "Declaration SUBMITTED by EMPLOYEE"
    approved: str = "Declaration FINAL_APPROVED by SUPERVISOR"
    handed_over: str = "Request Payment"
    paid: str = "Payment Handled"
    rejected: str = "REJECTED"


class Event(NamedTuple):
    """One line of a log. `at` is an aware datetime; `amount` the text of the log, empty where it has none."""

    case: str
    activity: str
    at: datetime
    amount: str


class Case(NamedTuple):
    """One case; instants are Unix seconds. `approved_at` None: the log knows no final approval.

    `submitted_at` is the first submission, or the first event of a case that has none.
    """

    case: str
    amount_minor: int
    submitted_at: float
    approved_at: float | None
    handed_over_at: float
    paid_at: float | None
    rejections: int


class History(NamedTuple):
    """A whole log. `read` counts all its cases, `skipped` those that became no act, by reason."""

    source: str
    cases: tuple[Case, ...]
    read: int
    skipped: Mapping[str, int]
    first_at: float
    last_at: float

    @property
    def paid(self) -> tuple[Case, ...]:
        """The cases that were handed over and paid."""
        return tuple(case for case in self.cases if case.paid_at is not None)


def history(source: str, events: Iterable[Event], names: Activities) -> History:
    """Events in any order, grouped by case; every case is either kept or counted with the reason why not."""
    by_case: dict[str, list[Event]] = {}
    for event in events:
        by_case.setdefault(event.case, []).append(event)
    cases, skipped = [], dict[str, int]()
    first_at, last_at = float("inf"), float("-inf")
    for key, mine in by_case.items():
        mine.sort(key=lambda event: event.at)
        first_at, last_at = min(first_at, mine[0].at.timestamp()), max(last_at, mine[-1].at.timestamp())
        found = _case(key, mine, names)
        if isinstance(found, Case):
            cases.append(found)
        else:
            skipped[found] = skipped.get(found, 0) + 1
    cases.sort(key=lambda case: (case.handed_over_at, case.case))
    return History(source, tuple(cases), len(by_case), dict(sorted(skipped.items())), first_at, last_at)


def _case(key: str, events: list[Event], names: Activities) -> Case | str:
    at = {event.activity: event.at.timestamp() for event in reversed(events)}
    handed_over = at.get(names.handed_over)
    if handed_over is None:
        return "never handed over for payment"
    amount = next((event.amount for event in events if event.amount), "")
    if not amount:
        return "no amount"
    submitted = at.get(names.submitted, events[0].at.timestamp())
    return Case(
        case=key,
        amount_minor=max(1, minor(amount)),
        submitted_at=min(submitted, handed_over),
        approved_at=max((e.at.timestamp() for e in events if e.activity == names.approved), default=None),
        handed_over_at=handed_over,
        paid_at=at.get(names.paid),
        rejections=sum(names.rejected in event.activity for event in events),
    )
