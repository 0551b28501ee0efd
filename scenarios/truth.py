"""The truth of the morning report: revenue, cost and hours per project and worker, from source journals.

    approved part ──> +  at its approval           retroactive rate ──> ± when it is entered
                      −  when it is withdrawn

The measures are those of the warehouse's report (time at bill and cost rates, billable expenses, expenses as
cost), in the reporting currency; what the opening brought of the running period is counted from the start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kernel.money import times, worth
from measurements.facts import Commitment, Snapshot, Value
from scenarios.cost_rates import CostRate, CostRates
from scenarios.worked_time import Worked


class _Step(NamedTuple):
    at_s: float
    project: str
    worker: str
    revenue_minor: int
    cost_minor: int
    hours_centi: int
    billable_centi: int


class Journals(NamedTuple):
    """What the truth is read from. `currencies`: project to its currency; `to_usd` as in the opening."""

    time: Sequence[Worked]
    expenses: Sequence[Commitment]
    values: Sequence[Value]
    rates: CostRates
    currencies: Mapping[str, str]
    to_usd: Mapping[str, str]


def truth(journals: Journals, instants: Sequence[float]) -> Iterator[Snapshot]:
    """One row per project, then per worker, at each instant (ascending)."""
    steps = sorted((*_time_steps(journals), *_expense_steps(journals)), key=lambda step: step.at_s)
    projects: dict[str, list[int]] = {}
    workers: dict[str, list[int]] = {}
    done = 0
    for at_s in sorted(instants):
        while done < len(steps) and steps[done].at_s <= at_s:
            _count(projects, steps[done].project, steps[done])
            _count(workers, steps[done].worker, steps[done])
            done += 1
        for kind, sums in (("project", projects), ("worker", workers)):
            for key in sorted(sums):
                yield Snapshot(at_s, kind, key, *sums[key])


def _count(sums: dict[str, list[int]], key: str, step: _Step) -> None:
    if key:
        own = sums.setdefault(key, [0, 0, 0, 0])
        measures = (step.revenue_minor, step.cost_minor, step.hours_centi, step.billable_centi)
        for place, added in enumerate(measures):
            own[place] += added


_Steps = tuple[tuple[float, CostRate], ...]


def _time_steps(journals: Journals) -> Iterator[_Step]:
    """A timecard's version is rounded as a whole, as far as its days have the same rates."""
    hours: dict[tuple[str, int, _Steps], int] = {}
    heads: dict[tuple[str, int, _Steps], Worked] = {}
    for part in journals.time:
        group = (part.timecard, part.version, journals.rates.steps(part.worker, part.day))
        hours[group] = hours.get(group, 0) + part.hours_centi
        heads.setdefault(group, part)
    for group, part in heads.items():
        yield from _of_card(part, hours[group], group[2], journals)


def _of_card(part: Worked, hours_centi: int, steps: _Steps, journals: Journals) -> Iterator[_Step]:
    if part.withdrawn_s <= part.approved_s:
        return
    who = (part.project, part.worker)
    currency = journals.currencies.get(part.project, "USD")
    revenue = _usd(worth(part.bill_rate_minor, hours_centi, currency), currency, journals)
    billable = hours_centi if part.bill_rate_minor else 0
    total = 0
    for number, (known_s, rate) in enumerate(steps):
        if known_s >= part.withdrawn_s:
            break
        if number + 1 < len(steps) and steps[number + 1][0] <= part.approved_s:
            continue
        cost = _usd(worth(rate.rate_minor, hours_centi, rate.currency), rate.currency, journals)
        at_s = max(known_s, part.approved_s)
        first = at_s == part.approved_s
        measures = (revenue, cost, hours_centi, billable) if first else (0, cost - total, 0, 0)
        yield _Step(at_s, *who, *measures)
        total = cost
    if part.withdrawn_s < math.inf:
        yield _Step(part.withdrawn_s, *who, -revenue, -total, -hours_centi, -billable)


def _expense_steps(journals: Journals) -> Iterator[_Step]:
    billable: dict[tuple[str, int], int] = {}
    for value in journals.values:
        if value.kind == "expense":
            key = (value.key, value.version)
            billable[key] = billable.get(key, 0) + value.amount_minor
    for row in journals.expenses:
        revenue = _usd(billable.get((row.key, row.version), 0), row.currency, journals)
        cost = _usd(row.amount_minor, row.currency, journals)
        yield _Step(row.committed_at_s, row.project, row.worker, revenue, cost, 0, 0)
        if row.withdrawn_at_s is not None:
            yield _Step(row.withdrawn_at_s, row.project, row.worker, -revenue, -cost, 0, 0)


def _usd(amount_minor: int, currency: str, journals: Journals) -> int:
    rate = journals.to_usd.get(currency)
    return amount_minor if rate is None or currency == "USD" else times(amount_minor, rate, "USD")


def expenses_of(commitments: Iterable[Commitment]) -> list[Commitment]:
    """The approved versions of expense reports."""
    return [row for row in commitments if row.flow == "expense" and row.authorised]
