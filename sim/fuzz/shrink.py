"""Shrinks a failing world: whatever can be taken away while it still fails in the same way is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sim.fuzz.judge import Violation
from sim.fuzz.trial import Outcome
from sim.fuzz.world import Drawn

RUNS = 60
"""Runs that a shrink may take."""
_LEAST_HEADS = 5
_NEEDED = {"title", "question"}
_LISTS = ("faults", "releases")
_TABLES = ("schedules", "systems")

Way = tuple[str, str]
"""Kind and place of a violation: what it means to fail in the same way."""


def way(violation: Violation) -> Way:
    """How it failed."""
    return violation.kind, violation.where


def shrunk(failed: Outcome, trial: Callable[[Drawn], Outcome], runs: int = RUNS) -> Outcome:
    """The smallest world found that fails in the first way of the failed one."""
    wanted, best, left = way(failed.violations[0]), failed, runs
    progress = True
    while progress and left > 0:
        progress = False
        for smaller in _smaller(best.drawn):
            if left <= 0:
                break
            left -= 1
            outcome = trial(smaller)
            if wanted in map(way, outcome.violations):
                best, progress = outcome, True
                break
    return best


def _smaller(drawn: Drawn) -> Iterator[Drawn]:
    """One thing less, the largest things first."""
    for scenario in _scenarios(drawn.scenario):
        yield drawn._replace(scenario=scenario)
    for model in _models(drawn.model):
        yield drawn._replace(model=model)
    for firm in _firms(drawn.firm):
        yield drawn._replace(firm=firm)


def _scenarios(scenario: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in (*_TABLES, *_LISTS):
        if name in scenario:
            yield _without(scenario, name)
    for name in _LISTS:
        held = scenario.get(name, [])
        for place in range(len(held)):
            if len(held) > 1:
                yield {**scenario, name: [*held[:place], *held[place + 1 :]]}
    for name in _TABLES:
        for table in _tables(scenario.get(name, {})):
            yield {**scenario, name: table}
    for name in scenario:
        if name not in {*_NEEDED, *_LISTS, *_TABLES}:
            yield _without(scenario, name)


def _tables(table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The table without one of its entries, or with one of its tables so."""
    if len(table) > 1:
        for name in table:
            yield _without(table, name)
    for name, held in table.items():
        if isinstance(held, Mapping):
            for inner in _tables(held):
                yield {**table, name: inner}


def _models(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One pattern for all workflows, or for one more."""
    workflows = model["workflows"]
    patterns = list(dict.fromkeys(workflows.values()))
    if len(patterns) > 1:
        for pattern in patterns:
            yield {**model, "workflows": dict.fromkeys(workflows, pattern)}


def _firms(firm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    heads = firm["consultants"]
    for fewer in dict.fromkeys((_LEAST_HEADS, heads // 2, heads * 3 // 4)):
        if _LEAST_HEADS <= fewer < heads:
            yield {**firm, "consultants": fewer}
    if "entities" in firm:
        yield {name: held for name, held in firm.items() if name not in {"entities", "hq_zone", "hq_country"}}
        if len(firm["entities"]) > 1:
            for entity in firm["entities"]:
                yield {**firm, "entities": [{**entity, "share": 1.0}]}
    for name in firm:
        if name not in {"consultants", "entities", "hq_zone", "hq_country"}:
            yield _without(firm, name)


def _without(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: held for key, held in table.items() if key != name}
