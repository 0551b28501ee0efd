"""Scenario files: the shape of the TOML, and a Scenario out of it once everything in it makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from scenarios.known import FAULTS, KPIS, PARAMETERS, RELEASES, SYSTEMS, figures_of, objects_of
from scenarios.scenario import (
    DECISIONS_MOST,
    Columns,
    PlannedFault,
    PlannedRelease,
    Scenario,
    SystemChange,
)
from scenarios.schedule import ScheduleSetting
from scenarios.validation import Given, checked

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_Amount = Annotated[float, Field(ge=0)]
_Share = Annotated[float, Field(ge=0, le=1)]
_LOG = Columns()
_SHARES = ("share", "error_share")
_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Margin(Given):
    absolute: _Amount = 0.0
    relative: _Share = 0.0


class _Schedule(Given):
    times: tuple[_Clock, ...] = ()
    weekdays: tuple[str, ...] = ()
    zone: str = "America/New_York"
    cut_off_h: _Amount = 0.0
    every_min: Annotated[float, Field(gt=0)] | None = None


class _System(Given):
    limits: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    off: tuple[str, ...] = ()
    latency_factor: _Amount = 1.0
    ambient: dict[str, _Share] = Field(default_factory=dict)
    background: _Amount = 1.0
    background_phase_h: float = 0.0
    policy: dict[str, Any] = Field(default_factory=dict)


class _Fault(Given):
    at: str
    for_h: _Amount = 0.0
    target: str
    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    renewed_after_h: _Amount | None = None
    name: str = ""


class _Release(Given):
    at: str
    system: str
    cause: str
    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    from_version: _Amount | None = None
    mapped_after_days: _Amount | None = None


class _Activities(Given):
    submitted: str = _LOG.submitted
    approved: str = _LOG.approved
    handed_over: str = _LOG.handed_over
    paid: str = _LOG.paid
    rejected: str = _LOG.rejected


class _File(Given):
    title: str
    question: str
    period: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] = "2026-04"
    month_end: bool = True
    from_log: bool = False
    workflows: tuple[str, ...] = WORKFLOWS
    decisions: dict[str, _Margin] = Field(default_factory=dict)
    schedules: dict[str, _Schedule] = Field(default_factory=dict)
    systems: dict[str, _System] = Field(default_factory=dict)
    faults: tuple[_Fault, ...] = ()
    releases: tuple[_Release, ...] = ()
    firm: dict[str, Any] = Field(default_factory=dict)
    activities: _Activities = _Activities()
    first_day: date | None = None
    last_day: date | None = None


def scenario_of(name: str, values: Mapping[str, Any], where: str) -> Scenario:
    """The scenario. Raises InputError for the first mistake. Instants are checked by `scenarios.stage`."""
    given = checked(_File, values, where)
    _names(where, "workflows", given.workflows, WORKFLOWS)
    _names(where, "systems", given.systems, SYSTEMS)
    _names(where, "schedules", given.schedules, WORKFLOWS)
    _names(where, "decisions", given.decisions, KPIS)
    if len(given.decisions) > DECISIONS_MOST:
        what = f"{len(given.decisions)} KPIs"
        raise InputError(f"{where}: decisions", what, f"name at most {DECISIONS_MOST} that decide")
    for system, change in given.systems.items():
        _check_system(f"{where}: systems.{system}", system, change)
    for number, fault in enumerate(given.faults):
        _check_fault(f"{where}: faults.{number}", fault)
    for number, release in enumerate(given.releases):
        _check_release(f"{where}: releases.{number}", release)
    if given.first_day and given.last_day and given.first_day > given.last_day:
        raise InputError(f"{where}: last_day", "before first_day", "choose a later day")
    return Scenario(
        name=name,
        source=where,
        title=given.title,
        question=given.question,
        period=given.period,
        month_end=given.month_end,
        from_log=given.from_log,
        workflows=given.workflows,
        decisions={kpi: (margin.absolute, margin.relative) for kpi, margin in given.decisions.items()},
        schedules={key: _schedule(f"{where}: schedules.{key}", s) for key, s in given.schedules.items()},
        systems={key: SystemChange(**system.model_dump()) for key, system in given.systems.items()},
        faults=tuple(PlannedFault(**fault.model_dump()) for fault in given.faults),
        releases=tuple(PlannedRelease(**release.model_dump()) for release in given.releases),
        firm=given.firm,
        activities=Columns(**given.activities.model_dump()),
        first_day=given.first_day,
        last_day=given.last_day,
    )


def zone_checked(where: str, zone: str) -> str:
    """The zone's name. Raises InputError where there is none of that name."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(where, f"unknown zone {zone!r}", "use an IANA name such as Europe/Berlin") from error
    return zone


