"""Trail: what the pipeline did with each record, step by step, for `--trace` and for auditors."""

from __future__ import annotations

import asyncio
from typing import NamedTuple


class Step(NamedTuple):
    """One step of a record's life. `what`: posted, reversed, moved, held, refused, failed, replayed ..."""

    at_s: float
    flow: str
    key: str
    version: int
    what: str
    detail: str


class Trail:
    """The list of steps, in order of time."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def step(self, flow: str, key: str, version: int, what: str, detail: str = "") -> None:
        """Note a step, now."""
        self.steps.append(Step(asyncio.get_running_loop().time(), flow, key, version, what, detail))
