"""How long things took: one empirical distribution per flow and model, on a logarithmic axis of time."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from reports.estimates import Estimates
from reports.figures.canvas import Drawing, grid, house_style, legend, line_width, look, svg_of
from reports.inputs import Experiment, Run

LABELS = {
    "project": "Won deal to open project",
    "worker": "Worker change to all systems",
    "time": "Approved timecard to posted",
    "expense": "Approved expense to posted",
    "invoice": "Period end to invoice",
    "reporting": "Source fact to report",
}
_TICKS = (
    (10 / 3600, "10 s"),
    (1 / 60, "1 min"),
    (10 / 60, "10 min"),
    (1, "1 h"),
    (8, "8 h"),
    (24, "1 d"),
    (72, "3 d"),
    (240, "10 d"),
)
_POINTS = 240
_FLOOR_H = 5 / 3600


def latency(experiment: Experiment, found: Estimates) -> Drawing | None:
    """Curves of all replications together; an unfinished item keeps its curve below 100 %."""
    flows = [flow for flow in LABELS if any(run.samples.get(flow) for run in experiment.runs)]
    if not flows:
        return None
    models = list(found)
    with house_style("latency"):
        sheet = grid(len(flows), 3)
        for axes, flow in zip(sheet.axes, flows, strict=True):
            for model in models:
                _curve(axes, experiment.of(model), flow, model, models)
            _dress(axes, LABELS[flow])
        for axes in sheet.axes[::3]:
            axes.set_ylabel("share finished")
        legend(sheet.figure, models)
        svg = svg_of(sheet.figure, "latency")
    return Drawing(
        svg,
        "How long things took",
        f"Cumulative share finished against elapsed time, for {len(flows)} flows and {len(models)} models. "
        "The figures are in the KPI table.",
        "Share of items finished within a time, log scale, all replications together. Further left is "
        "faster. A curve that ends below 100 % left items unfinished. A wider curve lies under a thinner one "
        "where models agree.",
    )


def _curve(axes: Axes, runs: Sequence[Run], flow: str, model: str, models: Sequence[str]) -> None:
    hours = sorted(hour for run in runs for hour in run.samples.get(flow, ()))
    if not hours:
        return
    total = len(hours) + sum(run.unfinished.get(flow, 0) for run in runs)
    kept = thinned(hours)
    style = look(model, models)
    axes.plot(
        [max(hours[place], _FLOOR_H) for place in kept],
        [(place + 1) / total for place in kept],
        color=style.colour,
        linestyle=style.line,
        linewidth=line_width(list(models).index(model), len(models)),
        drawstyle="steps-post",
    )


def thinned(values: Sequence[float]) -> list[int]:
    """Evenly spaced places in a sorted sequence, first and last among them, to keep the figure small."""
    last = len(values) - 1
    if last < _POINTS:
        return list(range(len(values)))
    return sorted({round(step * last / _POINTS) for step in range(_POINTS + 1)})


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    low, high = _readable(*axes.get_xlim())
    axes.set_xlim(low, high)
    shown = [(at, label) for at, label in _TICKS if low <= at <= high]
    axes.set_xticks([at for at, _ in shown], [label for _, label in shown])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")


def _readable(low: float, high: float) -> tuple[float, float]:
    """The span, widened to its neighbouring ticks where fewer than two stand in it."""
    hours = [at for at, _ in _TICKS]
    if sum(low <= at <= high for at in hours) >= 2:
        return low, high
    return (
        max([at for at in hours if at <= low], default=low),
        min([at for at in hours if at >= high], default=high),
    )
