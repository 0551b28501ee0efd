"""Faults, releases and changed settings of a scenario, resolved into instants; and what operators do about
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kernel.errors import InputError
from kernel.time import DAY_S, HOUR_S
from mocks.faults import Fault
from mocks.landscape import Landscape, SystemSettings
from mocks.releases import Release
from scenarios.acts import Operation
from scenarios.calendar import Calendar, weekend
from scenarios.instants import seconds_of
from scenarios.known import SYSTEMS
from scenarios.scenario import PlannedFault, PlannedRelease, Scenario, SystemChange


class FaultSpan(NamedTuple):
    """A fault as the report draws it."""

    name: str
    target: str
    start_s: float
    end_s: float


class Released(NamedTuple):
    """A release as the report lists it; `told` is what the vendor's refusals of it name, where they do."""

    name: str
    system: str
    cause: str
    kind: str
    start_s: float
    answered_s: float | None
    by: str
    told: tuple[str, ...]


def landscape_of(scenario: Scenario, calendar: Calendar) -> Landscape:
    """What this scenario changes of the systems. Raises InputError for an instant outside the horizon."""
    faults = list(_faults(scenario, calendar))
    releases = list(_releases(scenario, calendar))
    systems = {}
    for system in SYSTEMS:
        change = scenario.systems.get(system, SystemChange())
        systems[system] = SystemSettings(
            limits=change.limits,
            off=frozenset(change.off),
            latency_factor=change.latency_factor,
            ambient=change.ambient,
            faults=tuple(fault for fault in faults if _system(fault.target) == system),
            releases=tuple(release for name, release in releases if name == system),
            background=change.background,
            background_phase_h=change.background_phase_h,
            policy=_told(calendar, change.policy) if system == "warehouse" else change.policy,
        )
    closed = weekend(calendar.hq.country, calendar.first_day.year)
    return Landscape(systems, calendar.month_end_s, closed)


