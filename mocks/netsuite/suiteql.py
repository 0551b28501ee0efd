"""SuiteQL over the ledger: choose the cheapest index, filter, sort, page, and write every value as text.

Tables are the record types' names in lower case, `transaction` (invoice, expensereport, vendorbill,
journalentry, purchaseorder, told apart by `type`) and `accountingperiod`. Columns are the REST field names in
lower case, plus id, externalid, createddate and lastmodifieddate. References answer internal ids; BUILTIN.DF
names them by business key. Instants are ISO 8601 in UTC (the vendor's default is the user's date format).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from mocks.netsuite.checks import CheckBook
from mocks.netsuite.ledger import Ledger
from mocks.netsuite.objects import TRANSACTION_CODES
from mocks.netsuite.suiteql_columns import Column, column, columns_of, display, reader
from mocks.netsuite.suiteql_text import Condition, Output, Query, QueryError, QueryTexts
from mocks.netsuite.suiteql_where import test
from mocks.store import Record, Table

_KEYED = {
    "id": "id",
    "externalid": "externalId",
    "entityid": "entityId",
    "custbody_source_key": "custbody_source_key",
}
_PAGED_FOR_S = 120.0


class Page(NamedTuple):
    """Rows of one page, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


class SuiteQL:
    """Runs queries; keeps the matches of a query that is being paged, so that its pages fit together."""

    def __init__(self, ledger: Ledger, time: BusinessTime, checks: CheckBook) -> None:
        self._ledger = ledger
        self._checks = checks
        self._edition = 0
        self._time = time
        self._texts = QueryTexts()
        self._columns: dict[str, dict[str, Column]] = {}
        self._paged: dict[tuple[str, tuple[str, ...]], tuple[float, list[Record]]] = {}

    def run(self, text: str, bound: Sequence[object], limit: int, offset: int, now_s: float) -> Page:
        """One page. Raises QueryError."""
        query, parameters = self._texts.parse(text, bound)
        if query.table == "accountingperiod":
            rows = self._periods(query, parameters)
            return Page(rows[offset : offset + limit], len(rows))
        columns = self._of(query.table)
        if query.group or any(output.function in {"count", "sum", "min", "max"} for output in query.outputs):
            rows = self._aggregate(query, self._matched(query, columns, parameters), columns)
            return Page(rows[offset : offset + limit], len(rows))
        records = self._page_source(text, query, columns, parameters, offset, now_s)
        outputs = self._outputs(query, columns)
        shown = records[offset : offset + limit]
        return Page([_row(record, outputs) for record in shown], len(records))

    def _page_source(
        self,
        text: str,
        query: Query,
        columns: Mapping[str, Column],
        parameters: list[str],
        offset: int,
        now_s: float,
    ) -> list[Record]:
        key = (text, tuple(parameters))
        kept = self._paged.get(key) if offset else None
        if kept is not None and now_s - kept[0] <= _PAGED_FOR_S:
            return kept[1]
        records = self._sorted(query, self._matched(query, columns, parameters), columns)
        if len(records) > 100:
            if len(self._paged) >= 8:
                self._paged.pop(next(iter(self._paged)))
            self._paged[key] = (now_s, records)
        return records

    def _of(self, table: str) -> dict[str, Column]:
        if self._checks.edition != self._edition:
            self._columns.clear()
            self._edition = self._checks.edition
        columns = self._columns.get(table)
        if columns is None:
            columns = self._columns[table] = columns_of(table, self._checks)
        return columns

    def _matched(self, query: Query, columns: Mapping[str, Column], parameters: list[str]) -> list[Record]:
        conjuncts = _conjuncts(query.where)
        fits = test(query.where, columns, parameters, self._instant) if query.where else None
        matched: list[Record] = []
        for table in self._tables(query, conjuncts, parameters):
            candidates = self._candidates(table, conjuncts, parameters)
            matched.extend(candidates if fits is None else filter(fits, candidates))
        return matched

    def _tables(self, query: Query, conjuncts: Sequence[Condition], parameters: list[str]) -> list[Table]:
        if query.table != "transaction":
            return [self._ledger.tables[query.table]]
        for condition in conjuncts:
            if condition.column == "type" and condition.operator in {"=", "in"}:
                codes = [parameters[slot] for slot in condition.slots]
                return [
                    self._ledger.tables[TRANSACTION_CODES[code]]
                    for code in codes
                    if code in TRANSACTION_CODES
                ]
        return [self._ledger.tables[name] for name in TRANSACTION_CODES.values()]

    def _candidates(
        self, table: Table, conjuncts: Sequence[Condition], parameters: list[str]
    ) -> Iterable[Record]:
        """By key where a conjunct gives keys, else from the log where one gives a watermark, else all."""
        since = None
        for condition in conjuncts:
            if condition.column in _KEYED and condition.operator in {"=", "in"}:
                return _by_key(table, condition.column, [parameters[slot] for slot in condition.slots])
            if condition.column == "lastmodifieddate" and condition.operator in {">", ">="}:
                since = self._instant(parameters[condition.slots[0]])
        return table.records.values() if since is None else table.modified_since(since)

    def _instant(self, text: str) -> float:
        try:
            text = text.strip().replace(" ", "T", 1)
            if len(text) == 10:
                text += "T00:00:00"
            return self._time.seconds(text if text.endswith("Z") or "+" in text[10:] else f"{text}Z")
        except ValueError:
            raise QueryError(f"Invalid date or time '{text}'.") from None

    def _sorted(self, query: Query, records: list[Record], columns: Mapping[str, Column]) -> list[Record]:
        for name, descending in reversed(query.order):
            records.sort(key=_rank(column(columns, name)), reverse=descending)
        return records

    def _outputs(
        self, query: Query, columns: Mapping[str, Column]
    ) -> list[tuple[str, Callable[[Record], Any]]]:
        outputs: list[tuple[str, Callable[[Record], Any]]] = []
        for output in query.outputs:
            if output.column == "*":
                outputs.extend((name, self._writer(what, "")) for name, what in columns.items())
            else:
                outputs.append((output.alias, self._writer(column(columns, output.column), output.function)))
        return outputs

    def _writer(self, what: Column, function: str) -> Callable[[Record], str | None]:
        """Column to text; BUILTIN.DF of a reference is the business key of what it points to."""
        read = reader(what)
        if what.kind == "instant":
            stamp = self._time.stamp
            return lambda record: stamp(read(record))
        if function == "df" and what.target:
            find, kinds = self._ledger.find, what.target
            return lambda record: display(find(kinds, read(record)))
        if what.kind == "number":
            field = what.field
            return lambda record: record.get(field)
        return read

    def _aggregate(
        self, query: Query, records: list[Record], columns: Mapping[str, Column]
    ) -> list[dict[str, Any]]:
        readers = [self._writer(column(columns, name), "") for name in query.group]
        groups: dict[tuple[str | None, ...], list[Record]] = {} if query.group else {(): []}
        for record in records:
            groups.setdefault(tuple([read(record) for read in readers]), []).append(record)
        rows = []
        for key, members in groups.items():
            named = dict(zip(query.group, key, strict=True))
            row = {o.alias: _aggregated(o, members, columns, named) for o in query.outputs}
            rows.append({"links": [], **{name: value for name, value in row.items() if value is not None}})
        return rows

    def _periods(self, query: Query, parameters: list[str]) -> list[dict[str, Any]]:
        rows = []
        for number, (entity, period, time_open, ledger_open) in enumerate(
            self._ledger.periods.rows(), start=1
        ):
            fields = {
                "id": str(number),
                "periodname": period,
                "subsidiary": entity,
                "timelocked": "F" if time_open else "T",
                "closed": "F" if ledger_open else "T",
            }
            columns = {name: Column(name, "text", ()) for name in fields}
            if query.where is None or test(query.where, columns, parameters, self._instant)(fields):
                wanted = [output.column for output in query.outputs]
                rows.append(
                    {"links": [], **{n: v for n, v in fields.items() if "*" in wanted or n in wanted}}
                )
        return rows


