"""Worked time: every approved part of a timecard with the interval in which it stood, from source facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from measurements.facts import Commitment
from mocks.opening import Opening, PostedTime


class Worked(NamedTuple):
    """Hours of one worker on one day of one timecard's version; it stood in [approved, withdrawn)."""

    timecard: str
    version: int
    project: str
    worker: str
    day: str
    hours_centi: int
    bill_rate_minor: int
    approved_s: float
    withdrawn_s: float

    def stands(self, at_s: float) -> bool:
        """Whether it was approved and not withdrawn at that instant."""
        return self.approved_s <= at_s < self.withdrawn_s


def worked_time(opening: Opening, commitments: Iterable[Commitment]) -> list[Worked]:
    """The opening's posted time first, then what was approved in the run, in the order of the books."""
    rows = [row for row in commitments if row.flow == "time" and row.authorised]
    rates = _bill_rates(opening)
    return [*_before(opening, rows, rates), *(_approved(row, rates) for row in rows)]


def _before(
    opening: Opening, rows: list[Commitment], rates: Mapping[tuple[str, str], int]
) -> Iterator[Worked]:
    """Posted time of the opening that the books do not name; a later version of the card withdraws it."""
    named = {row.key for row in rows if row.version == 1}
    replaced: dict[str, float] = {}
    for row in rows:
        replaced[row.key] = min(replaced.get(row.key, math.inf), row.committed_at_s)
    for posted in opening.posted_time:
        if posted.timecard not in named:
            yield from _days(posted, rates, replaced.get(posted.timecard, math.inf))


def _days(posted: PostedTime, rates: Mapping[tuple[str, str], int], until_s: float) -> Iterator[Worked]:
    rate = _rate(rates, posted.project, posted.worker)
    monday = date.fromisoformat(posted.week_start)
    for offset, hours in enumerate(posted.hours_centi):
        if hours:
            day = (monday + timedelta(days=offset)).isoformat()
            who = (posted.timecard, 1, posted.project, posted.worker, day)
            yield Worked(*who, hours, rate, posted.approved_at_s, until_s)


def _approved(row: Commitment, rates: Mapping[tuple[str, str], int]) -> Worked:
    told = row.terms.get("bill_rate_minor")
    rate = _rate(rates, row.project, row.worker) if told is None else int(told)
    until_s = math.inf if row.withdrawn_at_s is None else row.withdrawn_at_s
    who = (row.key, row.version, row.project, row.worker, row.transaction_date)
    return Worked(*who, row.hours_centi, rate, row.committed_at_s, until_s)


def _bill_rates(opening: Opening) -> dict[tuple[str, str], int]:
    """(project, worker) to the assignment's rate, (project, "") to the project's own."""
    rates = {(project.project, ""): project.bill_rate_minor for project in opening.projects}
    rates.update(((a.project, a.worker), a.bill_rate_minor) for a in opening.assignments)
    return rates


def _rate(rates: Mapping[tuple[str, str], int], project: str, worker: str) -> int:
    found = rates.get((project, worker))
    return rates.get((project, ""), 0) if found is None else found
