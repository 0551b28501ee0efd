"""Tables of plain dicts keyed by id, with unique and secondary indexes and a log of what changed when.

    insert / update / delete -> Change        undo(changes) takes a failed transaction back
    modified_since(at_s)                      O(log n + k): delta polls never scan a table

Keys that begin with `_` are the store's own: `_created_s` and `_modified_s` (seconds since the start), and
`_write`, the number of the record's last write in its table: where it is the same, nothing has changed.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Record = dict[str, Any]
_COMPACTED = 1024
"""Writes after which a table looks whether its log holds too many that no longer count."""
_MOST_WORDS = 4096
"""Words of a table that are shared before it begins anew."""


class DuplicateError(Exception):
    """A unique field's value stands on another record already."""

    def __init__(self, field: str, value: object, holder: str) -> None:
        super().__init__(f"{field}={value} stands on {holder}")
        self.field = field
        self.holder = holder


class Change(NamedTuple):
    """One write. `op` is insert, update or delete; `changes` and `before` hold the changed fields' values."""

    table: str
    id: str
    op: str
    record: Record
    changes: Mapping[str, Any]
    before: Mapping[str, Any]


class Table:
    """Records of one type. `name_id` turns the table's running number into the vendor's id.

    A record holds every one of `fields`, None where nothing was given.
    """

    def __init__(
        self,
        name: str,
        name_id: Callable[[int], str],
        unique: Iterable[str] = (),
        id_field: str = "Id",
        fields: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.records: dict[str, Record] = {}
        self._name_id = name_id
        self._id_field = id_field
        self._blank: Record = dict.fromkeys((id_field, *fields, "_created_s", "_modified_s", "_write"))
        self._count = 0
        self._unique: dict[str, dict[Any, Record]] = {field: {} for field in unique}
        self._indexes: dict[str, dict[Any, dict[str, Record]]] = {}
        self._keyed = set(self._unique)
        self._write = 0
        self._log = _Log()
        self._words = _Words()

    def __len__(self) -> int:
        return len(self.records)

    def get(self, record_id: str) -> Record | None:
        """The record under this id."""
        return self.records.get(record_id)

    def find(self, field: str, value: object) -> Record | None:
        """The record that holds this value in a unique field, or the first in any other."""
        if field in self._unique:
            return self._unique[field].get(value)
        found = self.where(field, value)
        return found[0] if found else None

    def where(self, field: str, value: object) -> list[Record]:
        """All records that hold this value, by an index that is made at the first use and kept since."""
        index = self._indexes.get(field)
        if index is None:
            if field in self._unique:
                holder = self._unique[field].get(value)
                return [] if holder is None else [holder]
            index = self._indexes[field] = self._build(field)
            self._keyed.add(field)
        found = index.get(value)
        return list(found.values()) if found else []

    def modified_since(self, at_s: float) -> list[Record]:
        """Records whose last write is at or after the instant, in order of their last write."""
        return self._log.since(at_s)

    def insert(self, values: Mapping[str, Any], now_s: float) -> Change:
        """A new record. Raises DuplicateError, then nothing was written."""
        if self._unique:
            self._check_unique(values, "")
        self._count += 1
        record_id = self._name_id(self._count)
        record = self._blank.copy()
        record[self._id_field] = record_id
        self._put(record, values)
        record["_created_s"] = now_s
        self.records[record_id] = record
        self._index(record_id, record, values)
        self._touch(record, now_s)
        return Change(self.name, record_id, "insert", record, values, {})

    def update(self, record_id: str, values: Mapping[str, Any], now_s: float) -> Change:
        """New values on a record that exists. Raises DuplicateError, then nothing was written."""
        record = self.records[record_id]
        had = record.get
        changes: Record = {}
        before: Record = {}
        for field, value in values.items():
            former = had(field)
            if former != value:
                changes[field], before[field] = value, former
        if self._keyed.isdisjoint(changes):
            self._put(record, changes)
        else:
            self._check_unique(changes, record_id)
            self._unindex(record_id, before)
            self._put(record, changes)
            self._index(record_id, record, changes)
        self._touch(record, now_s)
        return Change(self.name, record_id, "update", record, changes, before)

    def delete(self, record_id: str) -> Change:
        """Take a record out."""
        record = self.records.pop(record_id)
        self._unindex(record_id, {field: record.get(field) for field in self._keyed})
        record["_write"] = 0
        return Change(self.name, record_id, "delete", record, {}, record)

    @property
    def writes_logged(self) -> int:
        """Entries of the log, those that no longer count included."""
        return len(self._log)

    def compact(self) -> None:
        """Forget the log's entries that no longer count; done now and then by itself."""
        self._log.compact()

    def clear(self) -> None:
        """Let go of everything."""
        for held in (self.records, self._unique, self._indexes, self._log, self._words):
            held.clear()

    def undo(self, change: Change) -> None:
        """Take one write back; an update still counts as a touch (a poll sees an unchanged record)."""
        if change.op == "insert":
            self.delete(change.id)
        elif change.op == "update":
            self.update(change.id, change.before, change.record["_modified_s"])
        else:
            self.records[change.id] = change.record
            self._index(change.id, change.record, change.record)
            self._touch(change.record, self._log.ended_s())

    def _check_unique(self, values: Mapping[str, Any], record_id: str) -> None:
        for field, holders in self._unique.items():
            value = values.get(field)
            if value is not None:
                holder = holders.get(value)
                if holder is not None and holder[self._id_field] != record_id:
                    raise DuplicateError(field, value, holder[self._id_field])

    def _put(self, record: Record, values: Mapping[str, Any]) -> None:
        """As `record.update(values)`, which makes room for as many new keys: twice the memory of most
        records.
        """
        words = self._words
        for field, value in values.items():
            record[field] = words[value] if type(value) is str else value

    def _touch(self, record: Record, now_s: float) -> None:
        """Log the write: when, its number, the record. Of each record only the last entry counts."""
        write = self._write = self._write + 1
        record["_modified_s"] = now_s
        record["_write"] = write
        self._log.append(now_s, write, record)
        if not write % _COMPACTED and len(self._log) > 2 * len(self.records):
            self.compact()

    def _build(self, field: str) -> dict[Any, dict[str, Record]]:
        index: dict[Any, dict[str, Record]] = {}
        for record_id, record in self.records.items():
            index.setdefault(record.get(field), {})[record_id] = record
        return index

    def _index(self, record_id: str, record: Record, values: Mapping[str, Any]) -> None:
        """Enter the values; a new record stands in every index, with None where nothing was given."""
        for field, holders in self._unique.items():
            if field in values and values[field] is not None:
                holders[values[field]] = record
        for field, index in self._indexes.items():
            value = record.get(field)
            if value in index:
                index[value][record_id] = record
            else:
                index[value] = {record_id: record}

    def _unindex(self, record_id: str, before: Mapping[str, Any]) -> None:
        for field, holders in self._unique.items():
            if before.get(field) is not None:
                holders.pop(before[field], None)
        for field, index in self._indexes.items():
            if field in before:
                index.get(before[field], {}).pop(record_id, None)


class _Log:
    """Writes in their order, as columns: when, its number, the record. An entry counts where its number is
    still the record's. Columns of plain numbers take a fifth of the memory of a tuple a write.
    """

    def __init__(self) -> None:
        self._at_s = array("d")
        self._writes = array("q")
        self._records: list[Record] = []

    def __len__(self) -> int:
        return len(self._records)

    def append(self, now_s: float, write: int, record: Record) -> None:
        """One write."""
        self._at_s.append(now_s)
        self._writes.append(write)
        self._records.append(record)

    def since(self, at_s: float) -> list[Record]:
        """Records whose last write is at or after the instant."""
        start = bisect_left(self._at_s, at_s)
        entries = zip(self._writes[start:], self._records[start:], strict=True)
        return [record for write, record in entries if record["_write"] == write]

    def ended_s(self) -> float:
        """When the last write was."""
        return self._at_s[-1]

    def compact(self) -> None:
        """Keep the entries that count."""
        current = [
            place for place, record in enumerate(self._records) if record["_write"] == self._writes[place]
        ]
        self._at_s = array("d", [self._at_s[place] for place in current])
        self._writes = array("q", [self._writes[place] for place in current])
        self._records = [self._records[place] for place in current]

    def clear(self) -> None:
        """Let go of everything."""
        del self._at_s[:], self._writes[:], self._records[:]


class _Words(dict[str, str]):
    """Words by themselves: each body brings its own copies of the same keys, dates and states, and records
    share the first. Where many are kept, most stand on one record alone: unlike `sys.intern`, it forgets.
    """

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = word
        return word


class Store:
    """A system's tables by name."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables: dict[str, Table] = {table.name: table for table in tables}

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def clear(self) -> None:
        """Let go of everything."""
        for table in self.tables.values():
            table.clear()

    def undo(self, changes: Sequence[Change]) -> None:
        """Take the writes of a failed transaction back, last first."""
        for change in reversed(changes):
            self.tables[change.table].undo(change)
