"""Files of service-level objectives: TOML, every mistake told in one line, shipped ones by name."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from measurements.judgement import KINDS
from measurements.live import PERCENTILES, TIMES
from measurements.run import ERRORS
from mocks import roles
from mocks.assemble import ALL as SYSTEMS
from reports.baselines import RECOMMENDED, Table, stands_aside
from reports.deciding import LEAST_ITEMS
from reports.inputs import Margin
from reports.kpis import kpi
from reports.slo.figure import ACT_ERROR_WORDS, all_of
from reports.slo.objective import (
    ANY,
    ActErrorMeasure,
    ActMeasure,
    Bound,
    Direction,
    ErrorMeasure,
    FindingMeasure,
    GivenSlo,
    KpiMeasure,
    Measure,
    Objective,
    Slo,
)
from scenarios.known import KPIS, one_of
from scenarios.validation import Given, checked, read_toml

_LIBRARY = Path(__file__).parent / "library"
_VERBS = tuple(verb for desk in (roles.CRM, roles.PSA, roles.HCM, roles.ERP) for verb in desk)
_RULE_OF_THREE = 3
"""To know at 95 % that no more than a share p lies beyond something takes 3 ÷ p items of which none does
(Hanley and Lippman-Hand 1983): 60 for a 95th percentile or for 95 % on time, as in `deciding.py`."""

_PRINTED = r"^[^\x00-\x1f\x7f]+$"
_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_PRINTED)
]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,59}$")]
_Persona = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_Threshold = Annotated[float, Field(strict=True, ge=0, le=1_000_000_000)]
_Share = Annotated[float, Field(strict=True, ge=0, le=1)]


def _listed(value: Any) -> Any:
    """One name is a list of one."""
    return (value,) if isinstance(value, str) else value


_Models = Annotated[tuple[_Text, ...], BeforeValidator(_listed), Field(max_length=100)]


class _Margin(Given):
    absolute: _Threshold = 0.0
    relative: _Share = 0.0


class _Objective(Given):
    kpi: str | None = None
    finding: str | None = None
    errors: str | None = None
    verb: str | None = None
    act_errors: str | None = None
    workflow: str | None = None
    system: str | None = None
    persona: _Persona | None = None
    time: str | None = None
    percentile: Annotated[float, Field(strict=True)] | None = None
    at_most: _Threshold | None = None
    at_least: _Threshold | None = None
    margin: _Margin = _Margin()
    items: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    models: _Models = ()
    source: _Text = "assumption"


class _File(Given):
    title: _Text
    models: _Models = ()
    replications: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1
    objectives: Annotated[dict[_Name, _Objective], Field(min_length=1, max_length=100)]


_BELONGS: Mapping[str, tuple[str, ...]] = {
    "workflow": ("kpi", "finding"),
    "system": ("errors",),
    "persona": ("verb",),
    "time": ("verb",),
    "percentile": ("verb",),
    "items": ("kpi", "errors", "verb", "act_errors"),
}
"""A field that narrows what is measured, and the measures that it means something for."""
_MEASURES = ("kpi", "finding", "errors", "verb", "act_errors")


def names() -> tuple[str, ...]:
    """The shipped files, by name."""
    return tuple(sorted(path.stem for path in _LIBRARY.glob("*.toml")))


def load(name_or_path: str) -> GivenSlo:
    """A shipped file by name, or a user's by path (ends in .toml), checked. Raises InputError."""
    path = _LIBRARY / f"{name_or_path}.toml" if name_or_path in names() else Path(name_or_path)
    if path.suffix != ".toml":
        remedy = f"use one of {', '.join(names())}, or the path of a .toml file"
        raise InputError(f"--slo {name_or_path}", "unknown", remedy)
    table = read_toml(path)
    slo_of(table, str(path))
    return GivenSlo(path.name, sha256(path.read_bytes()).hexdigest(), table)


def slo_of(values: Mapping[str, Any], where: str) -> Slo:
    """The objectives of a file's table. Raises InputError for the first mistake."""
    given = checked(_File, values, where)
    return Slo(
        given.title,
        [
            _objective(f"{where}: objectives.{name}", name, one, given.models)
            for name, one in given.objectives.items()
        ],
        given.replications,
    )


def check_models(slo: Slo, models: Mapping[str, Table], where: str) -> None:
    """Every objective is asked of models that take part. Raises InputError.

    Baselines are only judged where they are named; the recommended table is not known before the runs.
    """
    able = [model for model, table in models.items() if not stands_aside(table)]
    for objective in slo.objectives:
        place = f"{where}: objectives.{objective.name}.models"
        for name in objective.models:
            if name not in models and name != RECOMMENDED:
                raise InputError(place, f"no model {name} takes part", f"use {one_of([*models], name)}")
        if not objective.models and not able:
            remedy = f"name the baselines that it is asked of, such as {next(iter(models), 'manual')}"
            raise InputError(place, "only baselines take part", remedy)


