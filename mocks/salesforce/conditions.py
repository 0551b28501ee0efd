"""WHERE compiled to one function over a record, and to what could drive it; literals are bound before each
run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from mocks.salesforce.columns import TIMES, Read, reader
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import Org
from mocks.salesforce.schema import View
from mocks.salesforce.soql_text import Literal, Negation, Test
from mocks.store import Record

Binder = Callable[[list[Any], float], Any]
"""(literals of the text, now) to the value that a test compares with."""
Test_ = Callable[[Record, list[Any]], bool]


class Simple(NamedTuple):
    """A test that must hold, the place of its bound value, and the test as compiled: it may drive."""

    told: Test
    place: int
    test: Test_


class Where(NamedTuple):
    """What must all hold: simple tests, and any others, in `order` of the text."""

    order: tuple[Simple | Test_, ...]

    @property
    def simple(self) -> tuple[Simple, ...]:
        """The simple ones."""
        return tuple(one for one in self.order if isinstance(one, Simple))

    def test(self, without: Simple | None = None) -> Test_ | None:
        """All of them as one test, but for the one that holds anyway; None where nothing is left."""
        left = tuple(one.test if isinstance(one, Simple) else one for one in self.order if one is not without)
        if len(left) > 1:
            return _all(left)
        return left[0] if left else None


def compiled(org: Org, view: View, condition: Any, version: float, binders: list[Binder]) -> Where:
    """Compile a condition; adds to `binders`. Raises RefusedError."""
    if isinstance(condition, Test):
        return Where((_simple(org, view, condition, version, binders),))
    if isinstance(condition, Negation):
        inner = _whole(org, view, condition.condition, version, binders)
        return Where((lambda record, bound: not inner(record, bound),))
    if condition.either:
        functions = tuple(_whole(org, view, part, version, binders) for part in condition.conditions)
        return Where((_any(functions),))
    parts = [compiled(org, view, part, version, binders) for part in condition.conditions]
    return Where(tuple(one for part in parts for one in part.order))


def _simple(org: Org, view: View, test: Test, version: float, binders: list[Binder]) -> Simple:
    read, kind = reader(org, view, test.field, version)
    place = len(binders)
    binders.append(_binder(org, test, kind))
    if kind == "datetime":
        read = _seconds(org, read)
    if kind == "seconds" and test.operator in _WINDOW and "." not in test.field:
        return Simple(test, place, _WINDOW[test.operator](TIMES[view.fields[test.field].name], place))
    return Simple(test, place, _OPERATORS[test.operator](read, place))


def _whole(org: Org, view: View, condition: Any, version: float, binders: list[Binder]) -> Test_:
    test = compiled(org, view, condition, version, binders).test()
    assert test is not None  # a condition has at least one test
    return test


def _any(functions: tuple[Test_, ...]) -> Test_:
    def test(record: Record, bound: list[Any]) -> bool:
        for function in functions:  # noqa: SIM110 (a generator a record would cost more than the tests)
            if function(record, bound):
                return True
        return False

    return test


def _all(functions: tuple[Test_, ...]) -> Test_:
    def test(record: Record, bound: list[Any]) -> bool:
        for function in functions:  # noqa: SIM110 (a generator a record would cost more than the tests)
            if not function(record, bound):
                return False
        return True

    return test


def _binder(org: Org, test: Test, kind: str) -> Binder:
    literal, one = test.literal, _worded(org, test.operator, kind)
    place = literal.place

    def bind(values: list[Any], now_s: float) -> Any:
        value = values[place] if place >= 0 else _worth(org, literal, now_s)
        if type(value) is list:
            raise RefusedError("MALFORMED_QUERY", "unexpected list of values")
        return one(value) if one is not None else value

    def bind_list(values: list[Any], now_s: float) -> Any:
        value = values[place] if place >= 0 else _worth(org, literal, now_s)
        if type(value) is not list:
            raise RefusedError("MALFORMED_QUERY", "IN needs a list of values")
        return dict.fromkeys(value if one is None else map(one, value))

    return bind_list if test.operator == "IN" else bind


def _worded(org: Org, operator: str, kind: str) -> Callable[[Any], Any] | None:
    """How a literal is compared: as a pattern, an instant in seconds, or (None) as it is."""
    if operator == "LIKE":
        return _like
    if kind in {"seconds", "datetime"}:
        return lambda value: None if value is None else _instant(org, value)
    return None


def _worth(org: Org, literal: Literal, now_s: float) -> Any:
    """What stands in the shape itself."""
    if not literal.word:
        return literal.constant
    today = org.time.local_date(now_s, "UTC")
    days = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}
    return str(today + timedelta(days=days[literal.word]))


def _instant(org: Org, text: Any) -> float:
    try:
        return org.time.seconds(text if "T" in str(text) else f"{date.fromisoformat(text)}T00:00:00Z")
    except (TypeError, ValueError):
        raise RefusedError("INVALID_FIELD", f"value of filter criterion must be a dateTime: {text}") from None


def _seconds(org: Org, read: Read) -> Read:
    def value(record: Record) -> Any:
        text = read(record)
        return None if text is None else org.time.seconds(text)

    return value


def _like(value: Any) -> re.Pattern[str]:
    pattern = re.escape(str(value)).replace("%", ".*").replace("_", ".")
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _equal(read: Read, place: int) -> Test_:
    def test(record: Record, bound: list[Any]) -> bool:
        value, wanted = read(record), bound[place]
        return value == wanted or (wanted is None and value == "")

    return test


def _unequal(read: Read, place: int) -> Test_:
    equal = _equal(read, place)
    return lambda record, bound: not equal(record, bound)


def _member(read: Read, place: int) -> Test_:
    return lambda record, bound: read(record) in bound[place]


def _matches(read: Read, place: int) -> Test_:
    return lambda record, bound: bool(bound[place].fullmatch(str(read(record) or "")))


def _below(read: Read, place: int) -> Test_:
    return lambda record, bound: (value := read(record)) is not None and value < bound[place]


def _above(read: Read, place: int) -> Test_:
    return lambda record, bound: (value := read(record)) is not None and value > bound[place]


def _most(read: Read, place: int) -> Test_:
    return lambda record, bound: (value := read(record)) is not None and value <= bound[place]


def _least(read: Read, place: int) -> Test_:
    return lambda record, bound: (value := read(record)) is not None and value >= bound[place]


def _from(field: str, place: int) -> Test_:
    return lambda record, bound: int(record[field] * 1000 + 1e-6) / 1000.0 >= bound[place]


def _until(field: str, place: int) -> Test_:
    return lambda record, bound: int(record[field] * 1000 + 1e-6) / 1000.0 < bound[place]


_WINDOW: dict[str, Callable[[str, int], Test_]] = {">=": _from, "<": _until}
"""Both ends of a poll's window, on the record's own instant in milliseconds, as `columns.reader` has it."""
_OPERATORS: dict[str, Callable[[Read, int], Test_]] = {
    "=": _equal,
    "!=": _unequal,
    "IN": _member,
    "LIKE": _matches,
    "<": _below,
    ">": _above,
    "<=": _most,
    ">=": _least,
}
