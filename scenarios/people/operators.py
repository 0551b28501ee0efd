"""Integration operators: they renew credentials, apply mappings after a release, replay what is left.

A rule is repaired by an administrator of the system that has it; the operator then replays what it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from scenarios.acts import Operation, Workload
from scenarios.people.asking import administer, operate
from scenarios.script import Persona, Script, Scripted, Spent

WORK_MIN: Mapping[str, float] = {"credential": 60.0, "mapping": 60.0, "repair": 60.0, "replay": 15.0}
"""Minutes of a person: repair 60 (domain §4.1, monitored); a replay 15 (assumption)."""


def operators(workload: Workload) -> Iterator[Scripted]:
    """One script per operation, at the instant at which it is done."""
    for number, operation in enumerate(workload.operations):
        name = f"operator {operation.kind} {number}"
        persona: Persona = "administrator" if operation.kind == "repair" else "operator"
        yield Scripted(persona, name, operation.at_s, partial(operating, operation))


def operating(operation: Operation) -> Script:
    """One operation; the work before it is noted when it is done."""
    if operation.kind == "repair":
        release = dict(operation.parameters["release"])
        kind = release.pop("kind")
        given = {"kind": kind, "parameters": release}
        yield from administer(operation.parameters["system"], "withdraw", operation.by, given)
    yield from operate(operation.kind, operation.by, operation.parameters)
    minutes = WORK_MIN.get(operation.kind, 15.0)
    yield Spent(
        "operator", "exception", minutes, "", f"{operation.kind} {operation.parameters.get('system', '')}"
    )
