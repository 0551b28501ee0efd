"""How much of each system's budget was left: the tightest limits, hour by hour, per model."""

from __future__ import annotations

from reports.estimates import Estimates
from reports.figures.canvas import Drawing, grid, house_style, legend, look, mark_moments, svg_of
from reports.inputs import Experiment
from reports.words import limit as limit_name
from reports.words import system as system_name

_PANELS = 6
_BLOCK_H = 8


def quota(experiment: Experiment, found: Estimates) -> Drawing | None:
    """Remaining share of the most used limit of each system, then of the next ones."""
    chosen = _tightest(experiment)
    if not chosen:
        return None
    models = list(found)
    with house_style("quota"):
        columns = min(3, len(chosen))
        sheet = grid(len(chosen), columns, 2.1)
        for place, (axes, (system, limit)) in enumerate(zip(sheet.axes, chosen, strict=True)):
            last = 0.0
            for model in models:
                curve = _remaining(experiment, model, system, limit)
                if not curve:
                    continue
                last = max(last, curve[-1][0])
                style = look(model, models)
                hours, left = zip(*curve, strict=True)
                axes.plot(
                    hours,
                    left,
                    color=style.colour,
                    linestyle=style.line,
                    linewidth=1.2,
                    drawstyle="steps-post",
                )
            axes.set_title(f"{system_name(system)}: {limit_name(limit)}")
            axes.set_ylim(-0.02, 1.04)
            axes.axhline(0, color="#b3261e", linewidth=0.9)
            axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
            mark_moments(axes, experiment.marks, (0, last or 1.0), place >= len(chosen) - columns)
        for axes in sheet.axes[::columns]:
            axes.set_ylabel("budget left")
        legend(sheet.figure, models)
        svg = svg_of(sheet.figure, "quota")
    return Drawing(
        svg,
        "How much of each limit was left",
        f"Remaining share of {len(chosen)} limits by hour, per model. Peaks are in the table of limits.",
        "Budget left in the worst hour of each eight, worst replication, use by other integrations "
        "included. At the red line the system refuses calls.",
    )


def _tightest(experiment: Experiment) -> list[tuple[str, str]]:
    peaks: dict[tuple[str, str], float] = {}
    for run in experiment.runs:
        for line in run.limits:
            if line.series:
                key = line.system, line.limit
                peaks[key] = max(peaks.get(key, 0.0), line.peak_share)
    ordered = sorted(peaks, key=lambda key: (-peaks[key], key))
    first: dict[str, tuple[str, str]] = {}
    for key in ordered:
        first.setdefault(key[0], key)
    rest = [key for key in ordered if key not in first.values()]
    return [*first.values(), *rest][:_PANELS]


def _remaining(experiment: Experiment, model: str, system: str, limit: str) -> list[tuple[float, float]]:
    used: dict[int, float] = {}
    for run in experiment.of(model):
        for line in run.limits:
            if (line.system, line.limit) == (system, limit):
                for hour, share in line.series:
                    block = hour // _BLOCK_H * _BLOCK_H
                    used[block] = max(used.get(block, 0.0), share)
    return [(float(hour), max(0.0, 1.0 - used[hour])) for hour in sorted(used)]