def _objective(where: str, name: str, given: _Objective, models: tuple[str, ...]) -> Objective:
    named = [field for field in _MEASURES if getattr(given, field) is not None]
    if len(named) != 1:
        what = "both " + " and ".join(named) if named else f"none of {', '.join(_MEASURES)}"
        raise InputError(where, what, "give one thing to measure")
    kind = named[0]
    for field, kinds in _BELONGS.items():
        if getattr(given, field) is not None and kind not in kinds:
            raise InputError(f"{where}.{field}", f"it means nothing for {kind}", "remove it")
    measure = _READ[kind](where, given)
    bound = _bound(where, given, measure)
    chosen = given.models or models
    return Objective(name, measure, bound, given.source, chosen, given.items or _least_items(measure, bound))


def _kpi(where: str, given: _Objective) -> Measure:
    name, workflow = given.kpi or "", given.workflow
    _one_of(f"{where}.kpi", "KPI", name, KPIS)
    if workflow is None:
        return KpiMeasure(name)
    _one_of(f"{where}.workflow", "workflow", workflow, WORKFLOWS)
    own = f"{workflow}_{name}"
    if own in KPIS:
        return KpiMeasure(own)
    if kpi(name).workflow != workflow:
        what = f"{name} is of {kpi(name).workflow or 'the whole integration'}"
        raise InputError(f"{where}.workflow", what, "remove it, or measure a KPI of that workflow")
    return KpiMeasure(name)


def _finding(where: str, given: _Objective) -> Measure:
    _one_of(f"{where}.finding", "finding", given.finding or "", (*KINDS, ANY))
    if given.workflow is not None:
        _one_of(f"{where}.workflow", "workflow", given.workflow, WORKFLOWS)
    return FindingMeasure(given.finding or "", given.workflow or "")


def _errors(where: str, given: _Objective) -> Measure:
    _one_of(f"{where}.errors", "class of errors", given.errors or "", (*ERRORS, ANY))
    if given.system is not None:
        _one_of(f"{where}.system", "system", given.system, SYSTEMS)
    return ErrorMeasure(given.errors or "", given.system or "")


def _act(where: str, given: _Objective) -> Measure:
    _one_of(f"{where}.verb", "verb", given.verb or "", _VERBS)
    if given.persona is None:
        raise InputError(f"{where}.persona", "missing", "say whose act it is, such as approver")
    _one_of(f"{where}.time", "time", given.time or TIMES[0], TIMES)
    percentile = PERCENTILES[1] if given.percentile is None else given.percentile
    if percentile not in PERCENTILES:
        known = ", ".join(f"{one:g}" for one in PERCENTILES)
        raise InputError(f"{where}.percentile", f"{percentile:g} is not told", f"use one of {known}")
    return ActMeasure(given.persona, given.verb or "", given.time or TIMES[0], percentile)


def _act_errors(where: str, given: _Objective) -> Measure:
    _one_of(f"{where}.act_errors", "class of acts", given.act_errors or "", tuple(ACT_ERROR_WORDS))
    return ActErrorMeasure(given.act_errors or "")


_READ = {"kpi": _kpi, "finding": _finding, "errors": _errors, "verb": _act, "act_errors": _act_errors}


def _bound(where: str, given: _Objective, measure: Measure) -> Bound:
    if (given.at_most is None) == (given.at_least is None):
        what = "neither at_most nor at_least" if given.at_most is None else "both at_most and at_least"
        raise InputError(where, what, "give one of them")
    direction: Direction = "at_least" if given.at_most is None else "at_most"
    threshold = (given.at_least if given.at_most is None else given.at_most) or 0.0
    place = f"{where}.{direction}"
    most = all_of(measure)
    if threshold > most:
        raise InputError(place, f"{threshold:g} of a share in %", "give 0 to 100")
    if (direction == "at_least" and not threshold) or (direction == "at_most" and threshold == most):
        raise InputError(place, f"{threshold:g} is always kept", "give a threshold that can be missed")
    return Bound(direction, threshold, Margin(given.margin.absolute, given.margin.relative))


def _least_items(measure: Measure, bound: Bound) -> int:
    """How many items it takes to judge a percentile or a share; of all else there is one."""
    if isinstance(measure, KpiMeasure) and kpi(measure.kpi).share:
        return LEAST_ITEMS
    beyond = 0.0
    if isinstance(measure, ActMeasure):
        beyond = 100.0 - measure.percentile
    elif math.isfinite(all_of(measure)):
        beyond = bound.threshold if bound.direction == "at_most" else 100.0 - bound.threshold
    return math.ceil(100.0 * _RULE_OF_THREE / beyond - 1e-9) if beyond else 1


def _one_of(where: str, noun: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InputError(where, f"unknown {noun} {name!r}", f"use {one_of([*known], name)}")
