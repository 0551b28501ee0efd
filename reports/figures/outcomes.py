"""The outcome KPIs side by side: a dot for each model's mean, a line for its interval."""

from __future__ import annotations

from matplotlib.axes import Axes

from reports import deciding
from reports.estimates import Estimate, Estimates
from reports.figures.canvas import CLOCK_FLOOR_H, INK, Drawing, clock_axis, grid, house_style, look, svg_of
from reports.inputs import Experiment
from reports.kpis import WORKFLOWS, Kpi
from reports.numbers import possible


def outcomes(experiment: Experiment, found: Estimates) -> Drawing | None:
    """One panel a KPI, models from top to bottom in the same order."""
    entries = [
        entry
        for workflow in WORKFLOWS
        for entry in deciding.outcomes(workflow, found, found)
        if any(_shown(held.get(entry.name)) for held in found.values())
    ]
    if not entries:
        return None
    models = list(found)
    with house_style("outcomes"):
        sheet = grid(len(entries), 3, 0.75 + 0.17 * len(models))
        for place, (axes, entry) in enumerate(zip(sheet.axes, entries, strict=True)):
            _panel(axes, entry, found, models, named=place % 3 == 0)
        svg = svg_of(sheet.figure, "outcomes")
    return Drawing(
        svg,
        "Outcomes at a glance",
        f"Mean and 95 % interval of {len(entries)} outcome KPIs for {len(models)} models; "
        "the same figures are in the table.",
        "Dot: mean over replications. Line: 95 % interval of that mean; times are on a log scale, and a line "
        "that meets the left edge reaches down to nothing. A hollow dot is a lower bound: some items were "
        "never finished. The arrow says which way is better.",
    )


def _shown(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.mean is not None


def _panel(axes: Axes, entry: Kpi, found: Estimates, models: list[str], named: bool) -> None:
    clock = entry.unit == "h"
    floor = CLOCK_FLOOR_H if clock else 0.0
    for row, model in enumerate(models):
        estimate = found[model].get(entry.name)
        if estimate is None or estimate.mean is None:
            continue
        style = look(model, models)
        if estimate.ci_low is not None and estimate.ci_high is not None:
            low, high = possible(estimate.ci_low, estimate.ci_high, entry)
            axes.plot([max(low, floor), high], [row, row], color=style.colour, linewidth=2, alpha=0.55)
        face = "white" if estimate.at_least else style.colour
        axes.plot(
            [max(estimate.mean, floor)],
            [row],
            style.marker,
            color=style.colour,
            markerfacecolor=face,
            markersize=5,
            clip_on=False,
            zorder=5,
        )
    axes.set_yticks(range(len(models)), models if named else [""] * len(models), color=INK)
    axes.set_ylim(len(models) - 0.5, -0.5)
    axes.set_title(entry.label)
    better = "← better" if entry.better == "low" else "better →"
    axes.set_xlabel(better if clock else f"{entry.unit}   {better}")
    axes.grid(False, axis="y")
    if clock:
        clock_axis(axes, _most(entry, found))
        return
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: _short(value))
    if entry.better == "low":
        axes.set_xlim(left=0)
        if not _most(entry, found):
            axes.set_xlim(right=1)
            axes.set_xticks([0])
    elif entry.unit == "%":
        axes.set_xlim(max(0.0, min(axes.get_xlim()[0], 99.0)), 100.0)


def _most(entry: Kpi, found: Estimates) -> float:
    """The largest figure to be drawn, ends of intervals included."""
    held = [kpis[entry.name] for kpis in found.values() if entry.name in kpis]
    return max((one.ci_high or one.mean or 0.0 for one in held), default=0.0)


def _short(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 1e4 else f"{value:g}"
