"""`rehearse report`: builds a report again from its run files, or one from several, or judges it anew."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from rehearsal.out import folder
from rehearsal.slo import end_by, given_slo
from reports import experiment_file
from reports import folder as report_folder
from reports.inputs import Experiment
from reports.terminal import show


def report(folders: Sequence[Path], out: Path | None, slo: str | None = None) -> None:
    """One folder is rebuilt in place; several go to --out, or out/<scenario>-combined. Raises InputError."""
    experiment = experiment_file.load(list(folders))
    if slo is not None:
        experiment = judged_by(experiment, slo)
    alone = folders[0] if len(folders) == 1 else None
    target = folder(out or alone, f"{experiment.scenario}-combined")
    console = Console(width=100)
    findings = report_folder.write(experiment, target)
    show(findings, console)
    console.print(f"Report: {target / 'report.html'}")
    end_by(findings.judgement)


def judged_by(experiment: Experiment, slo: str) -> Experiment:
    """The same runs under other objectives; the commands that repeat them name these. Raises InputError."""
    return replace(
        experiment,
        slo=given_slo(slo, experiment.models),
        command=" && ".join(_with(slo_name(slo), line) for line in experiment.command.split(" && ")),
        typed=[_with(slo, line) for line in experiment.typed],
    )


def slo_name(slo: str) -> str:
    """A file by its name alone."""
    return Path(slo).name


def _with(slo: str, command: str) -> str:
    words = shlex.split(command)
    if "--slo" in words:
        at = words.index("--slo")
        del words[at : at + 2]
    return shlex.join([*words, "--slo", slo])
