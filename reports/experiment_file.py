"""The experiment's own file: everything of a comparison but its runs, which have a file each.

DIR/experiment.json    the scenario, models, margins, costs, assumptions … and the list of its run files
DIR/runs/*.json        one run each (measurements.run_file)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import orjson

from kernel.errors import InputError
from measurements import run_file
from measurements.live import ActLine
from measurements.run import Run
from reports import run_list
from reports.baselines import RECOMMENDED
from reports.inputs import (
    ArmChoice,
    Assumption,
    CostRange,
    Experiment,
    GivenFile,
    GivenSlo,
    Leg,
    Live,
    Margin,
    Mark,
    Strip,
    StripPoint,
)
from reports.numbers import listing

NAME = "experiment.json"
_LIST = "run_files"
_SAME = ("scenario", "seed", "consultants", "firm", "version", "commit")
"""What experiments must share to be one comparison: the same people, the same luck and the same program."""
_APART = "combine only reports of one scenario, firm, seed and program"


def write(experiment: Experiment, out: Path) -> None:
    """Write the experiment and its runs into `out` (made if absent). Raises OSError.

    The list comes after the runs, and the runs of before go last, so that a folder whose writing was cut
    short is either whole or refused by its digests.
    """
    before = _listed_before(out)
    files = {run_file.name_of(run): run_file.encoded(header(experiment, run), run) for run in experiment.runs}
    values = {
        field.name: getattr(experiment, field.name) for field in fields(experiment) if field.name != "runs"
    }
    values[_LIST] = run_list.write(out, files)
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    run_list.put(out / NAME, orjson.dumps(_plain(values), option=option))
    run_list.clear(out, before - set(files))


def _listed_before(out: Path) -> set[str]:
    """The run files that stand in `out` from an earlier comparison; those of nobody are left alone."""
    try:
        return set(orjson.loads((out / NAME).read_bytes())[_LIST])
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def header(experiment: Experiment, run: Run) -> run_file.Header:
    """What the run's file begins with."""
    return run_file.Header(
        experiment.scenario,
        experiment.seed,
        experiment.version,
        experiment.commit,
        run.model,
        run.replication,
    )


def load(folders: Sequence[Path]) -> Experiment:
    """One experiment from the report folders given; a run that stands in several is taken from the first.

    Raises InputError where a folder holds no experiment, or one of other people or other luck.
    """
    if not folders:
        raise InputError("report", "no folder given", "name the folder of a report")
    parts = [_load(folder) for folder in folders]
    if len(parts) > 1:
        parts = [_without_recommended(part) for part in parts]
    for part, folder in zip(parts[1:], folders[1:], strict=True):
        for name in _SAME:
            ours, theirs = getattr(parts[0], name), getattr(part, name)
            if ours != theirs:
                what = f"{name} is {theirs!r}, but {ours!r} in {folders[0]}"
                raise InputError(str(folder), what, _APART)
        if world(part) != world(parts[0]):
            names = listing(sorted({file.name for file in world(part) ^ world(parts[0])}))
            raise InputError(str(folder), f"other content was given than in {folders[0]}: {names}", _APART)
        for name in sorted(parts[0].models.keys() & part.models.keys()):
            if parts[0].models[name] != part.models[name]:
                raise InputError(str(folder), f"model {name} has another table than in {folders[0]}", _APART)
    return parts[0] if len(parts) == 1 else _joined(parts)


def world(part: Experiment) -> set[GivenFile]:
    """The files that make the people and their luck; models may differ."""
    return {file for file in part.files if file.given != "--models"}


def _without_recommended(part: Experiment) -> Experiment:
    """Another set of models may recommend another table, so what one of them recommended is left out."""
    models = {name: table for name, table in part.models.items() if name != RECOMMENDED}
    runs = [run for run in part.runs if run.model != RECOMMENDED]
    return replace(part, models=models, runs=runs, arms=())


