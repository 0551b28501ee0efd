"""Draws what a scenario changes of the systems: limits, policy figures, latency, background, daily faults."""

from __future__ import annotations

from typing import Any

from kernel.errors import InputError
from scenarios.known import AMBIENT, FAULTS, FELT_BY, SYSTEMS, figures_of, switches_of
from scenarios.scenario import SystemChange
from scenarios.scenario_checks import check_system
from sim.fuzz.dice import Dice

_LASTING = ("credential_life_s",)
"""Figures whose end nobody in the firm would mend: a credential that runs out stays out."""
_PAGES = ("page", "records", "rows")
"""Words of lists that can be asked for in parts, however small; what goes whole or not at all must fit."""
_SLIGHT = 0.03
"""The most that a fault of every day strikes where the system has no such rate of its own."""


def systems(dice: Dice) -> dict[str, Any]:
    """Tables by system; a system that is as the vendor has it has none."""
    drawn = {name: _system(dice.of(name), name) for name in SYSTEMS if dice.chance(f"{name}?", 0.5)}
    return {name: table for name, table in drawn.items() if table}


def _system(dice: Dice, system: str) -> dict[str, Any]:
    parts = {
        "limits": _limits(dice.of("limits"), system),
        "policy": _policy(dice.of("policy"), system),
        "ambient": _ambient(dice.of("ambient"), system),
    }
    table: dict[str, Any] = {name: part for name, part in parts.items() if part}
    if dice.chance("latency?", 0.3):
        table["latency_factor"] = dice.spread("latency", 0.3, 4.0)
    if dice.chance("background?", 0.3):
        table["background"] = dice.between("background", 0.0, 1.5)
        table["background_phase_h"] = dice.between("phase", -24.0, 24.0)
    off = [name for name in figures_of(system, "limits") if dice.chance(f"{name} off?", 0.05)]
    return table | {"off": off} if off else table


def _limits(dice: Dice, system: str) -> dict[str, float]:
    """Sizes from a third to three times the vendor's."""
    found = figures_of(system, "limits")
    return {
        name: float(max(1, round(figure["size"] * dice.spread(name, 0.33, 3.0))))
        for name, figure in found.items()
        if dice.chance(f"{name}?", 0.3)
    }


def _policy(dice: Dice, system: str) -> dict[str, Any]:
    """Pages, lives and waits from a hundredth (pages) or a third to twice the vendor's."""
    figures, table = figures_of(system, "policy"), dict[str, Any]()
    for name, switch in switches_of(system).items():
        if name in _LASTING or not dice.chance(f"{name}?", 0.25):
            continue
        least = 0.01 if any(word in name for word in _PAGES) else 0.33
        value = figures[name]["value"] * dice.spread(name, least, 2.0)
        value = max(int(switch.least), round(value)) if switch.of == "whole" else float(f"{value:.3g}")
        if _taken(system, {**table, name: value}):
            table[name] = value
    return table


def _ambient(dice: Dice, system: str) -> dict[str, float]:
    kinds = {name: figure["rate"] for name, figure in figures_of(system, "ambient").items()}
    kinds |= {kind: 0.0 for kind in AMBIENT if kind not in kinds}
    kinds |= {kind: 0.0 for kind in FAULTS if system in FELT_BY.get(kind, ()) and kind not in kinds}
    return {
        kind: dice.between(kind, 0.0, min(0.2, max(_SLIGHT, 4 * rate)))
        for kind, rate in kinds.items()
        if kind not in {"throttle"} and dice.chance(f"{kind}?", 0.12)
    }


def _taken(system: str, policy: dict[str, Any]) -> bool:
    try:
        check_system("drawn", system, SystemChange(policy=policy))
    except InputError:
        return False
    return True
