"""The picture of a validation: latencies and backlog of a workflow, live runs over their twins, by regime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kernel.time import HOUR_S
from measurements.facts import WORKFLOWS
from reports.figures.canvas import CLOCK_FLOOR_H, Drawing, clock_axis, grid, house_style, svg_of
from reports.figures.latency import thinned
from reports.kpis import WORKFLOWS as TITLES
from validation.comparison import Told, told
from validation.distances import BIN_S
from validation.gates import Judged
from validation.reading import finished_somewhere

_LIVE, _TWIN = "#D55E00", "#8fb8d6"


def picture(judged: Sequence[Judged], model: str) -> Drawing | None:
    """A row a regime: the share over within a time, and how many wait; None where nothing was finished."""
    rows = [one for one in judged if one.model == model]
    workflow = _shown(rows)
    if workflow is None:
        return None
    name = f"validation-{model}"
    with house_style(name):
        sheet = grid(2 * len(rows), 2)
        for place, one in enumerate(rows):
            lives, twins = _runs(one, workflow)
            _latencies(sheet.axes[2 * place], lives, twins, one.regime.title)
            _backlog(sheet.axes[2 * place + 1], lives, twins)
        handles = [
            Line2D([], [], color=_LIVE, linewidth=1.6, label="live"),
            Line2D([], [], color=_TWIN, linewidth=1.6, label="simulated"),
        ]
        sheet.figure.legend(handles=handles, loc="outside upper left", ncols=2, handlelength=2.4)
        svg = svg_of(sheet.figure, name)
    title = TITLES[workflow]
    return Drawing(
        svg,
        f"{title}, {model}: live and simulated",
        f"{title} under {model}: share over within a time, and items waiting, live and in twins, by regime.",
        f"{title} under {model}. Left: share of items over within a time, log scale; unfinished ones at their"
        " age. Right: items that wait, every five minutes from the window’s beginning. A line a run; live"
        " runs lie over their twins.",
    )


class _Runs(NamedTuple):
    live: list[Told]
    twins: list[Told]


def _shown(rows: Sequence[Judged]) -> str | None:
    """The first workflow that has at least half as many items as the largest, in their usual order."""
    sizes = {name: sum(run.n for one in rows for run in _runs(one, name).live) for name in WORKFLOWS}
    most = max(sizes.values())
    return next((name for name, size in sizes.items() if size and 2 * size >= most), None)


def _runs(one: Judged, workflow: str) -> _Runs:
    units = finished_somewhere([*one.live, *one.twins])
    return _Runs(*([told(run, units, workflow) for run in runs] for runs in (one.live, one.twins)))


def _latencies(axes: Axes, lives: Sequence[Told], twins: Sequence[Told], title: str) -> None:
    for runs, colour, width in ((twins, _TWIN, 0.8), (lives, _LIVE, 1.5)):
        for run in runs:
            finished = run.took_s
            if not finished:
                continue
            kept = thinned(finished)
            axes.plot(
                [max(finished[place] / HOUR_S, CLOCK_FLOOR_H) for place in kept],
                [(place + 1) / len(finished) for place in kept],
                color=colour,
                linewidth=width,
                drawstyle="steps-post",
            )
    axes.set_title(title)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share finished")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    clock_axis(axes, max((run.took_s[-1] for run in (*lives, *twins) if run.took_s), default=1.0) / HOUR_S)


def _backlog(axes: Axes, lives: Sequence[Told], twins: Sequence[Told]) -> None:
    for runs, colour, width in ((twins, _TWIN, 0.8), (lives, _LIVE, 1.5)):
        for run in runs:
            hours = [place * BIN_S / HOUR_S for place in range(len(run.backlog))]
            axes.plot(hours, run.backlog, color=colour, linewidth=width, drawstyle="steps-post")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("items waiting")
    axes.set_xlabel("hours since the window's beginning")
