"""The journal: each business-relevant write, and hourly tallies of calls instead of a log line a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from measurements.facts import Traffic

_NO_CHANGES: Mapping[str, Any] = {}


class Entry(NamedTuple):
    """One write. `op` is insert, update, delete or the vendor's verb; `key` is the business key.

    `changes` is empty where the journal does not keep them.
    """

    at_s: float
    object: str
    id: str
    key: str
    op: str
    who: str
    changes: Mapping[str, Any]


class Journal:
    """What a system can say afterwards of what was done to it.

    `keeps_changes`: whether the values of each write are kept too, for who reads the life of one record.
    """

    def __init__(self, keeps_changes: bool = True) -> None:
        self.entries: list[Entry] = []
        self._keeps_changes = keeps_changes
        self._tallies: dict[tuple[str, str, int], list[int]] = {}

    def write(self, entry: Entry) -> None:
        """Keep one write."""
        self.entries.append(entry if self._keeps_changes else Entry(*entry[:-1], _NO_CHANGES))

    def count(self, who: str, kind: str, now_s: float, status: int, throttled: bool = False) -> None:
        """Tally one call: `who` is integration, people or background; 4xx, 5xx and lost ones are errors."""
        key = (who, kind, int(now_s // 3600.0))
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = [0, 0, 0]
        tally[0] += 1
        if throttled:
            tally[1] += 1
        elif status >= 400 or status <= 0:
            tally[2] += 1

    def traffic(self, system: str) -> Iterator[Traffic]:
        """The tallies as facts, in order of who, kind and hour."""
        for (who, kind, hour), (calls, throttled, errors) in sorted(self._tallies.items()):
            yield Traffic(system, who, kind, hour, calls, throttled, errors)

    def calls(self, who: str = "", kind: str = "") -> int:
        """Calls so far, of one kind or caller where named."""
        return sum(
            tally[0]
            for (caller, operation, _), tally in self._tallies.items()
            if who in {"", caller} and kind in {"", operation}
        )
