"""What waited, hour by hour, over the month-end: one panel a flow, mean over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.estimates import Estimates
from reports.figures.canvas import Drawing, grid, house_style, legend, line_width, look, svg_of
from reports.figures.moments import moments_key, played, time_axis
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
    shown = played(experiment, last_h)
    columns = 2 if len(flows) <= 4 else 3
    with house_style("backlog"):
        sheet = grid(len(flows), columns, 2.1)
        for place, (axes, flow) in enumerate(zip(sheet.axes, flows, strict=True)):
            for rank, model in enumerate(models):
                curve = until(mean_by_hour(experiment.of(model), flow), shown)
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
            axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
            axes.locator_params(axis="y", nbins=5, integer=True)
            time_axis(axes, experiment, shown, place >= len(flows) - columns)
        legend(sheet.figure, models)
        svg = svg_of(sheet.figure, "backlog")
    return Drawing(
        svg,
        "What waited over the window" if experiment.live else "What waited over the month-end",
        f"Backlog by hour for {len(flows)} flows and {len(models)} models, with cut-offs and locks marked.",
        "Items due and not yet done, mean over replications, each panel on its own scale. A wider curve lies "
        f"under a thinner one where models agree. {moments_key(experiment, shown)}",
    )


def until(curve: list[tuple[float, float]], shown: tuple[float, float]) -> list[tuple[float, float]]:
    """The curve over the hours shown: what stood before is where it begins, and it goes on to the end."""
    first_h, last_h = shown
    before = [count for hour, count in curve if hour <= first_h]
    inside = [(hour, count) for hour, count in curve if first_h < hour <= last_h]
    if before:
        inside.insert(0, (first_h, before[-1]))
    if inside and inside[-1][0] < last_h:
        inside.append((last_h, inside[-1][1]))
    return inside


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
