"""Cost rates: what an hour of a worker costs on a day, as the HCM knew it at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from measurements.facts import Commitment
from mocks.opening import Worker

_ALWAYS_S = -1e12


class CostRate(NamedTuple):
    """Minor units an hour in the worker's currency."""

    rate_minor: int
    currency: str


class _Change(NamedTuple):
    entered_s: float
    effective: str
    number: int
    rate: CostRate


class CostRates:
    """The opening's rates and every change of the run; a day before the first rate takes the first."""

    def __init__(self, workers: Iterable[Worker], commitments: Iterable[Commitment]) -> None:
        self._of: dict[str, list[_Change]] = {}
        self._steps: dict[tuple[str, str], tuple[tuple[float, CostRate], ...]] = {}
        for worker in workers:
            rate = CostRate(worker.cost_rate_minor, worker.currency)
            self._of[worker.worker] = [_Change(_ALWAYS_S, "", 0, rate)]
        changes = {
            row.key: row for row in commitments if row.flow == "worker" and "cost_rate_minor" in row.terms
        }
        for row in sorted(changes.values(), key=lambda row: (row.committed_at_s, row.key)):
            rate = CostRate(int(row.terms["cost_rate_minor"]), row.currency)
            change = _Change(row.committed_at_s, row.transaction_date, _number(row.key), rate)
            self._of.setdefault(row.worker, []).append(change)

    def on(self, worker: str, day: str, known_s: float) -> CostRate:
        """The rate effective on a day by what had been entered at `known_s`."""
        steps = self.steps(worker, day)
        found = steps[0][1]
        for from_s, rate in steps:
            if from_s <= known_s:
                found = rate
        return found

    def steps(self, worker: str, day: str) -> tuple[tuple[float, CostRate], ...]:
        """(known from, rate) for a day, in order: more than one where a change came late."""
        steps = self._steps.get((worker, day))
        if steps is None:
            steps = self._steps[worker, day] = tuple(self._known(worker, day))
        return steps

    def _known(self, worker: str, day: str) -> list[tuple[float, CostRate]]:
        steps: list[tuple[float, CostRate]] = []
        best = ("", -1)
        changes = self._of.get(worker, [])
        for change in changes:
            if change.effective <= day and (change.effective, change.number) > best:
                best = (change.effective, change.number)
                steps.append((change.entered_s, change.rate))
        if not steps:
            first = min(changes, key=lambda change: (change.effective, change.number), default=None)
            steps.append((_ALWAYS_S, first.rate if first else CostRate(0, "USD")))
        return steps


def _number(key: str) -> int:
    """The number of a change within its worker, from `worker@day#<worker>-C<number>`."""
    digits = key.rpartition("-C")[2]
    return int(digits) if digits.isdigit() else 0
