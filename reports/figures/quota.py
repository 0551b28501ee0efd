"""How much of each system's budget was used: the tightest limits over time, one lane a model."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from reports.estimates import Estimates
from reports.figures.canvas import INK, Drawing, grid, house_style, look, svg_of
from reports.figures.moments import moments_key, played, time_axis
from reports.inputs import Experiment
from reports.words import limit as limit_name
from reports.words import system as system_name

_PANELS = 6
_BLOCK_H, _SHORT_H = 8, 48
"""The worst hour of so many is shown; of a span of at most two days every hour."""
_LANE = 0.86
"""How high a full limit stands in its lane, so that lanes stay apart."""
_FULL = "#b3261e"


def quota(experiment: Experiment, found: Estimates) -> Drawing | None:
    """Used share of the most used limit of each system, then of the next ones."""
    chosen = _tightest(experiment)
    if not chosen:
        return None
    models = [model for model in found if any(run.limits for run in experiment.of(model))]
    last_h = float(max(hour for run in experiment.runs for line in run.limits for hour, _ in line.series))
    shown = played(experiment, last_h + _BLOCK_H)
    block_h = _BLOCK_H if shown[1] - shown[0] > _SHORT_H else 1
    columns = min(2, len(chosen))
    with house_style("quota"):
        sheet = grid(len(chosen), columns, 0.75 + 0.24 * len(models))
        for place, (axes, (system, limit)) in enumerate(zip(sheet.axes, chosen, strict=True)):
            for row, model in enumerate(models):
                used = _used(experiment, model, (system, limit), block_h)
                _lane(axes, len(models) - 1 - row, used, block_h, model, models)
            axes.set_title(f"{system_name(system)}: {limit_name(limit)}")
            axes.set_ylim(-0.05, len(models))
            names = models[::-1] if place % columns == 0 else [""] * len(models)
            axes.set_yticks([lane + _LANE / 2 for lane in range(len(models))], names, color=INK)
            axes.tick_params(axis="y", length=0)
            axes.grid(False, axis="y")
            time_axis(axes, experiment, shown, place >= len(chosen) - columns)
        svg = svg_of(sheet.figure, "quota")
    return Drawing(
        svg,
        "How much of each limit was used",
        f"Used share of {len(chosen)} limits over time, per model. Peaks are in the table of limits.",
        "Each lane is one model from nothing used to full, "
        f"{'the worst hour of each eight' if block_h > 1 else 'hour by hour'} in the worst "
        "replication, use by other integrations included. Red: full, so that the system refuses calls. "
        + moments_key(experiment, shown),
    )


def _lane(
    axes: Axes,
    floor: int,
    used: Sequence[tuple[float, float]],
    block_h: int,
    model: str,
    models: Sequence[str],
) -> None:
    """The used share as an area over its own floor; a red bar above where nothing was left."""
    axes.axhline(floor, color="#c9d0d8", linewidth=0.6, zorder=1)
    if not used:
        return
    hours = [hour for hour, _ in used] + [used[-1][0] + block_h]
    shares = [min(1.0, share) for _, share in used]
    tops = [floor + _LANE * share for share in [*shares, shares[-1]]]
    colour = look(model, models).colour
    axes.fill_between(hours, floor, tops, step="post", color=colour, alpha=0.35, linewidth=0)
    axes.plot(hours, tops, color=colour, linewidth=0.9, drawstyle="steps-post")
    full = [(hour, block_h) for (hour, _), share in zip(used, shares, strict=True) if share >= 1.0]
    axes.broken_barh(full, (floor + _LANE, 0.09), color=_FULL, linewidth=0)


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


def _used(
    experiment: Experiment, model: str, which: tuple[str, str], block_h: int
) -> list[tuple[float, float]]:
    """(first hour of the block, its largest share), blocks in order."""
    peaks: dict[int, float] = {}
    for run in experiment.of(model):
        for line in run.limits:
            if (line.system, line.limit) == which:
                for hour, share in line.series:
                    block = hour // block_h * block_h
                    peaks[block] = max(peaks.get(block, 0.0), share)
    return [(float(hour), peaks[hour]) for hour in sorted(peaks)]
