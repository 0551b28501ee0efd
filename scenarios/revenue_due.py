"""Revenue due: the journal of each project at each revenue run, from contracts, approved time and cost rates.

    Time and Materials   r0 + Σ hours x bill rate
    Fixed Price          V x cost to date / (cost to date + remaining planned hours x mean cost rate)
    Retainer             V x months so far / months

A run books what was earned by then, less what was earned by the run before (DESIGN.md: Revenue, exactly).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kernel.money import UNDIVIDED
from measurements.facts import Commitment
from measurements.periods import Periods
from scenarios.contracts import Contract, Contracts
from scenarios.cost_rates import CostRates
from scenarios.worked_time import Worked

_HUNDRED = Decimal(100)


class Sources(NamedTuple):
    """What revenue is computed from; `to_usd` is one unit of each currency, `last_day` the period's last."""

    contracts: Contracts
    time: Sequence[Worked]
    rates: CostRates
    periods: Periods
    to_usd: Mapping[str, str]
    period: str
    last_day: str


def revenue_due(sources: Sources, runs: Sequence[tuple[str, float]]) -> Iterator[Commitment]:
    """One commitment a project and run with something to book, run by run."""
    earlier: dict[str, int] = {}
    for name, cut_s in runs:
        contracts = sources.contracts.at(cut_s)
        counted = _counted(sources, contracts, cut_s)
        for contract in contracts:
            if not contract.billing_method:
                continue
            earned = cumulative(contract, counted.get(contract.project, []), sources, cut_s)
            amount = earned - earlier.get(contract.project, contract.revenue_before_minor)
            earlier[contract.project] = earned
            if amount:
                yield _commitment(contract, sources, name, cut_s, amount)


def cumulative(contract: Contract, parts: Sequence[Worked], sources: Sources, cut_s: float) -> int:
    """Minor units earned on a project by the cut; `parts` are those that count."""
    if contract.billing_method == "Fixed Price":
        return _cost_to_cost(contract, parts, sources, cut_s)
    if contract.billing_method == "Retainer":
        return _straight_line(contract, sources.period)
    earned = sum([_hundredth(part.hours_centi * part.bill_rate_minor, contract.currency) for part in parts])
    return contract.revenue_before_minor + earned


def _counted(sources: Sources, contracts: Iterable[Contract], cut_s: float) -> dict[str, list[Worked]]:
    """Project to the parts approved and standing at the cut whose accounting period is the one observed."""
    entities = {contract.project: contract.entity for contract in contracts}
    counted: dict[str, list[Worked]] = {}
    for part in sources.time:
        entity = entities.get(part.project)
        if entity is None or not part.stands(cut_s):
            continue
        if part.approved_s < 0.0:
            period = part.day[:7]
        else:
            period = sources.periods.due("time", entity, part.day[:7], part.approved_s)
        if period == sources.period:
            counted.setdefault(part.project, []).append(part)
    return counted


def _cost_to_cost(contract: Contract, parts: Sequence[Worked], sources: Sources, cut_s: float) -> int:
    if not parts and not contract.hours_before_centi:
        return 0
    spent = contract.cost_before_minor
    for part in parts:
        spent += _cost(part, contract.currency, sources, cut_s)
    hours_centi = contract.hours_before_centi + sum(part.hours_centi for part in parts)
    rest_centi = max(0, contract.planned_centi - hours_centi)
    to_go = rest_centi * _rate_to_go(contract, parts, sources, cut_s) / _HUNDRED
    if not spent + to_go:
        return 0
    return _half_up(Decimal(contract.contract_minor) * spent / (spent + to_go), contract.currency)


def _cost(part: Worked, currency: str, sources: Sources, cut_s: float) -> int:
    """The part's cost at the rate of its day, in the project's currency."""
    rate_minor, own = sources.rates.on(part.worker, part.day, cut_s)
    amount = _hundredth(part.hours_centi * rate_minor, own)
    if own == currency:
        return amount
    return _half_up(amount * Decimal(sources.to_usd[own]) / Decimal(sources.to_usd[currency]), currency)


def _rate_to_go(contract: Contract, parts: Sequence[Worked], sources: Sources, cut_s: float) -> Decimal:
    """What a remaining hour costs: the mean rate, on the period's last day, of those who worked in it."""
    workers = sorted({part.worker for part in parts})
    if not workers:
        return Decimal(contract.cost_before_minor) * _HUNDRED / contract.hours_before_centi
    total = Decimal(0)
    for worker in workers:
        rate_minor, own = sources.rates.on(worker, sources.last_day, cut_s)
        total += (
            Decimal(rate_minor) * Decimal(sources.to_usd[own]) / Decimal(sources.to_usd[contract.currency])
        )
    return total / len(workers)


def _straight_line(contract: Contract, period: str) -> int:
    if not contract.start or not contract.end:
        return 0
    months = _month(contract.end) - _month(contract.start) + 1
    passed = min(max(_month(period) - _month(contract.start) + 1, 0), months)
    return _half_up(Decimal(contract.contract_minor) * passed / months, contract.currency)


def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7])


def _half_up(amount: Decimal, currency: str) -> int:
    """To the currency's smallest amount: a whole hundred where it has no decimals."""
    step = 100 if currency in UNDIVIDED else 1
    return int((amount / step).to_integral_value(ROUND_HALF_UP)) * step


def _hundredth(amount: int, currency: str) -> int:
    """A hundredth of an integer, half up (away from zero, as decimals round it)."""
    return _half_up(Decimal(amount) / _HUNDRED, currency)


def _commitment(contract: Contract, sources: Sources, run: str, cut_s: float, amount: int) -> Commitment:
    return Commitment(
        flow="revenue",
        key=f"{contract.project}:{sources.period}:{run}",
        part="",
        version=1,
        system="salesforce",
        committed_at_s=cut_s,
        due_from_s=cut_s,
        withdrawn_at_s=None,
        submitter="",
        approver="",
        authorised=True,
        project=contract.project,
        customer=contract.customer,
        worker="",
        entity=contract.entity,
        transaction_date=sources.last_day,
        period=sources.period,
        hours_centi=0,
        amount_minor=amount,
        currency=contract.currency,
        terms={"run": run, "billing_method": contract.billing_method},
    )
