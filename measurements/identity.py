"""The identity of a flow: due = effected + open exceptions + pending + lost.

Each term is counted from its own table (acts, target books, exception records), so that it can fail: a key in
two terms, or an approved effect that no act asked for, breaks it.
"""

from __future__ import annotations

from typing import NamedTuple

Unit = tuple[str, str, int]
"""Key, part and version: what is counted."""


class Identity(NamedTuple):
    """The terms, and the units that break the sum: in two terms, or standing without being due."""

    due: int
    effected: int
    open_exceptions: int
    pending: int
    lost: int
    conflicts: tuple[tuple[Unit, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.due == self.effected + self.open_exceptions + self.pending + self.lost
