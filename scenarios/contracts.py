"""Contracts: each project's terms as the sources had them at an instant, with approved change orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from measurements.facts import Commitment, Effect
from mocks.opening import Opening, Project


class Contract(NamedTuple):
    """Money in minor units of `currency`; `*_before` are figures at the end of the period before."""

    project: str
    customer: str
    entity: str
    currency: str
    billing_method: str
    contract_minor: int
    planned_centi: int
    start: str
    end: str
    hours_before_centi: int = 0
    cost_before_minor: int = 0
    revenue_before_minor: int = 0


class Contracts:
    """The opening's projects, the wins of the run whose project exists, and what changed them since."""

    def __init__(
        self,
        opening: Opening,
        commitments: Iterable[Commitment],
        effects: Iterable[Effect],
        order_hours: Mapping[str, int],
    ) -> None:
        self._opening = [_running(project) for project in opening.projects]
        self._wins: dict[str, list[Commitment]] = {}
        self._orders: dict[str, list[tuple[float, int, int]]] = {}
        self._made_s: dict[str, float] = {}
        for row in commitments:
            if row.flow == "project":
                self._wins.setdefault(row.key, []).append(row)
            elif row.flow == "control" and row.terms.get("kind") == "change_order" and row.authorised:
                self._orders.setdefault(row.project, []).append(_order(row, order_hours))
        for effect in effects:
            if effect.flow == "project":
                self._made_s[effect.key] = min(self._made_s.get(effect.key, effect.at_s), effect.at_s)

    def at(self, cut_s: float) -> list[Contract]:
        """Every project that then exists, the opening's first, then the wins in the books' order."""
        wins = (self._won(key, rows, cut_s) for key, rows in self._wins.items())
        standing = (*self._opening, *(win for win in wins if win is not None))
        return [self._changed(contract, cut_s) for contract in standing]

    def _won(self, key: str, rows: list[Commitment], cut_s: float) -> Contract | None:
        known = [row for row in rows if row.committed_at_s <= cut_s]
        if not known or self._made_s.get(key, cut_s + 1.0) > cut_s:
            return None
        row = max(known, key=lambda row: row.version)
        return Contract(
            project=row.project or f"P-{key}",
            customer=row.customer,
            entity=row.entity,
            currency=row.currency,
            billing_method=str(row.terms.get("billing_method") or ""),
            contract_minor=int(row.terms.get("contract_minor") or row.amount_minor),
            planned_centi=_centi(row.terms.get("planned_hours")),
            start=str(row.terms.get("start") or ""),
            end=str(row.terms.get("end") or ""),
        )

    def _changed(self, contract: Contract, cut_s: float) -> Contract:
        orders = [order for order in self._orders.get(contract.project, ()) if order[0] <= cut_s]
        if not orders:
            return contract
        return contract._replace(
            contract_minor=contract.contract_minor + sum(amount for _, amount, _ in orders),
            planned_centi=contract.planned_centi + sum(centi for _, _, centi in orders),
        )


def _running(project: Project) -> Contract:
    return Contract(
        project=project.project,
        customer=project.customer,
        entity=project.entity,
        currency=project.currency,
        billing_method=project.billing_method,
        contract_minor=project.contract_minor,
        planned_centi=project.planned_hours * 100,
        start=project.start,
        end=project.end,
        hours_before_centi=project.hours_to_date_centi,
        cost_before_minor=project.cost_to_date_minor,
        revenue_before_minor=project.revenue_to_date_minor,
    )


def _order(row: Commitment, order_hours: Mapping[str, int]) -> tuple[float, int, int]:
    """(approved, amount, hours) of a change order; the act says the hours where the books do not."""
    told = row.terms.get("hours")
    if told is None:
        told = order_hours.get(row.key.rpartition(":")[2], 0)
    return row.committed_at_s, row.amount_minor, _centi(told)


def _centi(hours: str | int | float | bool | None) -> int:
    return round(float(hours or 0) * 100)
