"""The account's ledger: its tables, its closed lists, its accounting periods and its numbers.

Beside its fields a record carries, under names that no field has: `_kind` (its table), `_by` (last writer),
`_effected_s` (when its meaning last changed), `_period_open` (whether its period was open at that commit)
and, where there is one, `_history` (what happened to it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from measurements.facts import PeriodLock
from mocks.correlation import Correlation, Reader
from mocks.netsuite.keyed import Keyed
from mocks.netsuite.objects import TYPES
from mocks.store import Record, Store, Table

LEDGERS = ("time", "ar_gl")


class Periods:
    """Which accounting periods are open, per legal entity and sub-ledger."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], bool] = {}
        self._set_up: dict[tuple[str, str], bool] = {}
        self.locked_s: dict[tuple[str, str, str], float] = {}

    def set_up(self, entity: str, period: str, is_open: bool) -> None:
        """Create a period."""
        self._set_up[entity, period] = is_open
        for ledger in LEDGERS:
            self._open[entity, period, ledger] = is_open

    def is_open(self, entity: str, period: str, ledger: str) -> bool:
        """Whether one can post now; a period that is not set up is closed."""
        return self._open.get((entity, period, ledger), False)

    def lock(self, entity: str, period: str, ledger: str, now_s: float) -> None:
        """Close a sub-ledger for the period; the general ledger's lock closes the other too."""
        for name in LEDGERS if ledger == "ar_gl" else (ledger,):
            if self._open.get((entity, period, name), True):
                self._open[entity, period, name] = False
                self.locked_s[entity, period, name] = now_s

    def first_open(self, entity: str, ledger: str, not_before: str) -> str | None:
        """The earliest open period from the given one on."""
        fitting = [
            period
            for (owner, period, name), is_open in self._open.items()
            if is_open and owner == entity and name == ledger and period >= not_before
        ]
        return min(fitting, default=None)

    def locks(self, until_s: float) -> Iterator[PeriodLock]:
        """Every period as it was set up, and when each of its ledgers was locked by then."""
        for (entity, period), is_open in sorted(self._set_up.items()):
            locked = [self.locked_s.get((entity, period, ledger)) for ledger in LEDGERS]
            by_then = [at_s if at_s is not None and at_s <= until_s else None for at_s in locked]
            yield PeriodLock(entity, period, is_open, *by_then)

    def rows(self) -> Iterator[tuple[str, str, bool, bool]]:
        """(entity, period, time open, ledger open), in order."""
        for entity, period in sorted({(entity, period) for entity, period, _ in self._open}):
            yield entity, period, self.is_open(entity, period, "time"), self.is_open(entity, period, "ar_gl")


class Ledger:
    """The whole account; `correlation` says where its records carry the keys of their sources."""

    def __init__(self, correlation: Correlation) -> None:
        self.correlation = correlation
        self._number = 1000
        self._invoices: dict[str, int] = {}
        self.store = Store(self._table(name) for name in TYPES)
        self.tables: dict[str, Table] = self.store.tables
        self.lists: dict[str, set[str]] = {"subsidiary": set(), "currency": set()}
        self.currency_of: dict[str, str] = {}
        self.periods = Periods()
        self.added: set[tuple[str, str]] = set()
        self._keyed: dict[str, Keyed] = {}

    def next_invoice(self, subsidiary: str) -> str:
        """The next legal invoice number of an entity, without gaps."""
        number = self._invoices[subsidiary] = self._invoices.get(subsidiary, 0) + 1
        return f"INV-{subsidiary}-{number:05d}"

    def insert(self, kind: str, fields: dict[str, Any], now_s: float, by: str) -> Record:
        """A new record, as it stands from now on."""
        fields["_kind"] = kind
        fields["_by"] = by
        fields["_effected_s"] = now_s
        fields["_period_open"] = True
        return self.tables[kind].insert(fields, now_s).record

    def find(self, kinds: tuple[str, ...], value: Any) -> Record | None:
        """What a bare id or {"id"|"externalId"|"refName"} names, in the first type that has it."""
        for kind in kinds:
            record = _found(self.tables[kind], value)
            if record is not None:
                return record
        return None

    def reader(self, kind: str, group: str) -> Reader:
        """Reads a key of its source, or a part of one, from records of that type."""
        return self.correlation.reader(kind, group)

    def key_of(self, record: Mapping[str, Any]) -> str:
        """The key of the source that a record was written for, where it names one."""
        return self.reader(record["_kind"], "key")(record)

    def of_key(self, kind: str, key: str) -> list[Record]:
        """The records that were written for that key."""
        field = self.correlation.field_of(kind, "key")
        if field is not None:
            return self.tables[kind].where(field, key)
        keyed = self._keyed.get(kind)
        if keyed is None:
            keyed = self._keyed[kind] = Keyed(self.tables[kind], self.reader(kind, "key"))
        return keyed.where(key)

    def job_subsidiary(self, job_id: str) -> str:
        """The entity that a job belongs to."""
        job = self.tables["job"].get(job_id)
        return str(job["subsidiary"]) if job else ""

    def _table(self, name: str) -> Table:
        unique = [field.name for field in TYPES[name].object.fields.values() if field.unique]
        return Table(name, self._next_id, unique, id_field="id")

    def _next_id(self, _: int) -> str:
        """Internal ids run through the whole account."""
        self._number += 1
        return str(self._number)


def _found(table: Table, value: Any) -> Record | None:
    if not isinstance(value, dict):
        return table.get(str(value))
    if "id" in value:
        return table.get(str(value["id"]))
    if "externalId" in value:
        return table.find("externalId", value["externalId"])
    return table.find("entityId" if table.name != "classification" else "name", str(value.get("refName", "")))


def note(record: Record, at_s: float, **what: Any) -> None:
    """Keep a line of the record's history."""
    record.setdefault("_history", []).append({"at_s": at_s, **what})
