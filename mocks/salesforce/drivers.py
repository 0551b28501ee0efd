"""What a query goes through instead of the whole table: an index, or the log of what changed when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mocks.salesforce.columns import target
from mocks.salesforce.conditions import Simple, Where
from mocks.salesforce.org import Org
from mocks.salesforce.schema import View
from mocks.salesforce.soql_text import Test
from mocks.store import Record, Table

Drive = Callable[[list[Any]], Iterable[Record]]
"""Bound literals to the records that may fit."""

_BY_LOG = 2
"""The rank of the log of changes, which is finer than the vendor's milliseconds: its test still decides."""
_INDEXED = frozenset({"reference", "picklist"})
_MODIFIED = frozenset({"LastModifiedDate", "SystemModstamp"})


class Driver(NamedTuple):
    """What drives, the test that then holds anyway, and whether it is the log: then the query is a poll."""

    drive: Drive
    held: Simple | None = None
    by_log: bool = False


def driver(org: Org, view: View, where: Where, otherwise: Drive) -> Driver:
    """The best of what the condition allows."""
    best, least = Driver(otherwise), 9
    for simple in where.simple:
        found = _drive(org, view, simple.told, simple.place)
        if found is not None and found[0] < least:
            least, drive = found
            by_log = least == _BY_LOG
            best = Driver(drive, None if by_log else simple, by_log)
    return best


def _drive(org: Org, view: View, test: Test, place: int) -> tuple[int, Drive] | None:
    table = org.tables[view.kind.name]
    if "." in test.field:
        return _by_parent(org, view, test, place, table)
    field = view.fields[test.field]
    if field.name in _MODIFIED and test.operator in {">=", ">"}:
        return _BY_LOG, lambda bound: table.modified_since(bound[place] - 1e-6)
    if test.operator not in {"=", "IN"} or (
        test.operator == "=" and test.literal.constant is None and test.literal.place < 0
    ):
        return None
    many = test.operator == "IN"
    if field.name == "Id":
        return 1, lambda bound: _by_id(table, bound[place] if many else (bound[place],))
    if field.unique or field.type in _INDEXED or field.name.endswith("_Key__c"):
        name = field.name
        rank = 1 if field.unique else 3 if field.type != "picklist" else 5
        if many:
            return rank, lambda bound: _by_value(table, name, bound[place])
        return rank, lambda bound: table.where(name, bound[place])
    return None


def _by_parent(org: Org, view: View, test: Test, place: int, table: Table) -> tuple[int, Drive] | None:
    """`rel__r.External_Id__c = x`: the parent by its external id, then its children by the lookup's index."""
    relation, _, rest = test.field.partition(".")
    name, object_ = target(view, relation)
    parent = org.tables[object_]
    field = org.schema.view(object_).fields.get(rest)
    if test.operator not in {"=", "IN"} or field is None or not (field.unique or field.name == "Id"):
        return None
    many = test.operator == "IN"

    def drive(bound: list[Any]) -> Iterator[Record]:
        for value in bound[place] if many else (bound[place],):
            found = parent.get(value) if rest == "Id" else parent.find(field.name, value)
            if found is not None:
                yield from table.where(name, found["Id"])

    return 3, drive


def _by_id(table: Table, ids: Iterable[Any]) -> Iterator[Record]:
    for record_id in ids:
        record = table.records.get(record_id)
        if record is not None:
            yield record


def _by_value(table: Table, name: str, values: Iterable[Any]) -> Iterator[Record]:
    for value in values:
        yield from table.where(name, value)
