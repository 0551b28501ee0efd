"""Runs in; tables, pictures and verdicts out.

`write` makes the whole report of an experiment, `load` reads one or several back. Both import the drawing
machinery only when they are called, so that a process which merely measures stays light.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.findings import Findings
    from reports.inputs import Experiment


def write(experiment: Experiment, out: Path) -> Findings:
    """Write the report, the experiment and its runs into a folder (made if absent). Raises OSError."""
    from reports import folder

    return folder.write(experiment, out)


def load(folders: Sequence[Path]) -> Experiment:
    """The experiment of one report folder, or of several combined. Raises InputError."""
    from reports import experiment_file

    return experiment_file.load(folders)
