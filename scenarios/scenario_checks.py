"""What a scenario may say of faults, releases and systems. Whatever would do nothing is a mistake, too."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from math import inf
from typing import Any

from kernel.errors import InputError
from mocks import faults, releases
from mocks.parameters import Parameter, mistake
from scenarios.known import (
    AMBIENT,
    FAULTS,
    FELT_BY,
    OPERATIONS,
    RELEASES,
    SYSTEMS,
    VERSIONED,
    figures_of,
    objects_of,
    switches_of,
)
from scenarios.scenario import PlannedFault, PlannedRelease, SystemChange

_FIELD_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


def check_fault(where: str, fault: PlannedFault) -> None:
    """Raises InputError for the first mistake."""
    system, _, operation = fault.target.partition(":")
    _one_of(f"{where}.target", "system", system, SYSTEMS)
    _one_of(f"{where}.kind", "fault", fault.kind, FAULTS)
    _felt(f"{where}.kind", fault.kind, system)
    _check_target(f"{where}.target", fault, system, operation)
    known = faults.PARAMETERS[fault.kind]
    _check_parameters(f"{where}.parameters", fault.kind, system, known, fault.parameters)
    if fault.kind == "brownout" and not fault.parameters:
        raise InputError(f"{where}.parameters", "none", "give latency_factor, error_share, or both")
    _check_end(where, fault)


def _check_target(where: str, fault: PlannedFault, system: str, operation: str) -> None:
    if ":" not in fault.target:
        return
    if fault.kind not in faults.BY_OPERATION:
        raise InputError(where, f"{fault.kind} strikes a system as a whole", f"write {system}")
    known = (*OPERATIONS[system], *(("desk",) if fault.kind == "outage" else ()))
    if operation not in known:
        remedy = f"write {system}, or after the colon one of {', '.join(known)}"
        raise InputError(where, f"{system} has no operation {operation!r}", remedy)


def _check_end(where: str, fault: PlannedFault) -> None:
    """A fault lasts, but for expired credentials, which somebody renews or nobody does."""
    if fault.kind != "expired_credentials":
        if fault.renewed_after_h is not None:
            what = f"nothing is renewed after {fault.kind}"
            raise InputError(f"{where}.renewed_after_h", what, "remove it; for_h says how long a fault lasts")
        if fault.for_h == 0.0:
            raise InputError(f"{where}.for_h", "a fault that is over at once", "give the hours that it lasts")
    elif fault.for_h:
        what = "expired credentials last until they are renewed"
        raise InputError(f"{where}.for_h", what, "remove it and give renewed_after_h")


def check_release(where: str, release: PlannedRelease) -> None:
    """Raises InputError for the first mistake."""
    kind, system, given = release.kind, release.system, release.parameters
    _one_of(f"{where}.system", "system", system, SYSTEMS)
    _one_of(f"{where}.kind", "release", kind, RELEASES)
    _felt(f"{where}.kind", kind, system)
    _check_parameters(f"{where}.parameters", kind, system, releases.PARAMETERS[kind], given)
    if "object" in given:
        _check_field(f"{where}.parameters", system, given)
    _check_callers(where, release)


def _check_callers(where: str, release: PlannedRelease) -> None:
    """Who is spared, and what answers it: a field's new name can be mapped, a tenant's rule be repaired."""
    kind, system = release.kind, release.system
    for name, value, kinds in (
        ("from_version", release.from_version, releases.PINNED),
        ("mapped_after_days", release.mapped_after_days, releases.PINNED),
        ("repaired_after_days", release.repaired_after_days, releases.TAKEN_BACK),
    ):
        if value is not None and kind not in kinds:
            remedy = f"remove it, or use one of {', '.join(kinds)}"
            raise InputError(f"{where}.{name}", f"it means nothing for {kind}", remedy)
    if release.from_version is not None and system not in VERSIONED:
        what = f"{system} is called without a version"
        raise InputError(f"{where}.from_version", what, "remove it: all callers meet the release")
    if release.mapped_after_days is not None and (release.from_version or 0.0) > VERSIONED.get(system, inf):
        what = f"the integration is pinned to v{VERSIONED[system]:g}, which this release spares"
        remedy = f"remove it, or give a from_version up to {VERSIONED[system]:g}"
        raise InputError(f"{where}.mapped_after_days", what, remedy)


def _check_field(where: str, system: str, given: Mapping[str, Any]) -> None:
    """A release changes a field that the vendor's object has."""
    objects, name, field, to = objects_of(system), given["object"], given["field"], given.get("to")
    fields = objects.get(name) or objects.get(name.lower())
    if fields is None:
        raise InputError(f"{where}.object", f"{system} has no object {name!r}", _choice(objects))
    if field not in fields:
        raise InputError(f"{where}.field", f"{name} has no field {field!r}", _choice(fields))
    if to is not None and to.lower() in {known.lower() for known in fields}:
        raise InputError(f"{where}.to", f"{name} has a field {to!r} already", "choose another name")
    if to is not None and not _FIELD_NAME.fullmatch(to):
        raise InputError(f"{where}.to", f"{to!r} is no field name", "use letters, digits and underscores")