def _told(calendar: Calendar, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The warehouse's report is judged when people read it, and at close."""
    instants = tuple(sorted({*calendar.report_instants_s, calendar.close_s}))
    return {"snapshot_instants_s": instants, **policy}


def spans_of(scenario: Scenario, calendar: Calendar) -> tuple[FaultSpan, ...]:
    """Every fault from its start to its end; an expired credential lasts until it is renewed."""
    found = []
    for planned, fault in zip(scenario.faults, _faults(scenario, calendar), strict=True):
        for_s = max(fault.for_s, (planned.renewed_after_h or 0.0) * HOUR_S)
        name = planned.name or planned.kind.replace("_", " ")
        found.append(FaultSpan(name, planned.target, fault.at_s, fault.at_s + for_s))
    return tuple(found)


def operations_of(scenario: Scenario, calendar: Calendar, operator: str) -> tuple[Operation, ...]:
    """What operators do: credentials renewed, and releases answered some days later, by mapping or repair."""
    found = (*_renewals(scenario, calendar, operator), *_answers(scenario, calendar, operator))
    return tuple(sorted(found, key=lambda operation: (operation.at_s, operation.kind)))


def _renewals(scenario: Scenario, calendar: Calendar, operator: str) -> Iterator[Operation]:
    for number, (planned, fault) in enumerate(zip(scenario.faults, _faults(scenario, calendar), strict=True)):
        if planned.kind == "expired_credentials" and planned.renewed_after_h is not None:
            at_s = fault.at_s + planned.renewed_after_h * HOUR_S
            _before_end(f"{scenario.source}: faults.{number}.renewed_after_h", at_s, calendar)
            body = {"system": _system(planned.target), "secret": planned.parameters.get("secret", "secret-2")}
            yield Operation(at_s, "credential", body, operator)


def _answers(scenario: Scenario, calendar: Calendar, operator: str) -> Iterator[Operation]:
    """A rename is mapped in the integration, a rule is repaired in the system that has it."""
    for number, (plan, (system, release)) in enumerate(
        zip(scenario.releases, _releases(scenario, calendar), strict=True)
    ):
        for kind, days in (("mapping", plan.mapped_after_days), ("repair", plan.repaired_after_days)):
            if days is not None:
                at_s = release.at_s + days * DAY_S
                field = "mapped_after_days" if kind == "mapping" else "repaired_after_days"
                _before_end(f"{scenario.source}: releases.{number}.{field}", at_s, calendar)
                body = {"system": system, "release": {"kind": release.kind, **release.parameters}}
                yield Operation(at_s, kind, body, operator)


def released_in(scenario: Scenario, calendar: Calendar) -> tuple[Released, ...]:
    """Every release, and by whom and when it is answered."""
    pairs = zip(scenario.releases, _releases(scenario, calendar), strict=True)
    return tuple(_released(plan, release.at_s) for plan, (_, release) in pairs)


def _released(plan: PlannedRelease, at_s: float) -> Released:
    days, by = plan.mapped_after_days, "an operator"
    if plan.repaired_after_days is not None:
        days, by = plan.repaired_after_days, "an administrator"
    told = [str(plan.parameters[name]) for name in ("message", "field") if name in plan.parameters]
    return Released(
        name=plan.name or plan.kind.replace("_", " "),
        system=plan.system,
        cause=plan.cause,
        kind=plan.kind,
        start_s=at_s,
        answered_s=None if days is None else at_s + days * DAY_S,
        by="" if days is None else by,
        told=tuple(told[:1]),
    )


def _before_end(where: str, at_s: float, calendar: Calendar) -> None:
    if at_s >= calendar.end_s:
        raise InputError(where, "after the horizon", f"choose an instant in {_until(calendar)}")


def marks_of(scenario: Scenario, calendar: Calendar) -> tuple[tuple[str, float], ...]:
    """Labelled instants for the report's time axes, in order."""
    found = [
        (f"{release.name} ({release.system})", release.start_s) for release in released_in(scenario, calendar)
    ]
    if calendar.closes:
        found.append(("period end", max(close.period_end_s for close in calendar.closes)))
        found.append(("approval cut-off", max(close.cut_off_s for close in calendar.closes)))
        found.append(("time lock", max(close.time_lock_s for close in calendar.closes)))
        found.append(("ledger lock", calendar.close_s))
    return tuple(sorted(found, key=lambda mark: mark[1]))


def _faults(scenario: Scenario, calendar: Calendar) -> Iterator[Fault]:
    for number, planned in enumerate(scenario.faults):
        where = f"{scenario.source}: faults.{number}"
        at_s = _instant(f"{where}.at", planned.at, calendar)
        if at_s + planned.for_h * HOUR_S > calendar.end_s:
            last = f"{calendar.time.stamp(calendar.end_s)[:16]}Z"
            raise InputError(f"{where}.for_h", "ends after the horizon", f"end it by {last}")
        yield Fault(at_s, planned.for_h * HOUR_S, planned.target, planned.kind, _parameters(planned))


def _parameters(planned: PlannedFault) -> dict[str, object]:
    """As given; an expired credential names the secret that is valid from then on."""
    given = dict(planned.parameters)
    if planned.kind == "expired_credentials":
        given.setdefault("secret", "secret-2")
    return given


def _releases(scenario: Scenario, calendar: Calendar) -> Iterator[tuple[str, Release]]:
    for number, plan in enumerate(scenario.releases):
        where = f"{scenario.source}: releases.{number}.at"
        at_s = _instant(where, plan.at, calendar)
        if at_s == 0.0:
            what = "the start, at which hooks and channels are set up under the old names"
            raise InputError(where, what, "choose a later instant")
        yield plan.system, Release(at_s, plan.cause, plan.kind, plan.parameters, plan.from_version)


def _instant(where: str, text: str, calendar: Calendar) -> float:
    try:
        at_s = seconds_of(text, calendar)
    except ValueError as error:
        raise InputError(where, str(error), "write BD-1 14:00 or an ISO instant with its zone") from error
    if not 0.0 <= at_s < calendar.end_s:
        raise InputError(where, f"{text} is outside the horizon", f"choose an instant in {_until(calendar)}")
    return at_s


def _until(calendar: Calendar) -> str:
    return f"{calendar.time.stamp(0.0)[:16]}Z .. {calendar.time.stamp(calendar.end_s)[:16]}Z"


def _system(target: str) -> str:
    return target.partition(":")[0]
