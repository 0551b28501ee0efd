"""The outcome KPIs side by side: a dot for each model's mean, a line for its interval."""

from __future__ import annotations

from matplotlib.axes import Axes

from reports.estimates import Estimate, Estimates
from reports.figures.canvas import INK, Drawing, grid, house_style, look, svg_of
from reports.inputs import Experiment
from reports.kpis import TABLE, Kpi


def outcomes(experiment: Experiment, found: Estimates) -> Drawing | None:
    """One panel a KPI, models from top to bottom in the same order."""
    entries = [
        entry
        for entry in TABLE
        if entry.outcome and any(_shown(held.get(entry.name)) for held in found.values())
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
        "Dot: mean over replications. Line: 95 % interval of that mean. A hollow dot is a lower bound: some "
        "items were never finished. The arrow says which way is better.",
    )


def _shown(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.mean is not None


def _panel(axes: Axes, entry: Kpi, found: Estimates, models: list[str], named: bool) -> None:
    for row, model in enumerate(models):
        estimate = found[model].get(entry.name)
        if estimate is None or estimate.mean is None:
            continue
        style = look(model, models)
        if estimate.ci_low is not None and estimate.ci_high is not None:
            axes.plot(
                [estimate.ci_low, estimate.ci_high], [row, row], color=style.colour, linewidth=2, alpha=0.55
            )
        face = "white" if estimate.at_least else style.colour
        axes.plot(
            [estimate.mean],
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
    axes.set_xlabel(f"{entry.unit}   {better}")
    axes.grid(False, axis="y")
    if entry.better == "low":
        axes.set_xlim(left=0)
    elif entry.unit == "%":
        axes.set_xlim(right=min(axes.get_xlim()[1], 100.0))
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: _short(value))


def _short(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 1e4 else f"{value:g}"
