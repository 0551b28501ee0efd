"""SuiteQL over the ledger: choose the cheapest index, filter, sort, page, and write every value as text.

Tables are the record types' names in lower case, `transaction` (invoice, expensereport, vendorbill,
journalentry, purchaseorder, told apart by `type`) and `accountingperiod`. Columns are the REST field names in
lower case, plus id, externalid, createddate and lastmodifieddate. References answer internal ids; BUILTIN.DF
names them by business key. Instants are ISO 8601 in UTC (the vendor's default is the user's date format).

    text ─> shape + parameters        shape ─> plan, once        plan + parameters ─> records ─> rows
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from mocks.netsuite.checks import CheckBook
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TRANSACTION_CODES
from mocks.netsuite.suiteql_columns import PERIODS, Column, column, columns_of, reader
from mocks.netsuite.suiteql_rows import Rows, grouped, groups_of, rows_of
from mocks.netsuite.suiteql_text import Condition, QueryError, lift, parsed
from mocks.netsuite.suiteql_where import Filter, conjuncts, keeper
from mocks.store import Record, Table

_KEYED = {
    "id": "id",
    "externalid": "externalId",
    "entityid": "entityId",
    "custbody_source_key": "custbody_source_key",
}
_SINCE = "lastmodifieddate"
_PAGED_FOR_S = 120.0
_PLANS_KEPT = 512


class Page(NamedTuple):
    """Rows of one page, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


class _Plan(NamedTuple):
    """A shape made ready: the conjunct that an index answers, the filters of the others, order and rows."""

    table: str
    types: Condition | None
    indexed: Condition | None
    filters: Sequence[Filter]
    order: Sequence[tuple[Callable[[Record], Any], bool]]
    grouped: bool
    rows: Rows


