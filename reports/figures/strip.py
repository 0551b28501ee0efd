"""The sensitivity strip: how a KPI answers to the interval of a schedule or a poll."""

from __future__ import annotations

from reports.estimates import Estimates
from reports.figures.canvas import CLOCK_FLOOR_H, INK, Drawing, clock_axis, grid, house_style, look, svg_of
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.numbers import possible


def strip(experiment: Experiment, found: Estimates) -> Drawing | None:
    """One panel a KPI; points from the longest interval to the shortest. None below ten replications."""
    strips = [one for one in experiment.strips if one.points]
    if experiment.indicative or not strips:
        return None
    models = list(found)
    with house_style("strip"):
        most = max(len(one.points) for one in strips)
        sheet = grid(len(strips), 2, 0.8 + 0.22 * most)
        for axes, one in zip(sheet.axes, strips, strict=True):
            entry = kpi(one.kpi)
            floor = CLOCK_FLOOR_H if entry.unit == "h" else 0.0
            for row, point in enumerate(one.points):
                style = look(point.pattern, [*models, point.pattern])
                if point.low is not None and point.high is not None:
                    low, high = possible(point.low, point.high, entry)
                    axes.plot([max(low, floor), high], [row, row], color=style.colour, linewidth=2, alpha=0.5)
                axes.plot(
                    [max(point.mean, floor)],
                    [row],
                    style.marker,
                    color=style.colour,
                    markersize=5,
                    clip_on=False,
                    zorder=5,
                )
            axes.set_yticks(range(len(one.points)), [point.label for point in one.points], color=INK)
            axes.set_ylim(len(one.points) - 0.5, -0.5)
            axes.set_title(entry.label)
            if entry.unit == "h":
                clock_axis(axes, max(point.high or point.mean for point in one.points))
            else:
                axes.set_xlim(left=0)
                axes.set_xlabel(entry.unit)
            axes.grid(False, axis="y")
        svg = svg_of(sheet.figure, "strip")
    return Drawing(
        svg,
        "When would the ranking change?",
        f"Mean and interval of {len(strips)} KPIs at several schedule and poll intervals.",
        " ".join(f"{kpi(one.kpi).label}: {one.changes_at}" for one in strips),
    )
