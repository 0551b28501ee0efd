"""Assembles the systems of one run from a landscape: the one function that roots call for mocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import cast

from kernel.time import BusinessTime
from mocks.landscape import Landscape
from mocks.opening import Opening
from mocks.system import Setting, System
from wire.call import Transport

BUILDERS: Mapping[str, str] = {
    "salesforce": "mocks.salesforce.system",
    "workday": "mocks.workday.system",
    "netsuite": "mocks.netsuite.system",
    "warehouse": "mocks.warehouse.system",
}
"""System to the module whose `build(setting)` makes it; imported only when it is asked for."""

ALL = tuple(BUILDERS)


def assemble(
    landscape: Landscape,
    opening: Opening,
    time: BusinessTime,
    seed: int,
    callouts: Transport | None = None,
    names: Sequence[str] = ALL,
) -> dict[str, System]:
    """The named systems with the opening loaded, not yet started (each is an async context manager)."""
    systems = {}
    for name in names:
        build = cast(Callable[[Setting], System], import_module(BUILDERS[name]).build)
        systems[name] = build(
            Setting(
                name,
                landscape.of(name),
                opening,
                time,
                seed,
                landscape.month_end_s,
                opening.hq_zone,
                callouts,
            )
        )
    return systems
