"""What a person or an administrator sends: JSON whose dates are days that exist, whose figures are numbers.

The names say what is what (`roles.py`): a name of DAYS is a date, `_minor`, `_centi`, `_s`, `_min` and `_h`
end figures. So no act meets a day such as 30 February, and what is wrong is told in words, at every depth.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from math import isfinite
from typing import Any

DAYS = frozenset({"date", "start", "end", "target", "effective", "week_start", "cut_off", "close_date"})
PERIODS = frozenset({"period"})
TABLES = frozenset({"fields", "terms"})
LISTS = frozenset(
    {"lines", "milestones", "instalments", "rows", "facts", "rejected", "timecards", "expenses", "ids"}
)
_FIGURES = ("_minor", "_centi", "_s", "_min", "_h")
_EARLIEST, _LATEST = 1900, 2199


class UnsoundError(ValueError):
    """A value that cannot be what its name says; the words name it."""


class MissingError(Exception):
    """A parameter that the act needs was not given."""


class Body(dict[str, Any]):
    """The parameters; asking for one that is not there is the caller's mistake, not a bug."""

    def __missing__(self, name: str) -> Any:
        raise MissingError(name)


def act_of(given: Any) -> Body:
    """The parameters of a person's act, whose `fields` and `terms` are tables. Raises UnsoundError."""
    found = body(given)
    for name in TABLES & found.keys():
        if not isinstance(found[name], dict):
            raise UnsoundError(f"{name}: {found[name]!r:.60} is no JSON object")
    return found


def body(given: Any, free: Collection[str] = ()) -> Body:
    """The parameters, and tables in them; `free` names say something else here. Raises UnsoundError."""
    if given is None:
        return Body()
    if not isinstance(given, dict):
        raise UnsoundError("the body is no JSON object")
    kept = {name: value for name, value in given.items() if name in free}
    return Body(_table({name: value for name, value in given.items() if name not in free}, "") | kept)


def number(given: Mapping[str, Any], name: str, default: float | None, least: float = 0.0) -> float:
    """A finite number of a body, or the default where it is not given. Raises UnsoundError, MissingError."""
    value = given.get(name, default)
    if value is None:
        raise MissingError(name)
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = float("nan")
    if isinstance(value, bool) or not isfinite(found) or found < least:
        raise UnsoundError(f"{name}: {value!r:.60} is no number from {least:g} on")
    return found


def _table(given: Mapping[str, Any], place: str) -> Body:
    return Body({name: _sound(value, name, f"{place}{name}") for name, value in given.items()})


def _sound(value: Any, name: str, place: str) -> Any:
    if name in LISTS and not isinstance(value, list):
        raise UnsoundError(f"{place}: {value!r:.60} is no list")
    if isinstance(value, dict):
        return _table(value, f"{place}.")
    if isinstance(value, list):
        item = "" if name in LISTS else name
        return [_sound(one, item, f"{place}.{number}") for number, one in enumerate(value)]
    if value is None or value == "":
        return value
    if name in DAYS and not is_day(value):
        raise UnsoundError(f"{place}: {value!r:.60} is no day; write one that exists as YYYY-MM-DD")
    if name in PERIODS and not is_day(f"{value}-01"):
        raise UnsoundError(f"{place}: {value!r:.60} is no period; write it as YYYY-MM")
    if name.endswith(_FIGURES) and (
        isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value)
    ):
        raise UnsoundError(f"{place}: {value!r:.60} is no number")
    return value


def is_day(value: Any) -> bool:
    """Whether it is a day of the calendar, written YYYY-MM-DD."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return len(value) == 10 and value[4] == "-" == value[7] and _EARLIEST <= day.year <= _LATEST
