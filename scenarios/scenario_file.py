"""Scenario files: the shape of the TOML, and a Scenario out of it once everything in it makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, create_model

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from scenarios.history.activities import Activities
from scenarios.known import KPIS, POLLED, SYSTEMS, one_of
from scenarios.scenario import (
    DECISIONS_MOST,
    PlannedFault,
    PlannedRelease,
    Scenario,
    SystemChange,
)
from scenarios.scenario_checks import check_fault, check_names, check_release, check_system
from scenarios.schedule import ScheduleSetting
from scenarios.validation import Given, checked

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_Share = Annotated[float, Field(strict=True, ge=0, le=1)]
_Hours = Annotated[float, Field(strict=True, ge=0, le=8_760)]
_Days = Annotated[float, Field(strict=True, ge=0, le=366)]
_Amount = Annotated[float, Field(strict=True, ge=0, le=1_000_000_000)]
_Size = Annotated[float, Field(strict=True, ge=0.1, le=1_000_000_000)]
_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Minutes = Annotated[float, Field(strict=True, ge=1, le=527_040)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_LOG = Activities()


def listed(value: Any) -> Any:
    """One name is a list of one."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[_Text, ...], BeforeValidator(listed), Field(min_length=1)]
"""A name, or several of which any one counts."""


class _Margin(Given):
    absolute: _Amount = 0.0
    relative: _Share = 0.0


class _Schedule(Given):
    times: tuple[_Clock, ...] = ()
    weekdays: tuple[str, ...] = ()
    zone: str = ""
    cut_off_h: _Hours = 0.0
    every_min: _Minutes | None = None
    cut_off_runs: bool = True


class _System(Given):
    limits: dict[str, _Size] = Field(default_factory=dict)
    off: tuple[str, ...] = ()
    latency_factor: Annotated[float, Field(strict=True, ge=0.001, le=1_000)] = 1.0
    ambient: dict[str, _Share] = Field(default_factory=dict)
    background: Annotated[float, Field(strict=True, ge=0, le=1_000)] = 1.0
    background_phase_h: Annotated[float, Field(strict=True, ge=-8_760, le=8_760)] = 0.0
    policy: dict[str, Any] = Field(default_factory=dict)


class _Fault(Given):
    at: str
    for_h: _Hours = 0.0
    target: str
    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    renewed_after_h: _Hours | None = None
    name: str = ""


class _Release(Given):
    at: str
    system: str
    cause: _Text
    kind: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    from_version: _Amount | None = None
    mapped_after_days: _Days | None = None
    repaired_after_days: _Days | None = None
    name: str = ""


class _Activities(Given):
    submitted: Names = _LOG.submitted
    approved: Names = _LOG.approved
    handed_over: Names = _LOG.handed_over
    paid: Names = _LOG.paid
    rejected: Names = _LOG.rejected


_FROM_UNTIL: dict[str, Any] = {"from": (str, ...), "until": (str, ...)}
_Live: type[Given] = create_model("_Live", __base__=Given, **_FROM_UNTIL)
"""Made so because `from` is a word of the language."""


class _File(Given):
    title: _Text
    question: _Text
    period: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] = "2026-04"
    month_end: bool = True
    from_log: bool = False
    workflows: tuple[str, ...] = WORKFLOWS
    decisions: dict[str, _Margin] = Field(default_factory=dict)
    schedules: dict[str, _Schedule] = Field(default_factory=dict)
    polls: dict[str, _Minutes] = Field(default_factory=dict)
    systems: dict[str, _System] = Field(default_factory=dict)
    faults: tuple[_Fault, ...] = ()
    releases: tuple[_Release, ...] = ()
    firm: dict[str, Any] = Field(default_factory=dict)
    activities: _Activities = _Activities()
    first_day: date | None = None
    last_day: date | None = None
    live: _Live | None = None  # type: ignore[valid-type]


def scenario_of(name: str, values: Mapping[str, Any], where: str) -> Scenario:
    """The scenario. Raises InputError for the first mistake. Instants are checked by `scenarios.stage`."""
    given = checked(_File, values, where)
    _check_names(where, given)
    _check_days(where, given)
    scenario = Scenario(
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
        polls_min=given.polls,
        systems={system: SystemChange(**change.model_dump()) for system, change in given.systems.items()},
        faults=tuple(PlannedFault(**fault.model_dump()) for fault in given.faults),
        releases=tuple(PlannedRelease(**release.model_dump()) for release in given.releases),
        firm=given.firm,
        activities=Activities(**given.activities.model_dump()),
        first_day=given.first_day,
        last_day=given.last_day,
        live=_window(given),
    )
    _check_upheaval(scenario)
    return scenario


def _window(given: _File) -> tuple[str, str] | None:
    table: Any = given.live
    return None if table is None else (getattr(table, "from"), table.until)


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
                f"{where}: {field}.{name}", f"unknown {field.rstrip('s')}", f"use {one_of(known, name)}"
            )


def _check_names(where: str, given: _File) -> None:
    _names(where, "workflows", given.workflows, WORKFLOWS)
    if not given.workflows or len(set(given.workflows)) < len(given.workflows):
        raise InputError(f"{where}: workflows", "none, or one twice", f"name some of {', '.join(WORKFLOWS)}")
    _names(where, "polls", given.polls, POLLED)
    _names(where, "systems", given.systems, SYSTEMS)
    _names(where, "schedules", given.schedules, WORKFLOWS)
    _names(where, "decisions", given.decisions, KPIS)
    if len(given.decisions) > DECISIONS_MOST:
        what = f"{len(given.decisions)} KPIs"
        raise InputError(f"{where}: decisions", what, f"name at most {DECISIONS_MOST} that decide")


def _check_upheaval(scenario: Scenario) -> None:
    for system, change in scenario.systems.items():
        check_system(f"{scenario.source}: systems.{system}", system, change)
    for number, fault in enumerate(scenario.faults):
        check_fault(f"{scenario.source}: faults.{number}", fault)
    for number, release in enumerate(scenario.releases):
        check_release(f"{scenario.source}: releases.{number}", release)
    check_names(scenario.source, scenario.releases)


def _check_days(where: str, given: _File) -> None:
    """What only a log has is for a scenario that plays one."""
    for name in ("activities", "first_day", "last_day"):
        if name in given.model_fields_set and not given.from_log:
            remedy = "add from_log = true, or remove it"
            raise InputError(f"{where}: {name}", "for a scenario that plays a log", remedy)
    if given.first_day and given.last_day and given.first_day > given.last_day:
        raise InputError(f"{where}: last_day", "before first_day", "choose a later day")


def _schedule(where: str, given: _Schedule) -> ScheduleSetting:
    for day in given.weekdays:
        if day not in _DAYS:
            raise InputError(f"{where}.weekdays", f"unknown weekday {day!r}", f"use {', '.join(_DAYS)}")
    if bool(given.times) == (given.every_min is not None):
        what = "both times and every_min" if given.times else "neither times nor every_min"
        raise InputError(where, what, "give one of them")
    if given.weekdays and given.every_min is not None:
        raise InputError(f"{where}.weekdays", "every_min runs on all days", "remove it, or give times")
    zone = zone_checked(f"{where}.zone", given.zone) if given.zone else ""
    weekdays = tuple(sorted(_DAYS.index(day) for day in given.weekdays))
    return ScheduleSetting(given.times, weekdays, zone, given.cut_off_h, given.every_min, given.cut_off_runs)
