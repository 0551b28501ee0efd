"""The releases of a run as a table: what, when and why, whom each struck, what waited and until when."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.cells import Cell, Row
from reports.figures.moments import clock_label
from reports.findings import Findings
from reports.inputs import Experiment, ReleaseLine, Run
from reports.kpis import WORKFLOWS
from reports.numbers import NOTHING, listing, number
from reports.words import system

_Known = tuple[str, str, float]
"""Name, system and start: the same release in every run."""


def release_rows(findings: Findings) -> list[Row]:
    """One row a release in the order of time, one cell a model."""
    experiment = findings.experiment
    return [
        Row(
            f"{first.name} ({system(first.system)})",
            _about(experiment, first),
            tuple(_cell(experiment, model, known) for model in findings.estimates),
        )
        for known, first in _releases(experiment)
    ]


def _releases(experiment: Experiment) -> list[tuple[_Known, ReleaseLine]]:
    seen = {_known(line): line for run in reversed(experiment.runs) for line in run.releases}
    return sorted(seen.items(), key=lambda pair: (pair[1].start_h, pair[0]))


def _known(line: ReleaseLine) -> _Known:
    return line.name, line.system, line.start_h


def _about(experiment: Experiment, line: ReleaseLine) -> str:
    """When and why it came, and who answered it after how long."""
    when = clock_label(experiment.first_day, line.start_h)
    if line.answered_h is None:
        return f"{when}, {line.cause}; answered by nobody"
    days = number((line.answered_h - line.start_h) / 24.0)
    return f"{when}, {line.cause}; answered by {line.by} after {days} days"


def _cell(experiment: Experiment, model: str, known: _Known) -> Cell:
    """Mean items that waited; under it whom it struck, and when the last stood or how many never did."""
    lines = [_of(run, known) for run in experiment.of(model)]
    told = [line for line in lines if line is not None]
    if not told:
        return Cell(NOTHING, "", "quiet")
    waited = math.fsum(line.waited for line in told) / len(told)
    if not waited:
        return Cell("0", "", "quiet")
    still = math.fsum(line.still for line in told) / len(told)
    return Cell(
        number(waited), "; ".join([_struck(told), _until(experiment, told, still)]), "bad" if still else ""
    )


def _of(run: Run, known: _Known) -> ReleaseLine | None:
    return next((line for line in run.releases if _known(line) == known), None)


def _struck(told: Sequence[ReleaseLine]) -> str:
    names = {name for line in told for name in line.workflows}
    return listing([label.lower() for name, label in WORKFLOWS.items() if name in names])


def _until(experiment: Experiment, told: Sequence[ReleaseLine], still: float) -> str:
    if still:
        return f"{number(still)} to the end"
    last_h = max((line.until_h for line in told if line.until_h is not None), default=None)
    return "" if last_h is None else f"until {clock_label(experiment.first_day, last_h)} at the latest"
