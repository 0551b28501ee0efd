"""Writes a drawn world as the TOML files that people write, with the one command that repeats it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.fuzz.world import Drawn

NAMES = ("scenario", "firm", "model")


def write(drawn: Drawn, folder: Path, why: str = "") -> str:
    """Write the three files and README.md into the folder; the command that repeats the run."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.toml").write_text(toml(getattr(drawn, name)), encoding="utf-8")
    command = command_of(folder, drawn.seed)
    (folder / "README.md").write_text(f"{why}\n\n    {command}\n", encoding="utf-8")
    return command


def command_of(folder: Path, seed: int) -> str:
    """The command that repeats the run of the files there."""
    scenario, firm, model = (str(folder / f"{name}.toml") for name in NAMES)
    return shlex.join(["rehearse", "run", scenario, "--firm", firm, "--model", model, "--seed", str(seed)])


def toml(table: Mapping[str, Any]) -> str:
    """The table as TOML: its values, then its tables, then its lists of tables; deeper ones stand inline."""
    lines = [f"{name} = {_value(held)}" for name, held in table.items() if not _apart(held)]
    for name, held in table.items():
        if isinstance(held, Mapping):
            lines += _section(f"[{name}]", held) if _flat(held) else _sections(name, held)
        elif _apart(held):
            for row in held:
                lines += _section(f"[[{name}]]", row)
    return "\n".join(lines) + "\n"


def _sections(name: str, table: Mapping[str, Any]) -> list[str]:
    return [line for inner, held in table.items() for line in _section(f"[{name}.{inner}]", held)]


def _section(head: str, table: Mapping[str, Any]) -> list[str]:
    return ["", head, *(f"{name} = {_value(held)}" for name, held in table.items())]


def _apart(held: Any) -> bool:
    """Whether it stands under a head of its own."""
    return isinstance(held, Mapping) or (
        isinstance(held, list) and bool(held) and isinstance(held[0], Mapping)
    )


def _flat(table: Mapping[str, Any]) -> bool:
    return not any(isinstance(held, Mapping) for held in table.values())


def _value(held: Any) -> str:
    if isinstance(held, Mapping):
        return f"{{ {', '.join(f'{name} = {_value(inner)}' for name, inner in held.items())} }}"
    if isinstance(held, list | tuple):
        return f"[{', '.join(map(_value, held))}]"
    if isinstance(held, str):
        return json.dumps(held, ensure_ascii=False)
    return str(held).lower() if isinstance(held, bool) else repr(held)
