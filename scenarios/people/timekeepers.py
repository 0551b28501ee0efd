"""Timekeepers: weekly timecards; hours of a project that is not open wait, then go to the holding code.

save, submit ──refused──> every working morning again ──after `holding_after_h`──> holding code
                                                             project opens ──> rebooking
recalled, rejected or corrected cards come back as a new version; who may override approvals may do so
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from scenarios.acts import Card, Week, Workload
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.script import Begin, Script, Scripted, Spent, Until

Hours = tuple[int, int, int, int, int, int, int]

REBOOKING_MIN = 15.0
"""Minutes a person needs to move one card from the holding code to its project (assumption)."""

MORNINGS = 15
"""How many working mornings a person tries before it is left to the exception desk (assumption)."""


def timekeepers(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per worker and week."""
    for week in workload.weeks:
        name = f"time {week.worker} {week.monday} {week.part}"
        yield Scripted("consultant", name, week.submit_at_s, partial(reporting, week, company))


def reporting(week: Week, company: Company) -> Script:
    """All cards of one week: submit, wait for what is not open, hold, rebook."""
    waiting = yield from _submit_all(week.cards)
    if waiting:
        yield from _wait(week, waiting, company)


def submit(card: Card, hours: Hours) -> Part[bool]:
    """Saves and submits; whether the system took it."""
    words = {
        "timecard": card.timecard,
        "worker": card.worker,
        "project": card.project,
        "week_start": card.week_start,
        "hours_centi": hours,
        "approver": card.approver,
    }
    reply = yield from ask("psa", "timecard.save", card.worker, words)
    if reply.ok:
        reply = yield from ask("psa", "timecard.submit", card.worker, {"timecard": card.timecard})
    return reply.ok


def again(card: Card) -> Script:
    """A rejected card, put right and submitted once more."""
    yield from submit(card, card.corrected or card.hours_centi)


def recalling(card: Card) -> Script:
    """A submitted card, recalled and submitted with other hours; a billed one stays as it is."""
    reply = yield from ask("psa", "timecard.recall", card.worker, {"timecard": card.timecard})
    if reply.ok:
        yield from submit(card, card.corrected or card.hours_centi)


def _submit_all(cards: Sequence[Card]) -> Part[list[Card]]:
    """Submits each; the ones that were refused come back."""
    refused = []
    for card in cards:
        if (yield from submit(card, card.hours_centi)):
            yield from _later(card)
        else:
            refused.append(card)
    return refused


def _later(card: Card) -> Part[None]:
    """What the worker will still do to a submitted card, as scripts of their own."""
    now_s: float = 0.0
    if card.self_approved:
        yield from ask("psa", "approvals.override", card.worker, {"timecards": [card.timecard]})
    if card.recall_h is not None or card.correct_at_s is not None:
        now_s = yield Until(0.0)
    if card.recall_h is not None:
        at_s = now_s + card.recall_h * 3600.0
        yield Begin(Scripted("consultant", f"recall {card.timecard}", at_s, partial(recalling, card)))
    if card.correct_at_s is not None:
        at_s = max(now_s, card.correct_at_s)
        yield Begin(Scripted("consultant", f"correct {card.timecard}", at_s, partial(recalling, card)))


def _wait(week: Week, waiting: list[Card], company: Company) -> Part[None]:
    """Every working morning again; in time the holding code, then the same mornings to rebook."""
    now_s: float = yield Until(0.0)
    hold_at_s = week.submit_at_s + week.holding_after_h * 3600.0
    held: Card | None = None
    for _ in range(MORNINGS):
        now_s = yield Until(company.next_morning(now_s, waiting[0].entity, week.worker))
        if now_s > company.calendar.end_s:
            return
        before = len(waiting)
        waiting = yield from (_submit_all(waiting) if held is None else _rebook(held, waiting))
        if not waiting:
            return
        if held is not None and len(waiting) < before:
            held = held._replace(hours_centi=total(waiting))
        if held is None and now_s >= hold_at_s and week.holding_project:
            held = yield from _hold(week, waiting)


def _hold(week: Week, waiting: Sequence[Card]) -> Part[Card | None]:
    """Books all waiting hours to the holding code, on one card."""
    suffix = "-2" if week.part == 2 else ""
    card = waiting[0]._replace(
        timecard=f"T-{week.worker}-{week.holding_project}-{week.monday}{suffix}",
        project=week.holding_project,
        opportunity="",
        hours_centi=total(waiting),
    )
    taken = yield from submit(card, card.hours_centi)
    return card if taken else None


def _rebook(held: Card, waiting: Sequence[Card]) -> Part[list[Card]]:
    """Moves the hours of projects that have opened from the holding card to their own."""
    opened = []
    for card in waiting:
        found = told((yield from ask("psa", "project.find", card.worker, {"project": card.project})))
        if found.get("open_for_time"):
            opened.append(card)
    if not opened:
        return list(waiting)
    recalled = yield from ask("psa", "timecard.recall", held.worker, {"timecard": held.timecard})
    if not recalled.ok:
        return list(waiting)
    refused = yield from _submit_all(opened)
    rest = [card for card in waiting if card not in opened or card in refused]
    if rest:
        yield from submit(held, total(rest))
    for card in opened:
        yield Spent("consultant", "rebooking", REBOOKING_MIN, "time", card.timecard)
    return rest


def total(cards: Sequence[Card]) -> Hours:
    """The hours of several cards, day by day."""
    days = zip(*(card.hours_centi for card in cards), strict=True)
    mon, tue, wed, thu, fri, sat, sun = (sum(day) for day in days)
    return mon, tue, wed, thu, fri, sat, sun
