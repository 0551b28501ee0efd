"""A drawn world: the tables of a scenario, a firm and a model, as their files would hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from measurements.facts import WORKFLOWS
from pipeline.models import PATTERNS, Model, load, model_of
from scenarios.catalogue import scenario_from
from scenarios.firm import Firm
from scenarios.firm_file import firm_of
from scenarios.known import POLLED
from scenarios.period import period_calendar
from scenarios.scenario import Scenario
from sim.fuzz import firms, landscape, upheaval
from sim.fuzz.dice import Dice

BASELINES = ("manual", "point-to-point")
"""They break what they break, and are judged elsewhere."""
CANDIDATES = tuple(pattern for pattern in PATTERNS if pattern not in BASELINES)


class Drawn(NamedTuple):
    """One world as tables; `seed` is that of its run, too."""

    seed: int
    scenario: Mapping[str, Any]
    firm: Mapping[str, Any]
    model: Mapping[str, Any]


class Readings(NamedTuple):
    """The same world as the product reads it."""

    scenario: Scenario
    firm: Firm
    model: Model


def draw(seed: int) -> Drawn:
    """The world of a seed."""
    dice = Dice(seed)
    firm = firms.firm(dice.of("firm"))
    scenario: dict[str, Any] = {
        "title": f"fuzz {seed}",
        "question": "Does it end clean?",
        "period": f"{dice.whole('year', 2024, 2028)}-{dice.whole('month', 1, 12):02d}",
        "month_end": dice.chance("month end", 0.8),
    }
    calendar = period_calendar(scenario_from("drawn", scenario, "drawn"), firm_of(Firm(), firm, "drawn"))
    parts = {
        "schedules": _schedules(dice.of("schedules")),
        "polls": _polls(dice.of("polls")),
        "systems": landscape.systems(dice.of("systems")),
        "faults": upheaval.faults(dice.of("faults"), calendar),
        "releases": upheaval.releases(dice.of("releases"), calendar),
    }
    scenario |= {name: part for name, part in parts.items() if part}
    return Drawn(seed, scenario, firm, _model(dice.of("model")))


def read(drawn: Drawn) -> Readings:
    """The world through the readers of its files. Raises InputError where one refuses it."""
    scenario = scenario_from("scenario", drawn.scenario, "scenario.toml")
    return Readings(scenario, firm_of(Firm(), drawn.firm, "firm.toml"), model_of(drawn.model, "model.toml"))


def _model(dice: Dice) -> dict[str, Any]:
    """One pattern for all, the hybrid, or any table of candidates."""
    kind = dice.weighted("kind", (("pure", 0.4), ("hybrid", 0.15), ("mixed", 0.45)))
    if kind == "hybrid":
        return {"name": "drawn", "workflows": dict(load("hybrid").workflows)}
    if kind == "pure":
        patterns = [dice.one("pattern", ("batch", "api", "event"))] * len(WORKFLOWS)
    else:
        patterns = [dice.one(workflow, CANDIDATES) for workflow in WORKFLOWS]
    return {"name": "drawn", "workflows": dict(zip(WORKFLOWS, patterns, strict=True))}


def _polls(dice: Dice) -> dict[str, float]:
    """Up to every two hours: idle polls are most of a small world's work, and each tells the same."""
    return {system: float(round(dice.spread(system, 5.0, 120.0))) for system in POLLED}


def _schedules(dice: Dice) -> dict[str, Any]:
    return {name: _schedule(dice.of(name)) for name in WORKFLOWS if dice.chance(f"{name}?", 0.15)}


def _schedule(dice: Dice) -> dict[str, Any]:
    """Some runs a day, or one every some minutes."""
    if dice.chance("every?", 0.4):
        return {"every_min": float(dice.whole("every", 15, 720))}
    clocks = sorted(
        {
            f"{dice.whole(f'hour.{n}', 0, 23):02d}:{15 * dice.whole(f'quarter.{n}', 0, 3):02d}"
            for n in range(dice.whole("runs", 1, 4))
        }
    )
    table: dict[str, Any] = {
        "times": clocks,
        "zone": dice.one("zone", ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")),
    }
    return table | ({"cut_off_h": dice.between("cut off", 0.0, 6.0)} if dice.chance("cut off?", 0.2) else {})
