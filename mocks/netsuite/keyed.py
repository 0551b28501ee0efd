"""Records by a key that stands somewhere in their fields: an index over what a pattern reads."""

from __future__ import annotations

import math

from mocks.correlation import Reader
from mocks.store import Record, Table


class Keyed:
    """Brought up to date by what was written since it was last asked."""

    def __init__(self, table: Table, reader: Reader) -> None:
        self._table = table
        self._reader = reader
        self._seen_s = -math.inf
        self._keys: dict[str, str] = {}
        self._records: dict[str, dict[str, Record]] = {}

    def where(self, key: str) -> list[Record]:
        """All records that have this key."""
        for record in self._table.modified_since(self._seen_s):
            self._enter(record)
            self._seen_s = record["_modified_s"]
        standing = self._table.records
        return [record for number, record in self._records.get(key, {}).items() if number in standing]

    def _enter(self, record: Record) -> None:
        number, key = record["id"], self._reader(record)
        former = self._keys.get(number)
        if former is not None and former != key:
            del self._records[former][number]
        self._keys[number] = key
        self._records.setdefault(key, {})[number] = record
