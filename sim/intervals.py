"""The strip over intervals: batch at 24, 4, 1 and 1/4 h, and bridges at 15 and 5 min.

It shows at which interval the ranking of the patterns changes; every other setting stays as it was. Batch is
compared with the other models as they were compared, at the sources' own bridge intervals, over the same
replications.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.facts import WORKFLOWS
from measurements.run import Run
from pipeline.models import Model
from reports.estimates import estimate
from reports.inputs import Margin, Strip, StripPoint
from reports.kpis import kpi
from scenarios.schedule import ScheduleSetting
from sim.arm import Arm
from sim.plan import ASIDE_REPLICATIONS, Plan

KPIS = ("project_setup_h_p95", "worker_alignment_h_p95", "time_posted_h_p95", "days_to_invoice_p95")
EVERY_H = (24.0, 4.0, 1.0, 0.25)
BRIDGE_MIN = (15, 5)


class _Interval(NamedTuple):
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

    @property
    def fresh(self) -> bool:
        """Whether it is a run of its own, not one of the comparison's."""
        return self.schedule_min is not None or self.bridge_min is not None


def arms(plan: Plan) -> list[Arm]:
    """The settings that are run; models that the plan does not compare are left out."""
    compared = {model.name: model for model in plan.models}
    return [_arm(plan, one, compared[one.model]) for one in _intervals(compared) if one.fresh]


def strips(plan: Plan, runs: Sequence[Run], fresh: Mapping[str, Sequence[Run]]) -> list[Strip]:
    """One strip a KPI of which anything was due, from the comparison's runs of the same replications and the
    arms' runs by name.
    """
    told = _intervals([model.name for model in plan.models])
    held = {
        one.label: fresh.get(one.label, ())
        if one.fresh
        else [run for run in runs if run.model == one.model and run.replication < ASIDE_REPLICATIONS]
        for one in told
    }
    each = [_strip(name, _margin(plan, name), told, held) for name in KPIS]
    return [one for one in each if one.points]


def _margin(plan: Plan, name: str) -> Margin:
    own = plan.scenario.decisions.get(name) or plan.firm.margins.get(name)
    return Margin(*own) if own is not None else kpi(name).margin


def _intervals(compared: Collection[str]) -> list[_Interval]:
    """What is shown; bridges under one model alone, since whoever needs them polls by the same bridge."""
    batch = [
        _Interval(f"batch, {_every(hours)}", "batch", hours, None if hours == EVERY_H[0] else hours * 60.0)
        for hours in EVERY_H
    ]
    bridges = [
        _Interval(f"{model}, bridges {minutes} min", model, minutes / 60.0, bridge_min=minutes)
        for model in [name for name in ("api", "event") if name in compared][:1]
        for minutes in BRIDGE_MIN
    ]
    own = [_Interval(f"{model}, as compared", model, 0.0) for model in ("api", "event")]
    return [one for one in batch + own + bridges if one.model in compared]


def _every(hours: float) -> str:
    return f"{hours:g} h" if hours >= 1 else f"{hours * 60:g} min"


def _arm(plan: Plan, one: _Interval, model: Model) -> Arm:
    scenario, poll_s = plan.scenario, None
    if one.schedule_min is not None:
        every = ScheduleSetting(every_min=one.schedule_min, zone=plan.firm.hq_zone)
        scenario = replace(scenario, schedules={**scenario.schedules, **dict.fromkeys(WORKFLOWS, every)})
    if one.bridge_min is not None:
        poll_s = dict.fromkeys(("netsuite", "workday"), one.bridge_min * 60.0)
    return Arm(one.label, model, scenario, plan.firm, poll_s)


def _strip(name: str, margin: Margin, arms: Sequence[_Interval], found: Mapping[str, Sequence[Run]]) -> Strip:
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
    return Strip(name, points, changes_at(margin, batches, rivals))


def changes_at(margin: Margin, batches: Sequence[tuple[float, float | None]], rivals: Sequence[float]) -> str:
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
