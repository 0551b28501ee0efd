"""Cases of an event log: who handed what over when, and when it was really paid.

submitted ──> finally approved ──> handed over (the version is due from here) ──> paid (as recorded)

Only the named activities have instants here. A case that tells no sensible story is skipped, and counted with
its reason; a remark counts what was read in one of several possible ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from scenarios.history.activities import Activities

HOUR_S = 3600.0
PLAUSIBLE = timedelta(days=5 * 366)
"""Assumption: how far an instant may lie from the log's middle. Placeholders (1900, 9999) lie further."""
MOST = Decimal(10) ** 12
"""Amounts from here on are keying mistakes: no expense report is a million millions."""
LONGEST = 100
"""A case's id becomes a key in systems that hold 150 characters, with parts of the key around it."""

NOT_HANDED_OVER = "never handed over for payment"
IMPLAUSIBLE = "an instant more than 5 years from the log's middle"
PAID_BEFORE = "paid before it was handed over, and not after"
NO_AMOUNT = "no amount"
NOTHING_TO_PAY = "an amount of 0 or less"
TOO_LONG = f"a case id of more than {LONGEST} characters"
TOO_MUCH = f"an amount of {MOST:,} or more"

HANDED_OVER_AGAIN = "cases handed over more than once: the first counts"
PAID_AGAIN = "cases paid more than once: the first payment after the hand-over counts"
PAID_TOO_EARLY = "cases with a payment before the hand-over, too: the first one after it counts"
CLOCKS_CHANGED = (
    "instants without a zone in an hour that a change of clocks repeats or skips: read as before it"
)


class Event(NamedTuple):
    """One line of a log. `at` is an aware datetime, None of an activity that is not named; `amount` None
    where the line has none."""

    case: str
    activity: str
    at: datetime | None
    amount: Decimal | None


class Case(NamedTuple):
    """One case; instants are Unix seconds, the amount in major units of the payer's currency.

    `submitted_at` is the first submission, or the first approval of a case that has none. `approved_at`
    None: the log knows no final approval.
    """

    case: str
    amount: Decimal
    submitted_at: float
    approved_at: float | None
    handed_over_at: float
    paid_at: float | None
    rejections: int

    @property
    def last_at(self) -> float:
        """The case's last instant that counts."""
        return max(self.handed_over_at, self.paid_at or self.handed_over_at, self.approved_at or 0.0)


class History(NamedTuple):
    """A whole log. `read` counts all its cases, `skipped` those that became no act, by reason; `remarks` what
    was read in one of several ways."""

    source: str
    cases: tuple[Case, ...]
    read: int
    skipped: Mapping[str, int]
    first_at: float
    last_at: float
    remarks: Mapping[str, int] = {}

    @property
    def paid(self) -> tuple[Case, ...]:
        """The cases that were handed over and paid."""
        return tuple(case for case in self.cases if case.paid_at is not None)


def summary_of(log: History) -> list[str]:
    """What became of the log's cases, in words: how many were played, why not the others, and remarks."""
    skipped = "; ".join(f"{count:,} {reason}" for reason, count in log.skipped.items()) or "none"
    found = [f"{log.source}: {log.read:,} cases read, {len(log.cases):,} played; skipped: {skipped}"]
    remarks = "; ".join(f"{count:,} {remark}" for remark, count in log.remarks.items())
    return [*found, f"{log.source}, read with care: {remarks}"] if remarks else found


def history(source: str, events: Iterable[Event], names: Activities) -> History:
    """Events in any order, grouped by case; every case is either kept or counted with the reason why not."""
    by_case: dict[str, list[Event]] = {}
    for event in events:
        by_case.setdefault(event.case, []).append(event)
    told = {key: _Told(key, mine, names) for key, mine in by_case.items()}
    middle = _middle([case.handed_over[0] for case in told.values() if case.handed_over])
    cases, skipped, remarks = [], dict[str, int](), dict[str, int]()
    for case in told.values():
        reason = case.reason(middle)
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
        else:
            cases.append(case.case())
            for remark, count in case.remarks():
                remarks[remark] = remarks.get(remark, 0) + count
    cases.sort(key=lambda case: (case.handed_over_at, case.case))
    first_at = min((case.submitted_at for case in cases), default=float("inf"))
    last_at = max((case.last_at for case in cases), default=float("-inf"))
    return History(source, tuple(cases), len(told), _in_order(skipped), first_at, last_at, _in_order(remarks))


class _Told:
    """What a log tells of one case: instants of the named activities, each in order."""

    def __init__(self, key: str, events: Sequence[Event], names: Activities) -> None:
        self.key = key
        self._events = events
        self._names = names
        self._moments = [event.at for event in events if event.at is not None]
        self.handed_over = self._at(names.handed_over)

    def _at(self, activities: Sequence[str]) -> list[float]:
        """Their instants in order; the same one twice is an export's duplicate."""
        moments = {e.at.timestamp() for e in self._events if e.at is not None and e.activity in activities}
        return sorted(moments)

    @property
    def payments(self) -> list[float]:
        """Those that can have followed the hand-over; before it there is nothing to pay."""
        return [at for at in self._at(self._names.paid) if at >= self.handed_over[0]]

    @property
    def amount(self) -> Decimal | None:
        """What was handed over, else the first amount that the log has."""
        first = self.handed_over[0]
        own = [event for event in self._events if event.activity in self._names.handed_over]
        amounts = [event.amount for event in own if event.at and event.at.timestamp() == first]
        amounts += [event.amount for event in self._events]
        return next((amount for amount in amounts if amount is not None), None)

    def reason(self, middle: float) -> str:
        """Why it cannot be played, "" where it can."""
        if not self.handed_over:
            return NOT_HANDED_OVER
        if any(abs(moment.timestamp() - middle) > PLAUSIBLE.total_seconds() for moment in self._moments):
            return IMPLAUSIBLE
        if len(self.key) > LONGEST:
            return TOO_LONG
        if self._at(self._names.paid) and not self.payments:
            return PAID_BEFORE
        if self.amount is None:
            return NO_AMOUNT
        if self.amount <= 0:
            return NOTHING_TO_PAY
        return TOO_MUCH if self.amount >= MOST else ""

    def case(self) -> Case:
        """The case, where there is no reason against it."""
        assert self.amount is not None
        handed_over = self.handed_over[0]
        approved, payments = self._at(self._names.approved), self.payments
        first = self._at(self._names.submitted) or approved or self.handed_over
        return Case(
            case=self.key,
            amount=self.amount,
            submitted_at=min(first[0], handed_over),
            approved_at=approved[-1] if approved else None,
            handed_over_at=handed_over,
            paid_at=payments[0] if payments else None,
            rejections=sum(self._names.rejection(event.activity) for event in self._events),
        )

    def remarks(self) -> Iterable[tuple[str, int]]:
        """What could have been read otherwise, with how often."""
        if len(self.handed_over) > 1:
            yield HANDED_OVER_AGAIN, 1
        if len(self.payments) > 1:
            yield PAID_AGAIN, 1
        if len(self.payments) < len(self._at(self._names.paid)):
            yield PAID_TOO_EARLY, 1
        doubtful = sum(moment.utcoffset() != moment.replace(fold=1).utcoffset() for moment in self._moments)
        if doubtful:
            yield CLOCKS_CHANGED, doubtful


def _middle(instants: list[float]) -> float:
    return sorted(instants)[len(instants) // 2] if instants else 0.0


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