def _joined(parts: Sequence[Experiment]) -> Experiment:
    runs = {(run.model, run.replication): run for part in reversed(parts) for run in part.runs}
    models = {name: table for part in parts for name, table in part.models.items()}
    ordered = sorted(runs.values(), key=lambda run: (list(models).index(run.model), run.replication))
    return replace(
        parts[0],
        models=models,
        runs=ordered,
        legs=_union(part.legs for part in parts),
        assumptions=_union(part.assumptions for part in parts),
        notes=_union(part.notes for part in parts),
        pattern_costs=_merged([part.pattern_costs for part in parts]),
        costs=_merged([part.costs for part in parts]),
        benefits=_merged([part.benefits for part in parts]),
        caps={name: caps for part in reversed(parts) for name, caps in part.caps.items()},
        command=" && ".join(dict.fromkeys(part.command for part in parts)),
        typed=_union(part.commands for part in parts),
        files=_union(part.files for part in parts),
        interrupted=any(part.interrupted for part in parts),
        slo=parts[0].slo if all(part.slo == parts[0].slo for part in parts) else None,
        live={name: one for part in reversed(parts) for name, one in part.live.items()},
    )


def _union(tables: Iterable[Sequence[Any]]) -> list[Any]:
    return list(dict.fromkeys(row for table in tables for row in table))


def _merged(
    tables: Sequence[Mapping[str, Mapping[str, CostRange]]],
) -> dict[str, dict[str, CostRange]]:
    merged: dict[str, dict[str, CostRange]] = {}
    for table in tables:
        for name, lines in table.items():
            merged[name] = {**lines, **merged.get(name, {})}
    return merged


def _load(folder: Path) -> Experiment:
    path = folder / NAME
    try:
        values = orjson.loads(path.read_bytes())
        listed: run_list.Listed = dict(values.pop(_LIST, {}))
        held = {name: _READ.get(name, _as_it_is)(value) for name, value in values.items()}
        experiment = Experiment(runs=(), **held)
    except FileNotFoundError:
        raise _no_report(folder) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "run the comparison again") from None
    if not listed:
        raise InputError(str(path), "lists no run files", "run the comparison again")
    order = list(experiment.models)
    runs = run_list.read(folder, listed)
    if unknown := sorted({run.model for run in runs} - set(order)):
        raise InputError(str(path), f"has no model {unknown[0]}", "run the comparison again")
    return replace(experiment, runs=sorted(runs, key=lambda run: (order.index(run.model), run.replication)))


def _no_report(folder: Path) -> InputError:
    """What to say of a folder without an experiment; one of single runs does not tell what they belong to."""
    if any(_is_run(path) for path in sorted(folder.glob("*.json"))):
        what = f"holds single runs of `rehearse run --out` and no {NAME}"
        return InputError(str(folder), what, "a report needs the folder of a `rehearse compare`")
    return InputError(str(folder), f"holds no {NAME}", "name the folder of a report")


def _is_run(path: Path) -> bool:
    try:
        return bool(run_file.read(path))
    except (OSError, run_file.RunFileError):
        return False


def _plain(value: Any) -> Any:
    """Named tuples as lists, so that a field's order is its place."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _as_it_is(value: Any) -> Any:
    return value


def _costs(value: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, dict[str, CostRange]]:
    return {name: {line: CostRange(*cost) for line, cost in lines.items()} for name, lines in value.items()}


def _live(acts: Sequence[Sequence[Any]], *rest: Any) -> Live:
    return Live([ActLine(*line) for line in acts], *rest)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "decisions": lambda value: {name: Margin(*margin) for name, margin in value.items()},
    "margins": lambda value: {name: Margin(*margin) for name, margin in value.items()},
    "marks": lambda value: [Mark(*mark) for mark in value],
    "legs": lambda value: [Leg(*leg) for leg in value],
    "assumptions": lambda value: [Assumption(*one) for one in value],
    "files": lambda value: [GivenFile(*file) for file in value],
    "strips": lambda value: [
        Strip(name, [StripPoint(*point) for point in points], changes) for name, points, changes in value
    ],
    "slo": lambda value: None if value is None else GivenSlo(*value),
    "live": lambda value: {model: _live(*part) for model, part in value.items()},
    "arms": lambda value: [ArmChoice(*arm) for arm in value],
    "pattern_costs": _costs,
    "costs": _costs,
    "benefits": _costs,
}
