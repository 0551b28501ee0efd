"""What enters from outside: TOML read and checked by pydantic, every mistake told in one line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kernel.errors import InputError

M = TypeVar("M", bound=BaseModel)

_REMEDIES: Mapping[str, str] = {
    "missing": "add it",
    "too_short": "name at least one",
    "literal_error": "give one of those",
    "greater_than_equal": "give a larger value",
    "greater_than": "give a larger value",
    "less_than_equal": "give a smaller value",
    "finite_number": "give a finite number",
    "string_too_short": "write something",
    "string_too_long": "write something shorter",
    "string_pattern_mismatch": "write it as scenarios/README.md shows",
}
_NO_LIST = ("no list", "write a list in [ ]")
_NO_TABLE = ("no table", "write a table, with a name for each value")
_NO_NUMBER = ("no number", "write a number, without quotes")
_OTHERWISE: Mapping[str, tuple[str, str]] = {
    "tuple_type": _NO_LIST,
    "dict_type": _NO_TABLE,
    "model_type": _NO_TABLE,
    "float_type": _NO_NUMBER,
    "int_type": ("no whole number", "write a whole number, without quotes"),
    "string_type": ("no text", "write it in quotes"),
}
"""Where pydantic would speak of Python's types, which nobody who writes TOML knows."""


class Given(BaseModel):
    """A table of a user's file: unknown fields are refused, and so are numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a table. Raises InputError where it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InputError(
            str(path), f"cannot be read: {reason}", "give the path of a readable file"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(path), f"not TOML: {error}", "correct the file at that place") from error


def checked(kind: type[M], values: Mapping[str, Any], where: str) -> M:
    """The values as that kind of table. Raises InputError for the first mistake, naming its field."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(_fields_at(kind, first["loc"])))
            remedy = f"remove it or use one of {known}" if known else "remove it"
            raise InputError(f"{where}: {field}", "unknown field", remedy) from error
        otherwise = (what, _REMEDIES.get(first["type"], "correct the value"))
        raise InputError(f"{where}: {field}", *_OTHERWISE.get(first["type"], otherwise)) from error


def _fields_at(kind: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The fields of the table in which an unknown one stands (top level and one table down)."""
    if len(place) == 1:
        return list(kind.model_fields)
    field = kind.model_fields.get(str(place[0]))
    for inner in _models(field.annotation) if field else ():
        return list(inner.model_fields)
    return []


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]
