"""A model is a table workflow -> pattern, read from TOML and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kernel.errors import InputError
from measurements.facts import WORKFLOWS

PATTERNS = ("batch", "api", "event", "batch+api", "batch+event", "manual", "point-to-point")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""A model's name stands in file names and in lists with commas."""

_RESERVED = ("as-recorded", "recommended")
"""What a firm's own log recorded, and the table that a comparison recommends, stand beside the models."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Model:
    """`workflows` names a pattern for each of measurements.facts.WORKFLOWS."""

    name: str
    title: str
    workflows: Mapping[str, str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    title: str = ""
    workflows: dict[str, str]


def names() -> tuple[str, ...]:
    """The models that are shipped."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(name_or_path: str) -> Model:
    """A shipped model by name, or one's own by path. Raises InputError."""
    path = _FOLDER / f"{name_or_path}.toml"
    if "/" in name_or_path or name_or_path.endswith(".toml") or not path.exists():
        path = Path(name_or_path)
    if not path.is_file():
        remedy = f"choose one of {', '.join(names())}, or give the path of a TOML file"
        raise InputError("model", f"there is no model {name_or_path!r}", remedy)
    return _read(path)


def model_of(values: Mapping[str, object], where: str) -> Model:
    """The model of a file's table. Raises InputError for the first mistake."""
    try:
        told = _File.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = f"{where}: {'.'.join(str(part) for part in first['loc'])}"
        raise InputError(place, str(first["msg"]), "see `rehearse models`") from None
    return _checked(where, told)


def _read(path: Path) -> Model:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(path), f"cannot be read as TOML: {error}", "correct the file") from None
    return model_of(values, str(path))


def _checked(path: str, told: _File) -> Model:
    if not NAME.fullmatch(told.name) or told.name in _RESERVED:
        remedy = "use letters, digits, dots and hyphens, such as my-hybrid"
        raise InputError(f"{path}: name", f"{told.name!r} cannot name a model", remedy)
    for workflow in WORKFLOWS:
        if workflow not in told.workflows:
            remedy = f'add a line such as {workflow} = "batch"'
            raise InputError(f"{path}: workflows", f"{workflow} is missing", remedy)
    for workflow, pattern in told.workflows.items():
        where = f"{path}: workflows.{workflow}"
        if workflow not in WORKFLOWS:
            raise InputError(where, "there is no such workflow", f"choose from {', '.join(WORKFLOWS)}")
        if pattern not in PATTERNS:
            raise InputError(where, f"there is no pattern {pattern!r}", f"choose from {', '.join(PATTERNS)}")
    table = {workflow: told.workflows[workflow] for workflow in WORKFLOWS}
    return Model(told.name, told.title or told.name, table)
