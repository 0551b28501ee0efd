"""`rehearse report`: builds a report again from its run files, or one from several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from rehearsal.out import folder
from reports import experiment_file
from reports import folder as report_folder
from reports.terminal import show


def report(folders: Sequence[Path], out: Path | None) -> None:
    """One folder is rebuilt in place; several go to --out, or out/<scenario>-combined. Raises InputError."""
    experiment = experiment_file.load(list(folders))
    alone = folders[0] if len(folders) == 1 else None
    target = folder(out or alone, f"{experiment.scenario}-combined")
    console = Console(width=100)
    show(report_folder.write(experiment, target), console)
    console.print(f"Report: {target / 'report.html'}")