class SuiteQL:
    """Runs queries; keeps the matches of a query that is being paged, so that its pages fit together."""

    def __init__(self, ledger: Ledger, time: BusinessTime, checks: CheckBook) -> None:
        self._ledger = ledger
        self._checks = checks
        self._edition = 0
        self._time = time
        self._plans: dict[str, _Plan] = {}
        self._columns: dict[str, dict[str, Column]] = {}
        self._paged: dict[tuple[str, tuple[str, ...]], tuple[float, list[Record]]] = {}

    def run(self, text: str, bound: Sequence[object], limit: int, offset: int, now_s: float) -> Page:
        """One page. Raises QueryError."""
        shape, parameters = lift(text, bound)
        plan = self._plan(shape)
        if plan.grouped:
            rows = plan.rows(self._matched(plan, parameters))
            return Page(rows[offset : offset + limit], len(rows))
        records = self._page_source(text, plan, parameters, (limit, offset), now_s)
        return Page(plan.rows(records[offset : offset + limit]), len(records))

    def _page_source(
        self, text: str, plan: _Plan, parameters: list[str], window: tuple[int, int], now_s: float
    ) -> list[Record]:
        limit, offset = window
        if offset:
            kept = self._paged.pop((text, tuple(parameters)), None)
            if kept is not None and now_s - kept[0] <= _PAGED_FOR_S:
                self._paged[text, tuple(parameters)] = (now_s, kept[1])
                return kept[1]
        records = self._matched(plan, parameters)
        for rank, descending in plan.order:
            records.sort(key=rank, reverse=descending)
        if len(records) > limit:
            if len(self._paged) >= 8:
                self._paged.pop(next(iter(self._paged)))
            self._paged[text, tuple(parameters)] = (now_s, records)
        return records

    def _plan(self, shape: str) -> _Plan:
        if self._checks.edition != self._edition:
            self._plans.clear()
            self._columns.clear()
            self._edition = self._checks.edition
        plan = self._plans.get(shape)
        if plan is None:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            plan = self._plans[shape] = self._made(shape)
        return plan

    def _made(self, shape: str) -> _Plan:
        query = parsed(shape)
        columns = self._of(query.table)
        conditions = conjuncts(query.where)
        indexed = None if query.table == PERIODS else _indexed(conditions, columns)
        types = _types(conditions) if query.table == "transaction" else None
        rest = [one for one in conditions if one is not types and (one is not indexed or one.operator == ">")]
        kind = groups_of if grouped(query) else rows_of
        return _Plan(
            query.table,
            types,
            indexed,
            [keeper(one, columns, self._instant) for one in rest],
            [(_rank(column(columns, name)), descending) for name, descending in reversed(query.order)],
            grouped(query),
            kind(query, columns, self._ledger, self._time),
        )

    def _of(self, table: str) -> dict[str, Column]:
        columns = self._columns.get(table)
        if columns is None:
            columns = self._columns[table] = columns_of(table, self._checks)
        return columns

    def _matched(self, plan: _Plan, parameters: list[str]) -> list[Record]:
        if plan.table == PERIODS:
            matched = list(self._periods())
        else:
            matched = []
            for table in self._tables(plan, parameters):
                matched.extend(self._candidates(table, plan.indexed, parameters))
        for keep in plan.filters:
            matched = keep(matched, parameters)
        return matched

    def _tables(self, plan: _Plan, parameters: list[str]) -> list[Table]:
        tables = self._ledger.tables
        if plan.table != "transaction":
            return [tables[plan.table]]
        if plan.types is None:
            return [tables[name] for name in TRANSACTION_CODES.values()]
        codes = dict.fromkeys([parameters[slot] for slot in plan.types.slots])
        return [tables[TRANSACTION_CODES[code]] for code in codes if code in TRANSACTION_CODES]

    def _candidates(self, table: Table, indexed: Condition | None, parameters: list[str]) -> Iterable[Record]:
        """By key where a conjunct gives keys, else from the log where one gives a watermark, else all."""
        if indexed is None:
            return table.records.values()
        if indexed.column == _SINCE:
            return table.modified_since(self._instant(parameters[indexed.slots[0]]))
        keys = [parameters[slot] for slot in indexed.slots]
        field = _KEYED[indexed.column]
        if field == "id":
            return filter(None, map(table.get, dict.fromkeys(keys)))
        return [record for key in dict.fromkeys(keys) for record in table.where(field, key)]

    def _instant(self, text: str) -> float:
        try:
            if text[10:11] != "T" or text[-1] != "Z":
                text = _zoned(text)
            return self._time.seconds(text)
        except ValueError:
            raise QueryError(f"Invalid date or time '{text}'.") from None

    def _periods(self) -> Iterable[Record]:
        for number, row in enumerate(self._ledger.periods.rows(), start=1):
            entity, period, time_open, ledger_open = row
            yield {
                "id": str(number),
                "periodname": period,
                "subsidiary": entity,
                "timelocked": "F" if time_open else "T",
                "closed": "F" if ledger_open else "T",
            }


def _indexed(conditions: Sequence[Condition], columns: Mapping[str, Column]) -> Condition | None:
    """The first conjunct that gives keys, else the last that gives a watermark."""
    since = None
    for one in conditions:
        if one.column in _KEYED and one.operator in {"=", "in"}:
            if column(columns, one.column).field == _KEYED[one.column]:
                return one
        elif one.column == _SINCE and one.operator in {">", ">="}:
            since = one
    return since


def _types(conditions: Sequence[Condition]) -> Condition | None:
    """The first conjunct that names types of transactions."""
    return next((one for one in conditions if one.column == "type" and one.operator in {"=", "in"}), None)


def _zoned(text: str) -> str:
    """A date or time as the vendor takes it, as an instant in UTC."""
    text = text.strip().replace(" ", "T", 1)
    if len(text) == 10:
        text += "T00:00:00"
    return text if text.endswith("Z") or "+" in text[10:] else f"{text}Z"


def _rank(what: Column) -> Callable[[Record], Any]:
    """Sorts ids as numbers, and nulls first."""
    read = reader(what)
    if what.kind == "id":
        return lambda record: int(read(record))
    return lambda record: ((value := read(record)) is not None, value)
