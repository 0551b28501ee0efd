"""SuiteQL's WHERE as filters of records: each conjunct made ready once, its parameters given at each run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mocks.netsuite.suiteql_columns import Column, column, reader
from mocks.netsuite.suiteql_text import Condition, QueryError
from mocks.store import Record

Filter = Callable[[Iterable[Record], Sequence[str]], list[Record]]
"""The records that fit, given the query's parameters. Raises QueryError for a parameter without sense."""

Instant = Callable[[str], float]
_Test = Callable[[Record], bool]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def conjuncts(where: Condition | None) -> Sequence[Condition]:
    """The conditions that must all be true."""
    if where is None:
        return ()
    return where.children if where.operator == "and" else (where,)


def keeper(condition: Condition, columns: Mapping[str, Column], instant: Instant) -> Filter:
    """One conjunct as a filter. Raises QueryError for a column that is not there."""
    names = [column(columns, name) for name in _named(condition)]
    if len(names) == 1 and names[0].plain and condition.operator in {"=", "in"}:
        return _holding(names[0].field, condition.slots)
    if len(names) == 1 and names[0].kind == "instant" and condition.operator in _COMPARE:
        return _timed(names[0].field, condition, instant)

    def keep(records: Iterable[Record], parameters: Sequence[str]) -> list[Record]:
        return list(filter(_test(condition, columns, parameters, instant), records))

    return keep


def _named(condition: Condition) -> list[str]:
    """The columns that a condition reads."""
    if condition.children:
        return [name for child in condition.children for name in _named(child)]
    return [condition.column]


def _holding(field: str, slots: Sequence[int]) -> Filter:
    if len(slots) == 1:
        slot = slots[0]

        def equal(records: Iterable[Record], parameters: Sequence[str]) -> list[Record]:
            value = parameters[slot]
            return [record for record in records if record.get(field) == value]

        return equal

    def among(records: Iterable[Record], parameters: Sequence[str]) -> list[Record]:
        wanted = {parameters[slot] for slot in slots}
        return [record for record in records if record.get(field) in wanted]

    return among


def _timed(field: str, condition: Condition, instant: Instant) -> Filter:
    compare, slot = _COMPARE[condition.operator], condition.slots[0]

    def timed(records: Iterable[Record], parameters: Sequence[str]) -> list[Record]:
        at_s = instant(parameters[slot])
        return [record for record in records if compare(record[field], at_s)]

    return timed


def _test(
    condition: Condition, columns: Mapping[str, Column], parameters: Sequence[str], instant: Instant
) -> _Test:
    """The condition as a test of one record."""
    operator = condition.operator
    if operator in {"and", "or"}:
        tests = [_test(child, columns, parameters, instant) for child in condition.children]
        return _all(tests) if operator == "and" else _either(tests)
    if operator == "not":
        inner = _test(condition.children[0], columns, parameters, instant)
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


def _all(tests: list[_Test]) -> _Test:
    return lambda record: all(test(record) for test in tests)


def _either(tests: list[_Test]) -> _Test:
    return lambda record: any(test(record) for test in tests)


def _like(read: Callable[[Record], Any], pattern: str) -> _Test:
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
