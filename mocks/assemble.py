"""Assembles the systems of one run from a landscape: the one function that roots call for mocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from kernel.errors import InputError
from kernel.time import BusinessTime
from mocks.landscape import Landscape
from mocks.opening import Opening
from mocks.system import Setting, System
from wire.call import Transport

ALL = ("salesforce", "workday", "netsuite", "warehouse")
"""The systems of the firm. One more is a folder `mocks/<name>` whose `system.py` offers `build(setting)`."""


def assemble(
    landscape: Landscape,
    opening: Opening,
    time: BusinessTime,
    seed: int,
    callouts: Transport | None = None,
    names: Sequence[str] = ALL,
    keeps_entries: bool = True,
) -> dict[str, System]:
    """The named systems with the opening loaded, not yet started (each is an async context manager).

    `keeps_entries`: whether their journals keep each write. Raises InputError for a name that no folder has.
    """
    settings = [
        Setting(
            name,
            landscape.of(name),
            opening,
            time,
            seed,
            landscape.month_end_s,
            opening.hq_zone,
            callouts,
            landscape.weekend,
            keeps_entries,
        )
        for name in names
    ]
    return {setting.name: _builder(setting.name)(setting) for setting in settings}


def _builder(name: str) -> Callable[[Setting], System]:
    """Found by name, and imported only when it is asked for. Raises InputError."""
    module = f"mocks.{name}.system"
    try:
        return cast(Callable[[Setting], System], import_module(module).build)
    except ModuleNotFoundError as error:
        if error.name not in {module, f"mocks.{name}"}:
            raise
        raise InputError(f"system {name!r}", "there is no such system", f"use {', '.join(ALL)}") from None
