"""`rehearse report`: builds a report again, judges it anew, compares two results or combines several."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from kernel.errors import InputError
from rehearsal.out import folder
from rehearsal.slo import end_by, given_slo
from reports import experiment_file
from reports import folder as report_folder
from reports.change import folder as change_folder
from reports.change import rows as change_rows
from reports.change.changes import changed
from reports.inputs import Experiment
from reports.terminal import show


class Request(NamedTuple):
    """What was typed."""

    folders: Sequence[Path]
    out: Path | None
    slo: str | None = None
    combine: bool = False


def report(request: Request) -> None:
    """One folder is rebuilt in place, two are compared, more are only combined. Raises InputError."""
    if len(request.folders) > 1 and not request.combine:
        _change(request)
    else:
        _build(request)


def _build(request: Request) -> None:
    experiment = experiment_file.load(list(request.folders))
    if request.slo is not None:
        experiment = judged_by(experiment, request.slo)
    alone = request.folders[0] if len(request.folders) == 1 else None
    target = folder(request.out or alone, f"{experiment.scenario}-combined")
    console = Console(width=100)
    findings = report_folder.write(experiment, target)
    show(findings, console)
    console.print(f"Report: {target / 'report.html'}")
    end_by(findings)


def _change(request: Request) -> None:
    """What differs from the first result to the second."""
    if len(request.folders) > 2:
        what = f"{len(request.folders)} folders"
        raise InputError(
            "report", what, "name two to compare them, or add --combine to make one report of all"
        )
    if request.slo is not None:
        raise InputError(
            "--slo", "two results are compared, not judged", "judge each in a command of its own"
        )
    before, after = request.folders
    if before.resolve() == after.resolve():
        raise InputError(str(after), "named twice", "name two results, before and after a change")
    names = str(before), str(after)
    found = changed(experiment_file.load([before]), experiment_file.load([after]), names)
    target = folder(request.out, f"{found.after.scenario}-change")
    console = Console(width=100)
    change_folder.write(found, target)
    change_rows.show(found, console)
    console.print(f"Page: {target / 'change.html'}")


def judged_by(experiment: Experiment, slo: str) -> Experiment:
    """The same runs under other objectives; the commands that repeat them name these. Raises InputError."""
    return replace(
        experiment,
        slo=given_slo(slo, experiment.models),
        command=" && ".join(_with(Path(slo).name, line) for line in experiment.command.split(" && ")),
        typed=[_with(slo, line) for line in experiment.typed],
    )


def _with(slo: str, command: str) -> str:
    words = shlex.split(command)
    if "--slo" in words:
        at = words.index("--slo")
        del words[at : at + 2]
    return shlex.join([*words, "--slo", slo])
