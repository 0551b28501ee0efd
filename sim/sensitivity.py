"""The sensitivity strip: the same replications with batch at 24, 4, 1 and 1/4 h, and bridges at 15 and 5 min.

It shows at which interval the ranking of the patterns changes; every other setting stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.facts import WORKFLOWS
from measurements.run import Run
from pipeline.models import Model
from reports.inputs import Strip, StripPoint
from reports.kpis import kpi
from reports.statistics import mean_interval
from scenarios.schedule import ScheduleSetting
from sim.job import Done, Job, work
from sim.plan import Plan
from sim.pool import run_all

KPIS = ("project_setup_h_p95", "worker_alignment_h_p95", "time_posted_h_p95", "days_to_invoice_p95")
EVERY_H = (24.0, 4.0, 1.0, 0.25)
BRIDGE_MIN = (15, 5)


class _Arm(NamedTuple):
    """One setting: a model with schedules of so many minutes, or with bridges of so many."""

    label: str
    model: str
    every_h: float
    schedule_min: float | None = None
    bridge_min: int | None = None


def strips(plan: Plan, runs: Sequence[Run], told: Callable[[str, int, int], None]) -> list[Strip]:
    """One strip a KPI; models that the plan does not compare are left out."""
    compared = {model.name: model for model in plan.models}
    arms = [arm for arm in _arms() if arm.model in compared]
    fresh = [arm for arm in arms if arm.schedule_min is not None or arm.bridge_min is not None]
    jobs = [
        _job(plan, arm, compared[arm.model], number) for arm in fresh for number in range(plan.replications)
    ]
    count = 0

    def one_done(index: int, done: Done) -> None:
        nonlocal count
        count += 1
        told(f"strip: {fresh[index // plan.replications].label}", count, len(jobs))

    gathered = run_all(jobs, work, plan.processes, one_done)
    if gathered.interrupted:
        return []
    found: dict[str, list[Run]] = {
        arm.label: [run for run in runs if run.model == arm.model] for arm in arms if arm not in fresh
    }
    for place, arm in enumerate(fresh):
        held = gathered.results[place * plan.replications : (place + 1) * plan.replications]
        found[arm.label] = [done.run for done in held if done is not None]
    return [_strip(name, arms, found) for name in KPIS]


def _arms() -> list[_Arm]:
    batch = [
        _Arm(f"batch, {_every(hours)}", "batch", hours, None if hours == EVERY_H[0] else hours * 60.0)
        for hours in EVERY_H
    ]
    bridges = [
        _Arm(f"{model}, bridges {minutes} min", model, minutes / 60.0, bridge_min=minutes)
        for model in ("api", "event")
        for minutes in BRIDGE_MIN
    ]
    return batch + bridges


def _every(hours: float) -> str:
    return f"{hours:g} h" if hours >= 1 else f"{hours * 60:g} min"


def _job(plan: Plan, arm: _Arm, model: Model, number: int) -> Job:
    scenario, poll_s = plan.scenario, None
    if arm.schedule_min is not None:
        every = ScheduleSetting(every_min=arm.schedule_min, zone=plan.firm.hq_zone)
        scenario = replace(scenario, schedules={**scenario.schedules, **dict.fromkeys(WORKFLOWS, every)})
    if arm.bridge_min is not None:
        poll_s = dict.fromkeys(("netsuite", "workday"), arm.bridge_min * 60.0)
    return Job(scenario, plan.firm, model, plan.seed + number, number, None, poll_s)


def _strip(name: str, arms: Sequence[_Arm], found: Mapping[str, Sequence[Run]]) -> Strip:
    points = []
    for arm in arms:
        values = [run.kpis[name].value for run in found[arm.label] if name in run.kpis]
        known = [value for value in values if value is not None]
        if known:
            interval = mean_interval(known)
            points.append(
                StripPoint(arm.label, arm.model, arm.every_h, interval.mean, interval.low, interval.high)
            )
    return Strip(name, points, _changes_at(name, points))


def _changes_at(name: str, points: Sequence[StripPoint]) -> str:
    """The longest batch interval that is within the practical margin of the best other pattern."""
    others = [point.mean for point in points if point.pattern != "batch"]
    batches = [point for point in points if point.pattern == "batch"]
    if not others or not batches:
        return "nothing to compare with"
    best = min(others)
    reach = best + kpi(name).margin.around(best)
    within = [point for point in batches if point.mean <= reach]
    if len(within) == len(batches):
        return "none of the tried intervals: batch is within the margin at all of them"
    if not within:
        return f"none of the tried intervals: batch stays behind even at {_every(min(EVERY_H))}"
    longest = max(within, key=lambda point: point.every_h)
    return f"batch comes within the practical margin at {_every(longest.every_h)}"
