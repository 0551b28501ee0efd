"""Made-up facts of one run for the tests of KPIs and audit: a small firm's month, all of it in order."""

from __future__ import annotations

from collections.abc import Mapping

from measurements.facts import (
    NOTHING,
    Books,
    Commitment,
    Effect,
    EntityClose,
    InvoiceLine,
    PeriodLock,
    Value,
)
from measurements.observed import Observed

H = 3600.0
DAY = 24 * H
WINDOW_S = (5 * DAY, 17 * DAY)
PERIOD_END_S, CUT_OFF_S, TIME_LOCK_S, LEDGER_LOCK_S = 10 * DAY, 11.5 * DAY, 13 * DAY, 15 * DAY
END_S = 25 * DAY
CLOSE = EntityClose("US01", PERIOD_END_S, CUT_OFF_S, TIME_LOCK_S, LEDGER_LOCK_S)
LOCKS = (
    PeriodLock("US01", "2026-03", False, None, None),
    PeriodLock("US01", "2026-04", True, TIME_LOCK_S, LEDGER_LOCK_S),
    PeriodLock("US01", "2026-05", True, None, None),
)


def commitment(
    flow: str,
    key: str,
    at_h: float,
    *,
    part: str = "",
    version: int = 1,
    withdrawn_h: float | None = None,
    authorised: bool = True,
    hours: int = 0,
    amount: int = 0,
    currency: str = "",
    date: str = "2026-04-20",
    system: str = "salesforce",
    worker: str = "W1",
    terms: Mapping[str, str | int | float | bool] = NOTHING,
) -> Commitment:
    """A source's commitment, approved by somebody else, in hours since the start."""
    return Commitment(
        flow=flow,
        key=key,
        part=part,
        version=version,
        system=system,
        committed_at_s=at_h * H,
        due_from_s=at_h * H,
        withdrawn_at_s=None if withdrawn_h is None else withdrawn_h * H,
        submitter="W1",
        approver="W9",
        authorised=authorised,
        project="P1",
        customer="C1",
        worker=worker,
        entity="US01",
        transaction_date=date,
        period=date[:7],
        hours_centi=hours,
        amount_minor=amount,
        currency=currency,
        terms=terms,
    )


def effect(
    flow: str,
    key: str,
    at_h: float,
    *,
    part: str = "",
    version: int = 1,
    record: str = "",
    state: str = "posted",
    reverses: str = "",
    hours: int = 0,
    amount: int = 0,
    currency: str = "",
    date: str = "2026-04-20",
    period: str = "2026-04",
    moved: bool = False,
    system: str = "netsuite",
    worker: str = "W1",
    terms: Mapping[str, str | int | float | bool] = NOTHING,
) -> Effect:
    """What a target holds; its record id is made from its unit where none is given."""
    return Effect(
        flow=flow,
        key=key,
        part=part,
        version=version,
        system=system,
        record=record or f"{key}/{part}/{version}",
        at_s=at_h * H,
        state=state,
        reverses=reverses,
        project="P1",
        worker=worker,
        entity="US01",
        transaction_date=date,
        period=period,
        moved=moved,
        period_open=True,
        hours_centi=hours,
        amount_minor=amount,
        currency=currency,
        terms=terms,
    )


def observed(books: Books, **other: object) -> Observed:
    """One run over `books`; what should stand is all that was approved and still is, unless told."""
    known: dict[str, object] = {
        "model": "hybrid",
        "replication": 0,
        "due": tuple(row for row in books.commitments if row.authorised and row.withdrawn_at_s is None),
        "closes": (CLOSE,),
        "window_s": WINDOW_S,
        "end_s": END_S,
        "close_s": LEDGER_LOCK_S,
        "period": "2026-04",
        "rates": {"USD": "1", "EUR": "1.10"},
    }
    books = books if books.locks else books._replace(locks=LOCKS)
    return Observed(books=books, **{**known, **other})  # type: ignore[arg-type]  # tests name any field


def month(headers: int = 40, days: int = 5) -> Books:
    """Timecards approved in the window and posted an hour later, each billed at 100 dollars an hour."""
    commitments: list[Commitment] = []
    effects: list[Effect] = []
    values: list[Value] = []
    lines: list[InvoiceLine] = []
    for number in range(headers):
        key, at_h = f"T{number:05d}", 130.0 + 120.0 * number / headers
        for day in range(days):
            part, date = f"1:2026-04-{20 + day}", f"2026-04-{20 + day}"
            commitments.append(commitment("time", key, at_h, part=part, hours=800, date=date))
            effects.append(effect("time", key, at_h + 1, part=part, hours=800, date=date))
            values.append(
                Value("time", key, part, 1, f"P{number % 7}", "US01", "2026-04", at_h * H, 80_000, "USD")
            )
            lines.append(
                InvoiceLine(f"B{number % 7}", f"I{number % 7}", "time", key, part, 1, 800, 10_000, 80_000)
            )
    for number in range(min(7, headers)):
        total = sum(line.amount_minor for line in lines if line.event == f"B{number}")
        commitments.append(commitment("invoice", f"B{number}", 280, amount=total, currency="USD"))
        effects.append(
            effect("invoice", f"B{number}", 300, record=f"I{number}", amount=total, currency="USD")
        )
    source = [line._replace(record="") for line in lines]
    return Books(tuple(commitments), tuple(effects), values=tuple(values), lines=(*source, *lines))
