"""The sensitivity strip: the same replications with batch at 24, 4, 1 and 1/4 h, and bridges at 15 and 5 min.

It shows at which interval the ranking of the patterns changes; every other setting stays as it was. Batch is
compared with the other models as they were compared, at the sources' own bridge intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.facts import WORKFLOWS
from measurements.run import Run
from pipeline.models import Model
from reports.estimates import estimate
from reports.inputs import Margin, Strip, StripPoint
from reports.kpis import kpi
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

    @property
    def rival(self) -> bool:
        """Whether batch is compared with this arm: another model's own runs."""
        return self.model != "batch" and self.bridge_min is None


class Tried(NamedTuple):
    """The strips, none of them where an interrupt cut the work short: half a strip would mislead."""

    strips: Sequence[Strip] = ()
    interrupted: bool = False


def strips(plan: Plan, runs: Sequence[Run], told: Callable[[str, int, int], None]) -> Tried:
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
        return Tried(interrupted=True)
    found: dict[str, list[Run]] = {
        arm.label: [run for run in runs if run.model == arm.model] for arm in arms if arm not in fresh
    }
    for place, arm in enumerate(fresh):
        held = gathered.results[place * plan.replications : (place + 1) * plan.replications]
        found[arm.label] = [done.run for done in held if done is not None]
    return Tried([_strip(name, _margin(plan, name), arms, found) for name in KPIS])


def _margin(plan: Plan, name: str) -> Margin:
    own = plan.scenario.decisions.get(name)
    return Margin(*own) if own is not None else kpi(name).margin


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
    own = [_Arm(f"{model}, as compared", model, 0.0) for model in ("api", "event")]
    return batch + own + bridges


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


def _strip(name: str, margin: Margin, arms: Sequence[_Arm], found: Mapping[str, Sequence[Run]]) -> Strip:
    points: list[StripPoint] = []
    batches: list[tuple[float, float | None]] = []
    rivals: list[float] = []
    for arm in arms:
        runs = found[arm.label]
        told = estimate({run.replication: run.kpis[name] for run in runs if name in run.kpis})
        if told.mean is None:
            continue
        label = f"{arm.label} (at least)" if told.at_least else arm.label
        points.append(StripPoint(label, arm.model, arm.every_h, told.mean, told.ci_low, told.ci_high))
        if arm.model == "batch":
            batches.append((arm.every_h, None if told.at_least else told.mean))
        elif arm.rival and not told.at_least:
            rivals.append(told.mean)
    return Strip(name, points, _changes_at(margin, batches, rivals))


def _changes_at(
    margin: Margin, batches: Sequence[tuple[float, float | None]], rivals: Sequence[float]
) -> str:
    """The longest batch interval within the margin of the best rival; a lower bound (None) never is."""
    if not rivals or not batches:
        return "nothing to compare with"
    best = min(rivals)
    reach = best + margin.around(best)
    within = [every_h for every_h, mean in batches if mean is not None and mean <= reach]
    if len(within) == len(batches):
        return "none of the tried intervals: batch is within the margin at all of them"
    if not within:
        return f"none of the tried intervals: batch stays behind even at {_every(min(EVERY_H))}"
    return f"batch comes within the practical margin at {_every(max(within))}"
