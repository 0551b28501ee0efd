"""SuiteQL's WHERE as a test of records, built for one run of a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mocks.netsuite.suiteql_columns import Column, column, reader
from mocks.netsuite.suiteql_text import Condition, QueryError
from mocks.store import Record

Test = Callable[[Record], bool]
Instant = Callable[[str], float]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def test(
    condition: Condition, columns: Mapping[str, Column], parameters: list[str], instant: Instant
) -> Test:
    """The condition as a test of a record. Raises QueryError."""
    operator = condition.operator
    if operator in {"and", "or"}:
        tests = [test(child, columns, parameters, instant) for child in condition.children]
        return _all(tests) if operator == "and" else _either(tests)
    if operator == "not":
        inner = test(condition.children[0], columns, parameters, instant)
        return lambda record: not inner(record)
    column_ = column(columns, condition.column)
    read = reader(column_)
    if operator == "null":
        return lambda record: read(record) in {None, ""}
    given = [_literal(column_, parameters[slot], instant) for slot in condition.slots]
    if operator == "in":
        wanted = frozenset(given)
        return lambda record: read(record) in wanted
    if operator == "like":
        return _like(read, str(given[0]))
    compare, value = _COMPARE[operator], given[0]
    return lambda record: (had := read(record)) is not None and compare(had, value)


def _literal(column: Column, text: str, instant: Instant) -> Any:
    if column.kind == "instant":
        return instant(text)
    if column.kind == "number":
        try:
            return float(text)
        except ValueError:
            raise QueryError(f"Invalid number '{text}'.") from None
    return text


def _all(tests: list[Test]) -> Test:
    return lambda record: all(test(record) for test in tests)


def _either(tests: list[Test]) -> Test:
    return lambda record: any(test(record) for test in tests)


def _like(read: Callable[[Record], Any], pattern: str) -> Test:
    """LIKE with % at either end (or none)."""
    core = pattern.strip("%")
    head, tail = pattern.startswith("%"), pattern.endswith("%")

    def test(record: Record) -> bool:
        text = str(read(record) or "")
        if head and tail:
            return core in text
        if tail:
            return text.startswith(core)
        return text.endswith(core) if head else text == core

    return test
