"""One look for all figures, and SVG that is the same bytes everywhere: fixed hash salt, no date.

Colours are Okabe and Ito's, told apart by colour-blind readers; each model also has its own line and
marker, so that a black-and-white print can be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

INK, SOFT, FAINT = "#1c2430", "#5b6675", "#dde2e8"

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.edgecolor": "#a3adb8",
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.7,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


class Look(NamedTuple):
    """How one model is drawn in every figure."""

    colour: str
    line: Any
    marker: str


_LOOKS = {
    "batch": Look("#0072B2", "-", "o"),
    "api": Look("#D55E00", "-", "s"),
    "event": Look("#009E73", "-", "^"),
    "hybrid": Look("#111111", "-", "D"),
    "inverse-hybrid": Look("#CC79A7", (0, (4, 1.5)), "v"),
    "point-to-point": Look("#8a6d00", (0, (1, 1.2)), "P"),
    "manual": Look("#7d8793", (0, (5, 2)), "X"),
    "as recorded": Look("#56B4E9", (0, (3, 1, 1, 1)), "*"),
}
_SPARE = ("#56B4E9", "#E69F00", "#CC79A7", "#44546a", "#7a3e9d")


def look(model: str, models: Sequence[str]) -> Look:
    """The model's own look; a user's own model gets a spare colour by its place."""
    known = _LOOKS.get(model)
    return known or Look(_SPARE[list(models).index(model) % len(_SPARE)], (0, (6, 1, 1, 1)), "h")


class Drawing(NamedTuple):
    """A figure as SVG text, with its title, the words for who cannot see it, and a caption."""

    svg: str
    title: str
    alt: str
    caption: str


class Sheet(NamedTuple):
    """A figure under construction and its axes, row by row; unused axes are hidden."""

    figure: Figure
    axes: list[Axes]


@contextmanager
def house_style(name: str) -> Iterator[None]:
    """All that is drawn inside looks alike, and its SVG ids depend on the figure's name only."""
    settings: Any = {**_STYLE, "svg.hashsalt": f"rehearsal-{name}"}
    with mpl.rc_context(settings):
        yield


def grid(count: int, columns: int, row_in: float = 2.3) -> Sheet:
    """A sheet of small multiples, 10.8 inches wide."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(10.8, row_in * rows + 0.5), layout="constrained")
    FigureCanvasSVG(figure)
    axes = [figure.add_subplot(rows, columns, place + 1) for place in range(rows * columns)]
    for spare in axes[count:]:
        spare.set_visible(False)
    return Sheet(figure, axes[:count])


def legend(figure: Figure, models: Sequence[str], marker: bool = False) -> None:
    """One legend above all axes."""
    handles = []
    for model in models:
        style = look(model, models)
        line: Any = "" if marker else style.line
        handles.append(
            Line2D(
                [], [], color=style.colour, linestyle=line, marker=style.marker if marker else "", label=model
            )
        )
    figure.legend(handles=handles, loc="outside upper left", ncols=len(models), handlelength=2.4)


_CLOCK = (
    (1 / 3600, "1 s"),
    (1 / 60, "1 min"),
    (1, "1 h"),
    (24, "1 d"),
    (240, "10 d"),
    (2400, "100 d"),
)
CLOCK_FLOOR_H = 1 / 3600
"""Where an axis of time begins; what is shorter stands there."""


def clock_axis(axes: Axes, most_h: float) -> None:
    """A logarithmic axis of hours from a second up, so that seconds and days fit in one panel."""
    axes.set_xscale("log")
    axes.set_xlim(CLOCK_FLOOR_H, max(2.0, 1.5 * most_h))
    shown = [(at, label) for at, label in _CLOCK if at <= max(2.0, 1.5 * most_h)]
    axes.set_xticks([at for at, _ in shown], [label for _, label in shown])
    axes.minorticks_off()


def line_width(place: int, count: int) -> float:
    """Curves are drawn from the widest to the thinnest, so that one hidden by another shows at its edges."""
    return 1.0 + 0.5 * (count - 1 - place)


def svg_of(figure: Figure, name: str) -> str:
    """The figure as SVG to stand inline: no prolog, ids of its own, the page's typeface."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'(href="#|url\(#)', rf"\1{name}-", text)
    return text.replace("'DejaVu Sans'", "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif")
