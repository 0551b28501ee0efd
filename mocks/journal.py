"""The journal: each business-relevant write, and hourly tallies of calls instead of a log line a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from measurements.facts import Traffic


class Entry(NamedTuple):
    """One write. `op` is insert, update, delete or the vendor's verb; `key` is the business key."""

    at_s: float
    object: str
    id: str
    key: str
    op: str
    who: str
    changes: Mapping[str, Any]


class Journal:
    """What a system can say afterwards of what was done to it.

    `keeps_entries`: whether each write is kept, for who reads the life of one record; else nothing but which
    was the last one under each business key.
    """

    def __init__(self, keeps_entries: bool = True) -> None:
        self.entries: list[Entry] = []
        self.writes = 0
        self._keeps_entries = keeps_entries
        self._last: dict[str, int] = {}
        self._tallies: dict[tuple[str, str, int], list[int]] = {}

    def write(self, entry: Entry) -> None:
        """Note one write."""
        self.writes += 1
        self._last[entry.key] = self.writes
        if self._keeps_entries:
            self.entries.append(entry)

    def wrote(self, key: str, after: int) -> bool:
        """Whether anything was written under the business key after so many `writes`."""
        return self._last.get(key, 0) > after

    def count(self, who: str, kind: str, now_s: float, status: int, throttled: bool = False) -> None:
        """Tally one call: `who` is integration, people or background; 4xx, 5xx and lost ones are errors.

        A tally is calls, refused by a limit, errors, and of these 5xx and lost ones.
        """
        key = (who, kind, int(now_s // 3600.0))
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = [0, 0, 0, 0, 0]
        tally[0] += 1
        if throttled:
            tally[1] += 1
        elif status >= 400 or status <= 0:
            tally[2] += 1
            if status >= 500:
                tally[3] += 1
            elif status <= 0:
                tally[4] += 1

    def restart(self) -> None:
        """Calls are counted from now on."""
        self._tallies.clear()

    def traffic(self, system: str) -> Iterator[Traffic]:
        """The tallies as facts, in order of who, kind and hour."""
        for (who, kind, hour), tally in sorted(self._tallies.items()):
            yield Traffic(system, who, kind, hour, *tally)

    def calls(self, who: str = "", kind: str = "") -> int:
        """Calls so far, of one kind or caller where named."""
        return sum(
            tally[0]
            for (caller, operation, _), tally in self._tallies.items()
            if who in {"", caller} and kind in {"", operation}
        )
