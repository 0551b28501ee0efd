"""WHERE compiled to one function over a record, and to what could drive it; literals are bound before each
run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from mocks.salesforce.columns import Read, reader
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import Org
from mocks.salesforce.schema import View
from mocks.salesforce.soql_text import Literal, Negation, Test
from mocks.store import Record

Binder = Callable[[list[Any], float], Any]
"""(literals of the text, now) to the value that a test compares with."""
Test_ = Callable[[Record, list[Any]], bool]


class Where(NamedTuple):
    """`tests` are the simple tests that must all hold, with the place of their bound value: what can
    drive.
    """

    test: Test_
    tests: tuple[tuple[Test, int], ...]


def compiled(org: Org, view: View, condition: Any, version: float, binders: list[Binder]) -> Where:
    """Compile a condition; adds to `binders`. Raises RefusedError."""
    if isinstance(condition, Test):
        read, kind = reader(org, view, condition.field, version)
        place = len(binders)
        binders.append(_binder(org, condition, kind))
        if kind == "datetime":
            read = _seconds(org, read)
        return Where(_OPERATORS[condition.operator](read, place), ((condition, place),))
    if isinstance(condition, Negation):
        inner = compiled(org, view, condition.condition, version, binders).test
        return Where(lambda record, bound: not inner(record, bound), ())
    parts = [compiled(org, view, part, version, binders) for part in condition.conditions]
    functions = tuple(part.test for part in parts)
    if condition.either:
        return Where(lambda record, bound: any(test(record, bound) for test in functions), ())
    return Where(_all(functions), tuple(test for part in parts for test in part.tests))


def _all(functions: tuple[Test_, ...]) -> Test_:
    def test(record: Record, bound: list[Any]) -> bool:
        for function in functions:  # noqa: SIM110 (a generator a record would cost more than the tests)
            if not function(record, bound):
                return False
        return True

    return test


def _binder(org: Org, test: Test, kind: str) -> Binder:
    literal, many = test.literal, test.operator == "IN"
    instant = kind in {"seconds", "datetime"}

    def one(value: Any, now_s: float) -> Any:
        if instant and value is not None:
            return _instant(org, value)
        if test.operator == "LIKE":
            return _like(value)
        return value

    def bind(values: list[Any], now_s: float) -> Any:
        value = _worth(org, literal, values, now_s)
        if many:
            if not isinstance(value, list):
                raise RefusedError("MALFORMED_QUERY", "IN needs a list of values")
            return dict.fromkeys(one(item, now_s) for item in value)
        if isinstance(value, list):
            raise RefusedError("MALFORMED_QUERY", "unexpected list of values")
        return one(value, now_s)

    return bind


def _worth(org: Org, literal: Literal, values: list[Any], now_s: float) -> Any:
    if literal.place >= 0:
        return values[literal.place]
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
