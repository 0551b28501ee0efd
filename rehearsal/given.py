"""What was given to a comparison: the command that repeats it, and its files by name and content.

The typed command has the paths as they were given; what enters `summary.json` names files without their
folders and says what is in them, so that equal content gives equal bytes wherever it stands.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kernel.errors import InputError
from pipeline.models import names as models
from reports.inputs import GivenFile
from reports.spending import LOOKS
from scenarios.catalogue import names as scenarios
from scenarios.history.load import log_and_map


class Request(NamedTuple):
    """What was typed; no number of replications is "auto", of which there are at most `most` (LOOKS)."""

    scenario: str
    models: str | None
    firm: Path | None
    consultants: int | None
    replications: int | None
    seed: int
    jobs: int
    workload: Path | None
    out: Path | None
    most: int | None = None
    slo: str | None = None
    cluster: str | None = None


def number_or_auto(typed: str) -> int | None:
    """A number of replications, or None for "auto". Raises InputError."""
    if typed == "auto":
        return None
    try:
        return int(typed)
    except ValueError:
        raise InputError("--replications", f"{typed!r} is no number", "give a number, or auto") from None


def command_of(request: Request) -> str:
    """The command that repeats the result where it was typed.

    How many processes ran it, and on whose machines, reaches no byte of the result and is left out.
    """
    words = ["rehearse", "compare", request.scenario]
    for option, value in (
        ("--models", request.models),
        ("--firm", request.firm),
        ("--consultants", request.consultants),
        ("--workload", request.workload),
        ("--replications", None if request.workload else request.replications or "auto"),
        ("--most", request.most if request.most != LOOKS[-1] else None),
        ("--seed", request.seed),
        ("--slo", request.slo),
    ):
        if value not in {None, ""}:
            words += [option, str(value)]
    return shlex.join(words)


def without_folders(request: Request) -> Request:
    """The same request with each file by its name alone."""
    return request._replace(
        scenario=Path(request.scenario).name,
        models=",".join(Path(model).name for model in _models(request)) or None,
        firm=Path(request.firm.name) if request.firm else None,
        workload=Path(request.workload.name) if request.workload else None,
        slo=Path(request.slo).name if request.slo else None,
    )


def files_of(request: Request) -> list[GivenFile]:
    """Every file that the result depends on, by what it was given as; shipped ones belong to the version."""
    named = [] if request.scenario in scenarios() else [("SCENARIO", Path(request.scenario))]
    named += [("--models", Path(model)) for model in _models(request) if model not in models()]
    named += [("--firm", request.firm)] if request.firm else []
    named += [("--workload", path) for path in _log(request.workload)]
    return [GivenFile(given, path.name, sha256(path.read_bytes()).hexdigest()) for given, path in named]


def _log(path: Path | None) -> Iterator[Path]:
    """An event log and its column map, of which either may have been named."""
    if path is None:
        return
    log, mapping = log_and_map(path)
    yield path
    yield from (other for other in (log, mapping) if other != path and other.is_file())


def _models(request: Request) -> list[str]:
    return [name.strip() for name in (request.models or "").split(",") if name.strip()]
