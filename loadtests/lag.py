"""Lag: how late a process found what was due, in seconds of the play."""

from __future__ import annotations


class Lag:
    """The worst, and the sum over its notes; a note is made where something due was found late."""

    __slots__ = ("count", "sum_s", "worst_s")

    def __init__(self) -> None:
        self.count = 0
        self.sum_s = 0.0
        self.worst_s = 0.0

    def note(self, late_s: float) -> None:
        """Something was due so long ago."""
        self.count += 1
        self.sum_s += late_s
        self.worst_s = max(self.worst_s, late_s)

    def row(self) -> dict[str, float]:
        """As JSON."""
        return {"count": self.count, "sum_s": self.sum_s, "worst_s": self.worst_s}
