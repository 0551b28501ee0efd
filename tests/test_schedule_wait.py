"""What a schedule costs: uniform arrivals against runs of period T wait T/2 on average and 0.95 T at p95.

Approvals are placed one by one, so that nothing but the schedule makes them wait: systems answer at once,
nothing fails, no other integration is there. The tolerance is three standard errors of the sample.
"""

from __future__ import annotations

import math
from functools import cache

import pytest
from small_world import (
    DAY_S,
    FAULTLESS,
    HOUR_S,
    TIME,
    approvals,
    judged,
    model,
    month_end,
    peopled,
    ran,
    staged,
)

from kernel.luck import luck
from pipeline.settings import Schedule
from scenarios.play import Play
from scenarios.scenario import SystemChange

SEEDS = range(1, 6)
CARDS = 60
_RUN_H = 0.05
"""How long a run of a few records itself takes at most in this quiet world."""

QUIET = month_end(
    ambient=FAULTLESS,
    systems={
        name: SystemChange(latency_factor=0.001, policy={"async_record_s": 0.0} if name == "netsuite" else {})
        for name in ("salesforce", "netsuite")
    },
    background=0.0,
)


@cache
def empty(seed: int) -> Play:
    """A firm in which nobody acts."""
    return staged(QUIET, seed, consultants=2 * CARDS // 3, people=())


@cache
def waits_h(period_h: float, office: bool) -> tuple[float, ...]:
    """Approval to posting of every card, over all seeds; `office`: approved between 09:00 and 18:00 HQ."""
    found: list[float] = []
    for seed in SEEDS:
        play = peopled(empty(seed), approvals(empty(seed), _instants(seed, office)), days=13.2)
        step = Schedule(every_min=60.0 * period_h) if period_h < 24.0 else Schedule(("01:00",))
        schedule = step._replace(cut_off_runs=False)
        run = judged(ran(play, model(**{TIME: "batch"}), seed, schedules={TIME: schedule}, processing_s=0.0))
        found.extend(run.samples["time"])
    return tuple(sorted(found))


def _draws(seed: int, purpose: str) -> list[float]:
    return [luck(seed, f"approval {purpose}", str(number)) for number in range(CARDS)]


def _instants(seed: int, office: bool) -> list[float]:
    """Uniform over five days of the window, or over the hours from 09:00 to 18:00 of those days."""
    first_s = 7.0 * DAY_S
    if not office:
        return sorted(first_s + 5.0 * DAY_S * draw for draw in _draws(seed, "instant"))
    days, hours = _draws(seed, "day"), _draws(seed, "hour")
    pairs = zip(days, hours, strict=True)
    return sorted(first_s + int(5.0 * day) * DAY_S + (9.0 + 9.0 * hour) * HOUR_S for day, hour in pairs)


def _mean(waits: tuple[float, ...]) -> float:
    return math.fsum(waits) / len(waits)


def _p95(waits: tuple[float, ...]) -> float:
    return waits[math.ceil(0.95 * len(waits)) - 1]


@pytest.mark.parametrize("period_h", [pytest.param(1.0, marks=pytest.mark.large), 4.0, 24.0])
def test_uniform_arrivals_wait_half_a_period_on_average_and_all_but_a_twentieth_of_it_at_p95(
    period_h: float,
) -> None:
    waits = waits_h(period_h, office=False)
    assert len(waits) == CARDS * len(SEEDS)
    mean_error_h = period_h / math.sqrt(12.0 * len(waits))
    p95_error_h = period_h * math.sqrt(0.95 * 0.05 / len(waits))
    assert abs(_mean(waits) - period_h / 2.0) <= 3.0 * mean_error_h + _RUN_H
    assert abs(_p95(waits) - 0.95 * period_h) <= 3.0 * p95_error_h + _RUN_H


def test_the_wait_goes_with_the_period_and_so_vanishes_with_it() -> None:
    assert _mean(waits_h(24.0, office=False)) > 5.0 * _mean(waits_h(4.0, office=False))
    assert _p95(waits_h(1.0, office=False)) < 1.0 + _RUN_H


def test_office_hours_and_a_run_at_one_in_the_night_wait_eleven_and_a_half_hours() -> None:
    """09:00 to 18:00, uniform: 7 to 16 h, so a mean of 11.5 h and a p95 of 15.55 h."""
    waits = waits_h(24.0, office=True)
    assert len(waits) == CARDS * len(SEEDS)
    assert abs(_mean(waits) - 11.5) <= 3.0 * 9.0 / math.sqrt(12.0 * len(waits)) + _RUN_H
    assert abs(_p95(waits) - 15.55) <= 3.0 * 9.0 * math.sqrt(0.95 * 0.05 / len(waits)) + _RUN_H
