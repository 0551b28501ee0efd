"""Metrics: how often what happened inside the pipeline, as plain counters."""

from __future__ import annotations


class Metrics:
    """Counters by name, such as `retries.netsuite` or `items.time.done`."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[str, float] = {}

    def add(self, name: str, amount: float = 1.0) -> None:
        """Count up."""
        self.counts[name] = self.counts.get(name, 0.0) + amount
