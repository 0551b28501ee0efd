"""The identity of a flow: due = effected + open exceptions + pending + overtaken + lost.

Due comes from the acts, effected from the target's books, open exceptions from the desk's records, overtaken
from what people recalled or replaced since the horizon; what is left of due is pending or lost by its age. It
fails where a key stands in two terms, or where an approved effect stands that no act made due.
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
    overtaken: int = 0
    conflicts: tuple[tuple[Unit, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether both sides are equal and no unit breaks the sum: two that do may level each other out."""
        terms = self.effected + self.open_exceptions + self.pending + self.overtaken + self.lost
        return self.due == terms and not self.conflicts
