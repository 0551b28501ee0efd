"""The org: its tables, and transactions that run rules and triggers, then commit and are published, or
undo themselves.

    desk or API ──> Transaction: check, before, write, after ──> commit ──> keepers (books)
                                                                        └──> listeners (channels, hooks)

Names that begin with `_` on a record are the org's own notes and never leave it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from mocks.correlation import Correlation
from mocks.fields import ObjectType
from mocks.journal import Entry, Journal
from mocks.salesforce.errors import RefusedError, duplicate, of_violations, rule
from mocks.salesforce.history import HISTORIES
from mocks.salesforce.objects import TYPES
from mocks.salesforce.schema import Schema, key_field
from mocks.store import Change, DuplicateError, Record, Store, Table

OBJECTS: Mapping[str, ObjectType] = {**TYPES, **HISTORIES}
"""Every object of the org by name: those that releases may change, and what the org keeps of them."""
OWN_ORIGIN = "com/salesforce/api/rest/67.0;client=rehearsal"
"""changeOrigin of what the integration user writes."""
AUTOMATION = "automation"
"""The user under whom the org itself writes."""
_MOST_STAMPS = 4096

Before = Callable[["Transaction", Record | None, dict[str, Any]], None]
"""(transaction, the record or None where new, values to write: may be changed); raises RefusedError."""
After = Callable[["Transaction", Change], None]


class Saved(NamedTuple):
    """One record's net change in one transaction."""

    object: str
    id: str
    key: str
    op: str
    record: Record
    changes: Mapping[str, Any]
    before: Mapping[str, Any]
    user: str
    origin: str
    at_s: float
    transaction: int


class Triggers(NamedTuple):
    """What runs around a write of one object."""

    before: Before | None = None
    after: After | None = None


class Stamps(dict[float, str]):
    """Instants as the vendor writes them, kept as written: `2026-04-30T16:00:00.000+0000`."""

    def __init__(self, time: BusinessTime) -> None:
        super().__init__()
        self._time = time

    def __missing__(self, at_s: float) -> str:
        if len(self) >= _MOST_STAMPS:
            self.clear()
        text = self[at_s] = self._time.stamp(at_s)[:-1] + "+0000"
        return text


class Zones(NamedTuple):
    """Zones by legal entity; what belongs to none of them is headquarters'."""

    entities: Mapping[str, str]
    hq: str

    def of(self, entity: str) -> str:
        """The entity's zone."""
        return self.entities.get(entity, self.hq)


class Org:
    """One org's data. `triggers` by object; `keepers` and `listeners` hear of each saved record after
    commit.
    """

    def __init__(self, time: BusinessTime, journal: Journal, zones: Zones, correlation: Correlation) -> None:
        self.time = time
        self.zones = zones
        self.correlation = correlation
        self.journal = journal
        self.stamps = Stamps(time)
        self.schema = Schema()
        self.store = Store(_table(name) for name in OBJECTS)
        self.tables: dict[str, Table] = self.store.tables
        self.key_fields = {name: key_field(kind) for name, kind in OBJECTS.items()}
        self.defaults = {
            name: {field.name: field.default for field in kind.fields.values() if field.default is not None}
            for name, kind in OBJECTS.items()
        }
        self.triggers: dict[str, Triggers] = {name: Triggers() for name in OBJECTS}
        self.keepers: dict[str, list[Callable[[Saved], None]]] = {name: [] for name in OBJECTS}
        self.listeners: dict[str, list[Callable[[Saved], None]]] = {name: [] for name in OBJECTS}
        self._transactions = 0

    def today(self, entity: str, now_s: float) -> str:
        """The day that it then is at a legal entity: people date what they save by their own calendar."""
        return str(self.time.local_date(now_s, self.zones.of(entity)))

    def begin(self, user: str, now_s: float, origin: str = "") -> Transaction:
        """A transaction of this user."""
        return Transaction(self, user, now_s, origin)

    def next_transaction(self) -> int:
        """Its number."""
        self._transactions += 1
        return self._transactions

    def key(self, object_: str, record_id: str | None) -> str:
        """The business key of a record, or nothing."""
        record = self.tables[object_].records.get(record_id or "")
        return str(record.get(self.key_fields[object_]) or "") if record else ""


