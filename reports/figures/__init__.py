"""The pictures of the report, each a function of the experiment alone; `draw` makes all that have data."""

from __future__ import annotations

from collections.abc import Callable

from reports.estimates import Estimates
from reports.figures.backlog import backlog
from reports.figures.canvas import Drawing
from reports.figures.latency import latency
from reports.figures.outcomes import outcomes
from reports.figures.quota import quota
from reports.figures.recovery import recovery
from reports.figures.stages import stages
from reports.figures.strip import strip
from reports.inputs import Experiment

_FIGURES: dict[str, Callable[[Experiment, Estimates], Drawing | None]] = {
    "outcomes": outcomes,
    "latency": latency,
    "backlog": backlog,
    "quota": quota,
    "recovery": recovery,
    "stages": stages,
    "strip": strip,
}


NAMES = tuple(_FIGURES)
"""Every figure that a report may have."""


def draw(experiment: Experiment, found: Estimates) -> dict[str, Drawing]:
    """Every figure by name; one without data is left out."""
    drawn = {name: make(experiment, found) for name, make in _FIGURES.items()}
    return {name: drawing for name, drawing in drawn.items() if drawing is not None}


__all__ = ["NAMES", "Drawing", "draw"]
