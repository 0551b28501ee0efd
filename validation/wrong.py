"""Simulations that are wrong on purpose: gates that let them pass would prove nothing of the right one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from mocks.assemble import ALL as SYSTEMS
from scenarios.firm import Firm
from validation.regimes import Table, changed_systems


class Wrong(NamedTuple):
    """What the twins get wrong: of the scenario, and of the firm's integration."""

    name: str
    title: str
    scenario: Callable[[Table], Mapping[str, Any]]
    firm: Callable[[Firm], Firm]


def _halved(table: Table) -> Mapping[str, Any]:
    slots = table["systems"]["netsuite"]["limits"]["account_concurrency"]
    return changed_systems(table, {"netsuite": {"limits": {"account_concurrency": slots / 2.0}}})


def _doubled(table: Table) -> Mapping[str, Any]:
    held = table.get("systems", {})
    factors = {name: 2.0 * held.get(name, {}).get("latency_factor", 1.0) for name in SYSTEMS}
    return changed_systems(table, {name: {"latency_factor": factor} for name, factor in factors.items()})


def _untried(firm: Firm) -> Firm:
    return replace(firm, integration={**firm.integration, "attempts": 1})


def _same(whatever: Any) -> Any:
    return whatever


WRONG = (
    Wrong("limit-halved", "the ERP's slots halved", _halved, _same),
    Wrong("latencies-doubled", "service times of every system doubled", _doubled, _same),
    Wrong("retry-lost", "no call is tried again", _same, _untried),
)