def _names(where: str, field: str, given: Any, known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise InputError(
                f"{where}: {field}.{name}", f"unknown {field.rstrip('s')}", f"use one of {', '.join(known)}"
            )


def _schedule(where: str, given: _Schedule) -> ScheduleSetting:
    for day in given.weekdays:
        if day not in _DAYS:
            raise InputError(f"{where}.weekdays", f"unknown weekday {day!r}", f"use {', '.join(_DAYS)}")
    if not given.times and given.every_min is None:
        raise InputError(where, "neither times nor every_min", "give one of them")
    zone = zone_checked(f"{where}.zone", given.zone)
    weekdays = tuple(sorted(_DAYS.index(day) for day in given.weekdays))
    return ScheduleSetting(given.times, weekdays, zone, given.cut_off_h, given.every_min)


def _check_fault(where: str, fault: _Fault) -> None:
    system = fault.target.partition(":")[0]
    if system not in SYSTEMS:
        known = ", ".join(SYSTEMS)
        raise InputError(f"{where}.target", f"unknown system {system!r}", f"use one of {known}")
    if fault.kind not in FAULTS:
        raise InputError(f"{where}.kind", f"unknown fault {fault.kind!r}", f"use one of {', '.join(FAULTS)}")
    for name in _SHARES:
        share = fault.parameters.get(name, 0.0)
        if not isinstance(share, int | float) or not 0.0 <= share <= 1.0:
            raise InputError(
                f"{where}.parameters.{name}", f"{share!r} is no share", "give a number from 0 to 1"
            )
    for name, value in fault.parameters.items():
        if isinstance(value, int | float) and value < 0:
            raise InputError(f"{where}.parameters.{name}", "negative", "give 0 or more")


def _check_release(where: str, release: _Release) -> None:
    if release.system not in SYSTEMS:
        raise InputError(
            f"{where}.system", f"unknown system {release.system!r}", f"use one of {', '.join(SYSTEMS)}"
        )
    if release.kind not in RELEASES:
        raise InputError(
            f"{where}.kind", f"unknown release {release.kind!r}", f"use one of {', '.join(RELEASES)}"
        )
    for name in PARAMETERS[release.kind]:
        if name not in release.parameters:
            raise InputError(f"{where}.parameters.{name}", f"missing for {release.kind}", "add it")
    if "object" in PARAMETERS[release.kind]:
        _check_field(where, release)
    if release.kind == "limit_cut":
        _check_limit(f"{where}.parameters.limit", release.system, str(release.parameters["limit"]))


def _check_field(where: str, release: _Release) -> None:
    """A release changes a field that the vendor's object has."""
    objects, name, field = (
        objects_of(release.system),
        str(release.parameters["object"]),
        str(release.parameters["field"]),
    )
    fields = objects.get(name.lower())
    if fields is None:
        known = ", ".join(sorted(objects)) or "none"
        raise InputError(
            f"{where}.parameters.object", f"{release.system} has no object {name!r}", f"use one of {known}"
        )
    if field not in fields:
        known = ", ".join(sorted(fields))
        raise InputError(f"{where}.parameters.field", f"{name} has no field {field!r}", f"use one of {known}")


def _check_system(where: str, system: str, change: _System) -> None:
    for limit in (*change.limits, *change.off):
        _check_limit(where, system, limit)
    for kind in change.ambient:
        if kind not in FAULTS and kind not in (known := figures_of(system, "ambient")):
            remedy = f"use one of {', '.join(sorted({*FAULTS, *known}))}"
            raise InputError(f"{where}.ambient.{kind}", "unknown kind of fault", remedy)
    for name in change.policy:
        if name not in (known := figures_of(system, "policy")):
            remedy = f"use one of {', '.join(sorted(known))}"
            raise InputError(f"{where}.policy.{name}", f"{system} has no such switch", remedy)


def _check_limit(where: str, system: str, limit: str) -> None:
    known = figures_of(system, "limits")
    if limit not in known:
        raise InputError(where, f"{system} has no limit {limit!r}", f"use one of {', '.join(sorted(known))}")
