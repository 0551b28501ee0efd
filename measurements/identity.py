"""The identity of a flow: due = effected + open exceptions + pending + lost.

Due comes from the acts, effected from the target's books, open exceptions from the desk's records; what is
left of due is pending or lost by its age. It fails where a key stands in two terms, or where an approved
effect stands that no act made due.
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