def _conjuncts(where: Condition | None) -> Sequence[Condition]:
    if where is None:
        return ()
    return where.children if where.operator == "and" else (where,)


def _by_key(table: Table, column: str, keys: list[str]) -> Iterator[Record]:
    field = _KEYED[column]
    for key in dict.fromkeys(keys):
        yield from table.where(field, key) if field != "id" else filter(None, (table.get(key),))


def _rank(what: Column) -> Callable[[Record], Any]:
    """Sorts ids as numbers, and nulls first."""
    read = reader(what)
    if what.kind == "id":
        return lambda record: int(read(record))
    return lambda record: ((value := read(record)) is not None, value)


def _row(record: Record, outputs: list[tuple[str, Callable[[Record], Any]]]) -> dict[str, Any]:
    row: dict[str, Any] = {"links": []}
    for alias, write in outputs:
        value = write(record)
        if value is not None:
            row[alias] = value
    return row


def _aggregated(
    output: Output, members: list[Record], columns: Mapping[str, Column], named: Mapping[str, str | None]
) -> str | None:
    if output.function == "count":
        return str(len(members))
    if output.column in named:
        return named[output.column]
    read = reader(column(columns, output.column))
    values = [value for member in members if (value := read(member)) is not None]
    if output.function == "sum":
        return f"{math.fsum(float(value) for value in values):.2f}"
    if not values:
        return None
    return str(max(values) if output.function == "max" else min(values))
