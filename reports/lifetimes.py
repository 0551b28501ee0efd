"""Where the time went, in figures: mean time of an item in each stage, in the unit that fits its size."""

from __future__ import annotations

import math

from reports.cells import Cell, Group, Row
from reports.findings import Findings
from reports.inputs import STAGES, Experiment
from reports.kpis import kpi
from reports.numbers import NOTHING, sized

FLOWS = {
    "project": "Won deal to open project",
    "worker": "Worker change to all systems",
    "time": "Approved timecard to posted",
    "expense": "Approved expense to posted",
    "control": "Billing control to ERP",
    "invoice": "Billing event to released invoice",
    "revenue": "Revenue run to journal",
    "reporting": "Source fact to report",
}
"""Flow to its words, in the order in which work flows."""

_HOURS = kpi("drain_h")
"""Any KPI in hours: stages are written as those are."""


def stage_hours(experiment: Experiment, model: str, flow: str, stage: str) -> dict[int, float]:
    """Mean hours that an item of a flow spent in a stage, by replication that told of it."""
    runs = experiment.of(model)
    return {run.replication: run.stages[flow].get(stage, 0.0) for run in runs if flow in run.stages}


def mean_stage(experiment: Experiment, model: str, flow: str, stage: str) -> float | None:
    """Mean hours over replications that an item of a flow spent in a stage; None where nothing told."""
    hours = stage_hours(experiment, model, flow, stage).values()
    return math.fsum(hours) / len(hours) if hours else None


def longest(experiment: Experiment, model: str, flow: str) -> tuple[str, float] | None:
    """The stage in which an item of a flow spent most, and its mean hours; None where nothing told."""
    told = {stage: mean_stage(experiment, model, flow, stage) for stage in STAGES}
    known = {stage: hours for stage, hours in told.items() if hours}
    return max(known.items(), key=lambda one: one[1]) if known else None


def stage_groups(findings: Findings) -> list[Group]:
    """One group a flow, one row a stage that took any time under some model, and their sum."""
    groups = [Group(label, _rows(findings, flow)) for flow, label in FLOWS.items()]
    return [group for group in groups if len(group.rows) > 1]


def _rows(findings: Findings, flow: str) -> tuple[Row, ...]:
    models = list(findings.estimates)
    table = {
        stage: [mean_stage(findings.experiment, model, flow, stage) for model in models] for stage in STAGES
    }
    rows = [
        Row(stage.capitalize(), "", tuple(map(_cell, hours))) for stage, hours in table.items() if any(hours)
    ]
    columns = zip(*table.values(), strict=True)
    sums = [
        math.fsum(hours for hours in column if hours) if column[0] is not None else None for column in columns
    ]
    return (*rows, Row("Together", "mean an item", tuple(map(_cell, sums))))


def _cell(hours: float | None) -> Cell:
    if hours is None:
        return Cell(NOTHING, "", "quiet")
    return Cell(sized(hours, _HOURS), "", "" if hours else "quiet")