def check_names(where: str, planned: Sequence[PlannedRelease]) -> None:
    """No two fields of an object come to one name by releases. Raises InputError."""
    taken: dict[tuple[str, str, str], tuple[int, str]] = {}
    for number, release in enumerate(planned):
        given = release.parameters
        if "to" not in given:
            continue
        name = (release.system, given["object"].lower(), given["to"].lower())
        first, field = taken.setdefault(name, (number, given["field"]))
        if field != given["field"]:
            what = f"releases.{first} gives {given['object']} a field {given['to']!r} already"
            raise InputError(f"{where}: releases.{number}.parameters.to", what, "choose another name")


def check_system(where: str, system: str, change: SystemChange) -> None:
    """Raises InputError for the first mistake."""
    for limit in change.limits:
        _check_limit(f"{where}.limits.{limit}", system, limit)
    for limit in change.off:
        _check_limit(f"{where}.off", system, limit)
    felt = {*AMBIENT, *figures_of(system, "ambient"), *(k for k in FAULTS if system in FELT_BY.get(k, ()))}
    for kind in change.ambient:
        if kind not in felt:
            raise InputError(f"{where}.ambient.{kind}", f"unknown kind of fault in {system}", _choice(felt))
    _check_policy(f"{where}.policy", system, change.policy)


def _check_policy(where: str, system: str, given: Mapping[str, Any]) -> None:
    switches = switches_of(system)
    for name, value in given.items():
        if name not in switches:
            raise InputError(f"{where}.{name}", f"{system} has no such switch", _choice(switches))
        found = switches[name].mistake(value)
        if found is not None:
            raise InputError(f"{where}.{name}", found.what, found.remedy)
    policy = {name: figure["value"] for name, figure in figures_of(system, "policy").items()} | dict(given)
    for low, high in (("hook_median_s", "hook_p95_s"), ("page_default", "page_most")):
        if low in policy and policy[low] > policy[high]:
            name = high if high in given else low
            what = f"{low} {policy[low]:g} is above {high} {policy[high]:g}"
            raise InputError(f"{where}.{name}", what, f"give a {high} from {low} on")


def _check_limit(where: str, system: str, limit: str) -> None:
    """Raises InputError where the system has no limit of that name."""
    known = figures_of(system, "limits")
    if limit not in known:
        raise InputError(where, f"{system} has no limit {limit!r}", _choice(known))


def _check_parameters(
    where: str, kind: str, system: str, known: tuple[Parameter, ...], given: Mapping[str, Any]
) -> None:
    limits = tuple(sorted(figures_of(system, "limits")))
    known = tuple(one._replace(choices=limits) if one.name == "limit" else one for one in known)
    found = mistake(kind, known, given)
    if found is not None:
        raise InputError(f"{where}.{found.name}", found.what, found.remedy)


def _felt(where: str, kind: str, system: str) -> None:
    systems = FELT_BY.get(kind, SYSTEMS)
    if system not in systems:
        raise InputError(where, f"{system} never feels {kind}", f"aim it at {' or '.join(systems)}")


def _one_of(where: str, noun: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InputError(where, f"unknown {noun} {name!r}", f"use one of {', '.join(known)}")


def _choice(known: Collection[str]) -> str:
    return f"use one of {', '.join(sorted(known))}" if known else "remove it: there is none"
