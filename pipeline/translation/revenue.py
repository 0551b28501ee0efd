"""Revenue: what a project has earned by an instant, and the journal that books the difference.

    Time and Materials   r0 + sum of hours x bill rate
    Fixed Price          V x c / (c + (H - h) x mean cost rate)    cost-to-cost, V and H with change orders
    Retainer             V x k / n                                 months begun of all months

Amounts are integer minor units in the project's currency; every rounding is half up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from kernel.money import major, times, worth


class Cost(NamedTuple):
    """A worker's cost rate on a day, in minor units an hour."""

    rate_minor: int
    currency: str


class Part(NamedTuple):
    """Hours of one worker on one day that count, with the rates of that day."""

    worker: str
    hours_centi: int
    bill_rate_minor: int
    cost: Cost


class Contract(NamedTuple):
    """A project as revenue sees it: terms with approved change orders, and its figures before the period."""

    project: str
    entity: str
    currency: str
    billing_method: str
    value_minor: int
    planned_centi: int
    start: str
    end: str
    hours_before_centi: int
    cost_before_minor: int
    revenue_before_minor: int


def cumulative(
    contract: Contract,
    parts: Sequence[Part],
    last_day: Mapping[str, Cost],
    rates: Mapping[str, str],
    period: str,
) -> int:
    """Revenue earned by the cut; `last_day` = cost rate of each worker in parts on the period's last day."""
    if contract.billing_method == "Fixed Price":
        return _fixed(contract, parts, last_day, rates)
    if contract.billing_method == "Retainer":
        return _straight(contract, period)
    if contract.billing_method == "Time and Materials":
        return contract.revenue_before_minor + sum(value(part, contract.currency) for part in parts)
    return contract.revenue_before_minor


def value(part: Part, currency: str) -> int:
    """Hours at the bill rate, in the project's currency."""
    return worth(part.bill_rate_minor, part.hours_centi, currency)


def cost(part: Part, currency: str, rates: Mapping[str, str]) -> int:
    """Hours at the cost rate, in the project's currency."""
    amount = worth(part.cost.rate_minor, part.hours_centi, part.cost.currency)
    if part.cost.currency == currency:
        return amount
    return times(amount, Decimal(rates[part.cost.currency]) / Decimal(rates[currency]), currency)


def _fixed(
    contract: Contract, parts: Sequence[Part], last_day: Mapping[str, Cost], rates: Mapping[str, str]
) -> int:
    if not parts and contract.hours_before_centi == 0:
        return 0
    hours = contract.hours_before_centi + sum(part.hours_centi for part in parts)
    spent = contract.cost_before_minor + sum(cost(part, contract.currency, rates) for part in parts)
    rest = max(0, contract.planned_centi - hours)
    to_go = Decimal(rest) * _mean_rate(contract, parts, last_day, rates) / 100
    whole = spent + to_go
    if not whole:
        return 0
    return times(Decimal(contract.value_minor) * spent / whole, 1, contract.currency)


def _mean_rate(
    contract: Contract, parts: Sequence[Part], last_day: Mapping[str, Cost], rates: Mapping[str, str]
) -> Decimal:
    """What an hour still to be worked will cost: the mean of those who work on the project now."""
    workers = sorted({part.worker for part in parts})
    if not workers:
        return Decimal(contract.cost_before_minor) * 100 / contract.hours_before_centi
    own = Decimal(rates[contract.currency])
    total = Decimal(0)
    for worker in workers:
        rate_minor, currency = last_day[worker]
        total += Decimal(rate_minor) * Decimal(rates[currency]) / own
    return total / len(workers)


def _straight(contract: Contract, period: str) -> int:
    months = max(1, _months(contract.start[:7], contract.end[:7]))
    begun = min(max(0, _months(contract.start[:7], period)), months)
    return times(Decimal(contract.value_minor) * begun / months, 1, contract.currency)


def _months(first: str, last: str) -> int:
    """Calendar months from the first through the last; 0 or less where the last lies before."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1


class Journal(NamedTuple):
    """One revenue journal: what the run adds to revenue, to cost, and to what each subcontractor is owed.

    The period is the one closed; where it is no longer open the body says where it was moved from.
    """

    project: str
    entity: str
    currency: str
    billing_method: str
    period: str
    run: str
    amount_minor: int
    day: str
    cost_minor: int = 0
    accruals: tuple[tuple[str, int], ...] = ()
    version: int = 1

    @property
    def key(self) -> str:
        """The business key: one journal per project, period and run."""
        return f"{self.project}:{self.period}:{self.run}"


_ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "Time and Materials": ("Unbilled receivables", "Accrued revenue"),
    "Fixed Price": ("Contract asset", "Revenue"),
    "Retainer": ("Contract liability", "Revenue"),
}
"""Billing method to the accounts debited and credited: T&M accrues what an invoice then reverses."""


def journal_body(journal: Journal, posting_period: str, moved_from: str) -> dict[str, Any]:
    """The ERP's journal entry; its external id is the journal's key."""
    body: dict[str, Any] = {
        "custbody_source_key": journal.key,
        "custbody_source_version": str(journal.version),
        "tranDate": journal.day,
        "postingPeriod": posting_period,
        "subsidiary": journal.entity,
        "currency": journal.currency,
        "approvalStatus": "approved",
        "job": {"externalId": journal.project},
        "period": journal.period,
        "run": journal.run,
        "custbody_revenue_amount": major(journal.amount_minor),
        "memo": f"Revenue of {journal.project}, {journal.period}, run {journal.run}",
        "line": {"items": _lines(journal)},
    }
    if moved_from:
        body["custbody_moved_from"] = moved_from
    return body


def _lines(journal: Journal) -> list[dict[str, Any]]:
    """Revenue, the cost behind it, and of that what accrues to subcontractors; each line pair balances."""
    debit, credit = _ACCOUNTS[journal.billing_method]
    pairs = [(debit, credit, journal.amount_minor, "")]
    accrued = sum(amount for _, amount in journal.accruals)
    pairs.append(("Project cost", "Labour absorbed", journal.cost_minor - accrued, ""))
    pairs += [("Project cost", "Accrued subcontractors", amount, who) for who, amount in journal.accruals]
    lines: list[dict[str, Any]] = []
    for debited, credited, amount, who in pairs:
        if amount:
            entity = {"entity": who} if who else {}
            lines.append({"account": debited, "debit": major(amount), **entity})
            lines.append({"account": credited, "credit": major(amount), **entity})
    return lines
