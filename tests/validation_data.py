"""Readings made by hand, and small validations in virtual time: jittered runs stand for live ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from measurements.items import Item
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from scenarios.window import window_of
from validation.asked import Asked
from validation.calibration import Calibration
from validation.campaign import LiveRun
from validation.reading import Reading, Span
from validation.twins import twins

SPAN = Span(0.0, 7200.0, 9000.0)
WIRE = Calibration(call_s=0.4, call_p90_s=0.8, run_spread=0.1)
"""What a call costs where a virtual run stands for a live one."""


def reading(took_s: Sequence[float | None], **changes: Any) -> Reading:
    """Time cards that start evenly in the window and take so long; None = not finished."""
    items = {}
    for place, took in enumerate(took_s):
        starts_s = SPAN.until_s * place / len(took_s)
        ends_s = None if took is None else starts_s + took
        items["time", f"T{place}", 1] = Item("time", f"T{place}", 1, "US01", starts_s, ends_s)
    made = Reading(
        model="api",
        span=SPAN,
        items=items,
        acts={"salesforce: desk": 1_000},
        calls={"netsuite: write": 1_000},
        refused={},
        failed={},
        retries=0,
        exceptions={},
        audit={},
        findings=frozenset(),
    )
    return replace(made, **changes)


def asked(
    consultants: int,
    names: Sequence[str],
    trials: int,
    workflows: Sequence[str] = (),
    begins: str = "BD-2 08:00",
) -> Asked:
    """A month-end of a small firm, from two days before its end to the evening after."""
    table = catalogue.table("month-end")
    if workflows:
        table = {**table, "workflows": list(workflows), "decisions": {}}
    scenario = catalogue.scenario_from("month-end", table, "month-end.toml")
    play = stage(scenario, firm_file.load(None, consultants), 1)
    return Asked(
        play=play,
        table=table,
        window=window_of(play, begins, "BD+1 20:00"),
        models=[models.load(name) for name in names],
        drain_s=1800.0,
        live_runs=3,
        twins=20,
        resolution_s=0.12,
        processes=2,
        trials=trials,
    )


class StandIn:
    """Plays in virtual time what others play live, with luck of its own in what a call costs."""

    def __init__(self, what: Asked, cost: Calibration = WIRE) -> None:
        self._asked = what
        self._cost = cost

    def __call__(self, regime: Any, model: Any, number: int) -> LiveRun:
        stage_of = self._asked.stage(regime, model)
        (observed,) = twins(stage_of, self._cost, [9_000 + number], lambda left: left)
        return LiveRun(observed)
