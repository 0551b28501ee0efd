"""What the org as a source has committed to, noted at the commit: one entry per flow, key and version.

An entry ends (`withdrawn_s`) when its version is recalled, rejected or superseded. Books only read this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Entry:
    """One version. `facts` is what it said at its commit."""

    __slots__ = (
        "approver",
        "at_s",
        "authorised",
        "due_s",
        "facts",
        "flow",
        "key",
        "submitter",
        "version",
        "withdrawn_s",
    )  # fmt: skip

    def __init__(
        self,
        flow: str,
        key: str,
        version: int,
        at_s: float,
        facts: Mapping[str, Any],
        submitter: str = "",
        approver: str = "",
        authorised: bool = True,
        due_s: float | None = None,
    ) -> None:
        self.flow, self.key, self.version = flow, key, version
        self.at_s = at_s
        self.due_s = at_s if due_s is None else due_s
        self.withdrawn_s: float | None = None
        self.submitter, self.approver, self.authorised = submitter, approver, authorised
        self.facts = facts


class Owed:
    """All entries in order of commit; at most one of a flow and key is standing."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._standing: dict[tuple[str, str], Entry] = {}

    def commit(self, entry: Entry) -> None:
        """It stands from now on; a former version ends."""
        name = (entry.flow, entry.key)
        self.withdraw(*name, entry.at_s)
        self._standing[name] = entry
        self.entries.append(entry)

    def withdraw(self, flow: str, key: str, at_s: float) -> None:
        """What stands of this key ends."""
        entry = self._standing.pop((flow, key), None)
        if entry is not None:
            entry.withdrawn_s = at_s

    def standing(self, flow: str, key: str) -> Entry | None:
        """The entry that stands."""
        return self._standing.get((flow, key))
