"""The table of releases: what came and why, who answered when, and how many items of each model waited."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.cells import Cell, Row
from reports.findings import Findings
from reports.inputs import Experiment, ReleaseLine, Run
from reports.numbers import NOTHING, number
from reports.words import system


def release_rows(findings: Findings) -> list[Row]:
    """One row a release, in order of its instant."""
    experiment = findings.experiment
    return [
        Row(
            f"{line.name} ({system(line.system)})",
            f"{line.cause}; {_answer(line)}",
            tuple(_cell(_lines(experiment.of(model), place)) for model in findings.estimates),
        )
        for place, line in _planned(experiment)
    ]


def _planned(experiment: Experiment) -> list[tuple[int, ReleaseLine]]:
    """Places and lines of the scenario's releases; they are the same for every model."""
    run = next((run for run in experiment.runs if run.releases), None)
    lines = enumerate(run.releases if run else ())
    return sorted(lines, key=lambda pair: (pair[1].start_h, pair[0]))


def _lines(runs: Sequence[Run], place: int) -> list[ReleaseLine]:
    return [run.releases[place] for run in runs if len(run.releases) > place]


def _answer(line: ReleaseLine) -> str:
    if line.answered_h is None:
        return "nobody answers it"
    return f"{line.by} after {number((line.answered_h - line.start_h) / 24.0)} days"


def _cell(lines: Sequence[ReleaseLine]) -> Cell:
    """Items that waited, mean a replication; when the last of them stood, and how many still wait."""
    if not lines:
        return Cell(NOTHING, "not run", "quiet")
    waited, still = (math.fsum(counts) / len(lines) for counts in zip(*_counts(lines), strict=True))
    until = [line.until_h - line.start_h for line in lines if line.until_h is not None]
    parts = [f"the last stood after {number(max(until))} h"] if until else []
    parts += [f"{number(still)} still wait"] if still else []
    return Cell(number(waited) if waited else "none", "; ".join(parts), "bad" if still else "")


def _counts(lines: Sequence[ReleaseLine]) -> list[tuple[int, int]]:
    return [(line.waited, line.still) for line in lines]
