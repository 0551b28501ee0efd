"""What waited, hour by hour, over the month-end: one panel a flow, mean over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.estimates import Estimates
from reports.figures.canvas import Drawing, grid, house_style, legend, line_width, look, svg_of
from reports.figures.moments import moments_key, time_axis
from reports.inputs import Experiment, Run

LABELS = {
    "project": "Projects not yet open",
    "worker": "Worker changes not yet everywhere",
    "time": "Approved timecards unposted",
    "expense": "Approved expenses unposted",
    "invoice": "Invoices due, unreleased",
    "reporting": "Facts not yet in reports",
}


def backlog(experiment: Experiment, found: Estimates) -> Drawing | None:
    """Items that are due and not yet done."""
    flows = [flow for flow in LABELS if any(run.backlog.get(flow) for run in experiment.runs)]
    if not flows:
        return None
    models = list(found)
    last_h = max(
        (float(hour) for run in experiment.runs for series in run.backlog.values() for hour, _ in series),
        default=1.0,
    )
    columns = 2 if len(flows) <= 4 else 3
    with house_style("backlog"):
        sheet = grid(len(flows), columns, 2.1)
        for place, (axes, flow) in enumerate(zip(sheet.axes, flows, strict=True)):
            for rank, model in enumerate(models):
                curve = mean_by_hour(experiment.of(model), flow)
                if curve and curve[-1][0] < last_h:
                    curve.append((last_h, curve[-1][1]))
                style = look(model, models)
                axes.plot(
                    [hour for hour, _ in curve],
                    [count for _, count in curve],
                    color=style.colour,
                    linestyle=style.line,
                    linewidth=line_width(rank, len(models)),
                    drawstyle="steps-post",
                )
            axes.set_title(LABELS[flow])
            axes.set_ylim(bottom=0)
            time_axis(axes, experiment, (0, last_h), place >= len(flows) - columns)
        legend(sheet.figure, models)
        svg = svg_of(sheet.figure, "backlog")
    return Drawing(
        svg,
        "What waited over the month-end",
        f"Backlog by hour for {len(flows)} flows and {len(models)} models, with cut-offs and locks marked.",
        "Items due and not yet done, mean over replications, each panel on its own scale. A wider curve lies "
        f"under a thinner one where models agree. {moments_key(experiment, (0, last_h))}",
    )


def mean_by_hour(runs: Sequence[Run], flow: str) -> list[tuple[float, float]]:
    """The backlog of a flow by hour, averaged over the runs; a run without an hour holds its last count."""
    series = [dict(run.backlog.get(flow, ())) for run in runs]
    hours = sorted({hour for one in series for hour in one})
    last = [0.0] * len(series)
    curve: list[tuple[float, float]] = []
    for hour in hours:
        last = [one.get(hour, before) for one, before in zip(series, last, strict=True)]
        curve.append((float(hour), math.fsum(last) / len(last)))
    return curve
