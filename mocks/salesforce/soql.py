"""SOQL run over the org: each shape compiled once to columns, a test and what drives it (an index or the
change log).

Driven, in this order of preference, by: Id or external id; LastModifiedDate/SystemModstamp >= or >; a
lookup, key
or picklist by = or IN; a parent's external id by = or IN; else all records of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mocks.salesforce.columns import TIMES, Render, keeper, reader, renderer
from mocks.salesforce.conditions import Binder, Test_, compiled
from mocks.salesforce.drivers import Drive, Driver, driver
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import Org
from mocks.salesforce.schema import VERSION
from mocks.salesforce.soql_text import Literal, Statement, parse, shape_of
from mocks.store import Record

_MOST_PLANS = 2000
_LOCATOR_LIFE_S = 2 * 86400.0


class Plan(NamedTuple):
    """A compiled shape. `whole`: it has neither LIMIT nor OFFSET."""

    statement: Statement
    render: Render
    test: Test_ | None
    binders: tuple[Binder, ...]
    drive: Drive
    order: tuple[tuple[Callable[[Record], Any], bool], ...]
    whole: bool


class Cursor(NamedTuple):
    """What is left of a query's result."""

    records: list[Record]
    at: int
    render: Render
    until_s: float


class Soql:
    """The query resources."""

    def __init__(self, org: Org, page: int) -> None:
        self._org = org
        self._page = page
        self._plans: dict[tuple[str, float, int], Plan] = {}
        self._cursors: dict[str, Cursor] = {}
        self._count = 0

    def query(
        self, shape: str, values: list[Any], now_s: float, version: float = VERSION, page: int = 0
    ) -> dict[str, Any]:
        """The first page for a text's shape and its literals. Raises RefusedError."""
        plan, records = self._found(shape, values, now_s, version)
        if plan.statement.counts:
            return {"totalSize": len(records), "done": True, "records": []}
        size = page or self._page
        if len(records) <= size:
            render = plan.render
            return {
                "totalSize": len(records),
                "done": True,
                "records": [render(record) for record in records],
            }
        self._count += 1
        name = f"01g{self._count:015d}"
        self._cursors[name] = Cursor(records, size, plan.render, now_s + _LOCATOR_LIFE_S)
        return self._paged(name, records, 0, size, plan.render)

    def more(self, locator: str, now_s: float) -> dict[str, Any]:
        """The page that a nextRecordsUrl names. Raises RefusedError."""
        name, _, place = locator.partition("-")
        cursor = self._cursors.get(name)
        if cursor is None or cursor.until_s < now_s or not place.isdigit():
            raise RefusedError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._paged(name, cursor.records, int(place), cursor.at, cursor.render)

    def _paged(
        self, name: str, records: list[Record], start: int, size: int, render: Render
    ) -> dict[str, Any]:
        end = start + size
        rows = [render(record) for record in records[start:end]]
        page: dict[str, Any] = {"totalSize": len(records), "done": end >= len(records), "records": rows}
        if end < len(records):
            page["nextRecordsUrl"] = f"/services/data/v67.0/query/{name}-{end}"
        else:
            self._cursors.pop(name, None)
        return page

    def found(self, text: str, now_s: float, version: float = VERSION) -> tuple[Plan, list[Record]]:
        """The plan and all records that fit, ordered and cut. Raises RefusedError."""
        return self._found(*shape_of(text), now_s, version)

    def _found(
        self, shape: str, values: list[Any], now_s: float, version: float
    ) -> tuple[Plan, list[Record]]:
        plan = self._plan(shape, version)
        bound = [bind(values, now_s) for bind in plan.binders]
        test, chosen = plan.test, list(plan.drive(bound))
        if test is not None:
            chosen = [record for record in chosen if test(record, bound)]
        for read, descending in reversed(plan.order):
            chosen.sort(key=lambda record: _sortable(read(record)), reverse=descending)
        if plan.whole:
            return plan, chosen
        start = _whole(plan.statement.offset, values, 0)
        limit = _whole(plan.statement.limit, values, len(chosen))
        return plan, chosen[start : start + limit]

    def _plan(self, shape: str, version: float) -> Plan:
        name = (shape, version, self._org.schema.generation)
        plan = self._plans.get(name)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[name] = self._compile(parse(shape), version)
        return plan

    def _compile(self, statement: Statement, version: float) -> Plan:
        org = self._org
        view = org.schema.view(_queried(org, statement.table), version)
        binders: list[Binder] = []
        test, found = None, Driver(_everything(org, view.kind.name))
        if statement.where is not None:
            where = compiled(org, view, statement.where, version, binders)
            found = driver(org, view, where, found.drive)
            test = where.test(without=found.held)
        order = tuple(
            (_order_reader(org, view, path, version), descending) for path, descending in statement.order
        )
        render = (keeper if found.by_log else renderer)(org, view, statement.fields, version)
        whole = statement.limit is None and statement.offset is None
        return Plan(statement, render, test, tuple(binders), found.drive, order, whole)


def _queried(org: Org, name: str) -> str:
    try:
        return org.schema.named(name)
    except RefusedError as error:
        raise RefusedError("INVALID_TYPE", error.message) from None


def _everything(org: Org, name: str) -> Drive:
    table = org.tables[name]

    return lambda bound: table.records.values()


def _order_reader(org: Org, view: Any, path: str, version: float) -> Callable[[Record], Any]:
    field = view.fields.get(path)
    if field is not None and field.name in TIMES:
        place = TIMES[field.name]
        return lambda record: record[place]
    read, _ = reader(org, view, path, version)
    return read


def _sortable(value: Any) -> tuple[bool, Any]:
    """Nulls first, as the vendor sorts them."""
    return (False, 0) if value is None else (True, value)


def _whole(literal: Literal | None, values: list[Any], default: int) -> int:
    if literal is None:
        return default
    value = literal.constant if literal.place < 0 else values[literal.place]
    if not isinstance(value, int):
        raise RefusedError("MALFORMED_QUERY", "LIMIT and OFFSET must be whole numbers")
    return value
