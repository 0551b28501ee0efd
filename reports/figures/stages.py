"""Where the time went: mean hours an item spent in each stage, per flow and model."""

from __future__ import annotations

import math

from matplotlib.patches import Patch

from reports.estimates import Estimates
from reports.figures.canvas import INK, Drawing, grid, house_style, svg_of
from reports.inputs import STAGES, Experiment
from reports.lifetimes import FLOWS, mean_stage

COLOURS = ("#56B4E9", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#999999")


def stages(experiment: Experiment, found: Estimates) -> Drawing | None:
    """Stacked bars, one panel a flow."""
    flows = [flow for flow in FLOWS if any(run.stages.get(flow) for run in experiment.runs)]
    if not flows:
        return None
    models = list(found)
    with house_style("stages"):
        sheet = grid(len(flows), 3, 0.6 + 0.2 * len(models))
        for place, (axes, flow) in enumerate(zip(sheet.axes, flows, strict=True)):
            times = [
                [mean_stage(experiment, model, flow, stage) or 0.0 for stage in STAGES] for model in models
            ]
            per_hour, unit = _unit(max(map(math.fsum, times)))
            for row, hours in enumerate(times):
                left = 0.0
                for width, colour in zip((per_hour * one for one in hours), COLOURS, strict=True):
                    axes.barh(row, width, 0.66, left, color=colour)
                    left += width
            names = models if place % 3 == 0 else [""] * len(models)
            axes.set_yticks(range(len(models)), names, color=INK)
            axes.set_ylim(len(models) - 0.5, -0.5)
            axes.set_xlim(0.0, None if any(map(math.fsum, times)) else 1.0)
            axes.set_title(FLOWS[flow])
            axes.set_xlabel(f"{unit} an item, mean")
            axes.grid(False, axis="y")
        handles = [Patch(color=c, label=stage) for stage, c in zip(STAGES, COLOURS, strict=True)]
        sheet.figure.legend(handles=handles, loc="outside upper left", ncols=len(STAGES))
        svg = svg_of(sheet.figure, "stages")
    return Drawing(
        svg,
        "Where the time went",
        f"Mean hours per item by stage for {len(flows)} flows and {len(models)} models.",
        "Schedule wait, throttling and processing belong to the integration; people wait as long as the "
        "work that reaches them makes them; rework is what they had to settle first; unfinished is the age "
        "of what never was. An empty row is either too short to see (see the table below) or left no "
        "trail: manual has no machine that keeps one. Each panel has its own scale. "
        "Stages are told by the pipeline’s own trail: the only place where its word is used; no KPI and no "
        "audit uses it.",
    )


def _unit(hours: float) -> tuple[float, str]:
    """How many of them an hour has, and the name of the unit in which the longest bar can be read."""
    if hours >= 1:
        return 1.0, "hours"
    return (60.0, "minutes") if hours >= 1 / 60 else (3600.0, "seconds")
