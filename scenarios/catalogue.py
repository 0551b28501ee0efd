"""The scenarios that ship, and a user's own by path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import InputError
from scenarios.scenario import Scenario
from scenarios.scenario_file import scenario_of
from scenarios.validation import read_toml

_LIBRARY = Path(__file__).parent / "library"


def names() -> tuple[str, ...]:
    """The shipped scenarios, by name."""
    return tuple(sorted(path.stem for path in _LIBRARY.glob("*.toml")))


def load(name_or_path: str) -> Scenario:
    """A shipped scenario by name, or a user's by path (ends in .toml). Raises InputError.

    Its instants may name entities and days of a firm that is not read yet: `play.stage` checks those.
    """
    path = _path(name_or_path)
    where = path.name if name_or_path in names() else str(path)
    return scenario_from(path.stem, read_toml(path), where)


def table(name_or_path: str) -> dict[str, Any]:
    """The same as the table that its file holds, for who changes something of it. Raises InputError."""
    return read_toml(_path(name_or_path))


def _path(name_or_path: str) -> Path:
    if name_or_path in names():
        return _LIBRARY / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if path.suffix != ".toml":
        known = ", ".join(names())
        raise InputError(
            f"scenario {name_or_path}", "unknown", f"use one of {known}, or the path of a .toml file"
        )
    return path


def scenario_from(name: str, values: Mapping[str, Any], where: str) -> Scenario:
    """The scenario of a file's table. Raises InputError for the first mistake."""
    return scenario_of(name, values, where)
