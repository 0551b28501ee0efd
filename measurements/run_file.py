"""The run file: one run as JSON, its header first, so that a report can be rebuilt or combined from files.

{"scenario": …, "seed": …, "version": …, "commit": …, "model": …, "replication": …, "run": {…}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from measurements.run import (
    Balance,
    FaultSpan,
    Figure,
    FindingLine,
    LimitLine,
    ReleaseLine,
    Run,
    SignOff,
    Tally,
)


class Header(NamedTuple):
    """What a run file begins with: enough to repeat the run."""

    scenario: str
    seed: int
    version: str
    commit: str
    model: str
    replication: int


class RunFileError(ValueError):
    """A file that is no run file; the message names it and what is wrong."""


def name_of(run: Run) -> str:
    """The file's name: `<model>-<replication>.json`."""
    return f"{run.model.replace(' ', '-').replace('/', '-')}-{run.replication}.json"


def encoded(header: Header, run: Run) -> bytes:
    """The bytes of a run file; the same run is the same bytes."""
    return orjson.dumps({**header._asdict(), "run": _plain(run)}, option=orjson.OPT_APPEND_NEWLINE)


def write(path: Path, header: Header, run: Run) -> None:
    """Write one run file. Raises OSError."""
    path.write_bytes(encoded(header, run))


def read(path: Path) -> tuple[Header, Run]:
    """Read one run file. Raises OSError, and RunFileError where it is none."""
    try:
        value = orjson.loads(path.read_bytes())
        header = Header(*(value[name] for name in Header._fields))
        return header, _run(value["run"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunFileError(f"{path.name}: not a run file ({type(error).__name__}: {error})") from None


def _plain(run: Run) -> dict[str, Any]:
    """Plain values: dataclasses as objects, tuples as lists, so that a field's order is its place."""
    values = {field.name: getattr(run, field.name) for field in fields(run)}
    values["limits"] = [list(line) for line in run.limits]
    values["faults"] = [list(span) for span in run.faults]
    values["releases"] = [list(line) for line in run.releases]
    values["identity"] = {workflow: list(held) for workflow, held in run.identity.items()}
    values["findings"] = [list(line) for line in run.findings]
    values["sign_off"] = [_sheet(line) for line in run.sign_off]
    return values


def _sheet(line: SignOff) -> list[Any]:
    tallies = [
        [part.count, part.hours, part.amount_minor] for part in (line.approved, line.posted, line.invoiced)
    ]
    return [line.entity, line.period, line.kind, *tallies, line.gaps]


def _run(value: Mapping[str, Any]) -> Run:
    held = dict(value)
    held["kpis"] = {name: _figure(one) for name, one in held["kpis"].items()}
    held["backlog"] = {flow: [(h, n) for h, n in series] for flow, series in held["backlog"].items()}
    held["limits"] = [_limit(*line) for line in held["limits"]]
    held["faults"] = [FaultSpan(*span) for span in held["faults"]]
    held["releases"] = [ReleaseLine(*line) for line in held["releases"]]
    held["identity"] = {workflow: Balance(*terms) for workflow, terms in held["identity"].items()}
    held["findings"] = [FindingLine(*line) for line in held["findings"]]
    held["sign_off"] = [_sign_off(*line) for line in held["sign_off"]]
    return Run(**held)


def _limit(*line: Any) -> LimitLine:
    found = LimitLine(*line)
    return found._replace(series=[(hour, share) for hour, share in found.series])


def _sign_off(entity: str, period: str, kind: str, *rest: Any) -> SignOff:
    approved, posted, invoiced = (Tally(*part) for part in rest[:3])
    return SignOff(entity, period, kind, approved, posted, invoiced, [(key, why) for key, why in rest[3]])


def _figure(value: Mapping[str, Any]) -> Figure:
    parts = {part: _figure(one) for part, one in value["by"].items()}
    return Figure(value["value"], value["n"], value["censored_pct"], value["at_least"], parts)
