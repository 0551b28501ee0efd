"""What should finally stand in the targets, from the sources' facts only; no code is shared with a pipeline.

source books (PSA, HCM, ERP as source) ──> due: time, expense, control, invoice, project, worker, reporting
contracts, approved time, cost rates ────> due: revenue journals, a row a project, period and run
the same at each report's instant ───────> truth: margin and utilization
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple, Protocol

from measurements.facts import Books, Commitment, Effect, PeriodLock, Snapshot, Value
from measurements.periods import Periods
from measurements.population import newest
from mocks.opening import Opening
from scenarios.acts import Workload
from scenarios.calendar import last_of
from scenarios.contracts import Contracts
from scenarios.cost_rates import CostRates
from scenarios.revenue_due import Sources, revenue_due
from scenarios.truth import Journals, expenses_of, truth
from scenarios.worked_time import worked_time

STATES = frozenset({"project", "control", "reporting"})
"""Flows whose targets hold the last state only: of each key the newest version is due."""


class Staged(Protocol):
    """What of a play is needed here."""

    @property
    def opening(self) -> Opening:
        """What the systems held at the start."""
        ...

    @property
    def workload(self) -> Workload:
        """What people did."""
        ...

    @property
    def locks(self) -> tuple[PeriodLock, ...]:
        """The periods."""
        ...

    @property
    def revenue_runs(self) -> tuple[tuple[str, float], ...]:
        """Name and instant of each revenue run."""
        ...

    @property
    def report_instants_s(self) -> tuple[float, ...]:
        """When reports are read."""
        ...

    @property
    def close_s(self) -> float:
        """The last entity's ledger lock."""
        ...

    @property
    def window_s(self) -> tuple[float, float]:
        """The population; its end is the horizon of the audit."""
        ...


class Expected(NamedTuple):
    """`due`: every commitment that targets must hold, all flows. `truth`: what reports should have said."""

    due: tuple[Commitment, ...]
    truth: tuple[Snapshot, ...]


def told(books: Mapping[str, Books]) -> dict[str, Books]:
    """All of the books that what should stand depends on, in order of the systems' names: of effects, those
    of the PSA.
    """
    return {
        name: Books(
            commitments=books[name].commitments,
            effects=books[name].effects if name == "salesforce" else (),
            values=books[name].values,
        )
        for name in sorted(books)
    }


def expected(play: Staged, books: Mapping[str, Books]) -> Expected:
    """What should stand, given the acts as the sources' books tell them."""
    commitments, effects, values = _gathered(told(books).values())
    rates = CostRates(play.opening.workers, commitments)
    time = worked_time(play.opening, commitments)
    to_usd = {rate.currency: rate.to_usd for rate in play.opening.rates}
    hours = {order.change_order: order.hours for order in play.workload.change_orders}
    contracts = Contracts(play.opening, commitments, effects, hours)
    period = play.opening.period
    sources = Sources(
        contracts, time, rates, Periods(play.locks), to_usd, period, last_of(period).isoformat()
    )
    instants = sorted({*play.report_instants_s, play.close_s})
    currencies = {contract.project: contract.currency for contract in contracts.at(instants[-1])}
    journals = Journals(time, expenses_of(commitments), values, rates, currencies, to_usd)
    due = (*_newest(commitments, play.window_s[1]), *revenue_due(sources, play.revenue_runs))
    return Expected(due, tuple(truth(journals, instants)))


def _gathered(
    tables: Collection[Books],
) -> tuple[tuple[Commitment, ...], tuple[Effect, ...], tuple[Value, ...]]:
    """Commitments, effects and values of all systems, each in the order of the systems."""
    return (
        tuple(chain.from_iterable(held.commitments for held in tables)),
        tuple(chain.from_iterable(held.effects for held in tables)),
        tuple(chain.from_iterable(held.values for held in tables)),
    )


def _newest(commitments: Iterable[Commitment], horizon_s: float) -> Iterator[Commitment]:
    """All commitments, but of a state only the newest version by the horizon; in the order of the books.

    What the warehouse was told before the run (the opening's facts) is not due again.
    """
    rows = tuple(row for row in commitments if row.flow != "reporting" or row.committed_at_s >= 0.0)
    last = {flow: newest((row for row in rows if row.flow == flow), horizon_s) for flow in STATES}
    for row in rows:
        if row.flow not in STATES or last[row.flow].get((row.system, row.key, row.part)) == row.version:
            yield row