class Transaction:
    """Writes that stand or fall together; as a context, it commits at its end, or rolls back if refused.

    `administrator`: written with the permission to modify all data, for which rules of approval do not hold.
    """

    __slots__ = ("administrator", "changes", "now_s", "org", "origin", "user")

    def __init__(self, org: Org, user: str, now_s: float, origin: str) -> None:
        self.org = org
        self.user = user
        self.now_s = now_s
        self.origin = origin
        self.administrator = False
        self.changes: list[Change] = []

    def __enter__(self) -> Transaction:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.commit()
        elif issubclass(kind, RefusedError):
            self.rollback()

    def insert(self, object_: str, values: Mapping[str, Any]) -> Record:
        """A new record. Raises RefusedError, then the caller rolls back."""
        given = {**self.org.defaults[object_], **values}
        self._check(object_, values, given, creating=True)
        triggers = self.org.triggers[object_]
        if triggers.before is not None:
            triggers.before(self, None, given)
        given["_by"] = self.user
        try:
            change = self.org.tables[object_].insert(given, self.now_s)
        except DuplicateError as error:
            raise duplicate(error.field, error.holder) from None
        return self._done(change, triggers)

    def update(self, object_: str, record: Record, values: Mapping[str, Any]) -> Record:
        """New values. Raises RefusedError, then the caller rolls back."""
        given = dict(values)
        self._check(object_, values, given, creating=False)
        triggers = self.org.triggers[object_]
        if triggers.before is not None:
            triggers.before(self, record, given)
        given["_by"] = self.user
        try:
            change = self.org.tables[object_].update(record["Id"], given, self.now_s)
        except DuplicateError as error:
            raise duplicate(error.field, error.holder) from None
        return self._done(change, triggers)

    def upsert(self, object_: str, key: str, values: Mapping[str, Any]) -> tuple[Record, bool]:
        """By the object's own external id; whether it is new."""
        field = self.org.key_fields[object_]
        record = self.org.tables[object_].find(field, key)
        if record is not None:
            return self.update(object_, record, values), False
        return self.insert(object_, {**values, field: key}), True

    def derive(self, object_: str, record: Record, values: Mapping[str, Any]) -> None:
        """Write what follows from other records (roll-ups), without checks and triggers."""
        change = self.org.tables[object_].update(record["Id"], values, self.now_s)
        if change.changes:
            self.changes.append(change)

    def delete(self, object_: str, record: Record) -> None:
        """Take it out."""
        self.changes.append(self.org.tables[object_].delete(record["Id"]))

    def rollback(self, to: int = 0) -> None:
        """Take back all that was written since the mark (`len(changes)` then)."""
        self.org.store.undo(self.changes[to:])
        del self.changes[to:]

    def commit(self) -> None:
        """Everything stands; keepers note it, listeners hear of it."""
        org, user, now_s, number = self.org, self.user, self.now_s, self.org.next_transaction()
        for change in self.changes if len(self.changes) == 1 else _merged(self.changes):
            object_, record_id, op, record, changes, before = change
            key = str(record[org.key_fields[object_]] or "")
            saved = Saved(
                object_, record_id, key, op, record, changes, before, user, self.origin, now_s, number
            )
            org.journal.write(Entry(now_s, object_, record_id, key, op, user, changes))
            for keep in org.keepers[object_]:
                keep(saved)
            for listen in org.listeners[object_]:
                listen(saved)
        self.changes = []

    def _check(
        self, object_: str, values: Mapping[str, Any], given: Mapping[str, Any], creating: bool
    ) -> None:
        """Refuse what cannot be written; `given` is the values with the defaults of a new record."""
        schema = self.org.schema
        checks = schema.checks[object_]
        if not checks.sound(values, creating):
            found = checks.violations(given, creating)
            if found:
                raise of_violations(found, object_)
        for broken in schema.rules.get(object_, ()) if schema.rules else ():
            if broken["field"] in given and given[broken["field"]] in broken["when"]:
                raise rule(
                    str(broken.get("message", "The record breaks a validation rule.")), broken["field"]
                )

    def _done(self, change: Change, triggers: Triggers) -> Record:
        self.changes.append(change)
        if triggers.after is not None:
            triggers.after(self, change)
        return change.record


def _merged(changes: list[Change]) -> list[Change]:
    """One change a record, in order of first write; the first op stands, the last values, the first
    before.
    """
    merged: dict[str, Change] = {}
    for change in changes:
        had = merged.get(change.id)
        if had is None or change.op == "delete":
            merged[change.id] = change
        else:
            values = {**had.changes, **change.changes}
            before = {**change.before, **had.before}
            merged[change.id] = had._replace(changes=values, before=before)
    return list(merged.values())


def _table(name: str) -> Table:
    kind = OBJECTS[name]
    prefix = kind.prefix
    unique = [field.name for field in kind.fields.values() if field.unique]
    return Table(name, lambda number: f"{prefix}000{number:09d}AAA", unique, fields=kind.fields)
