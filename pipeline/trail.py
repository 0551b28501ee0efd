"""Trail: what the pipeline did with each record, step by step, for `--trace` and for auditors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

STEPS: Mapping[str, tuple[str, str]] = {
    "taken": ("taken", "first in the pipeline's hands: a hook, event, poll, run or sweep brought it"),
    "sent": ("sent", "a write for it goes out, every try and every part"),
    "failed": ("refused", "a limit or a fault kept it from passing; it waits and is tried again"),
    "posted": ("confirmed", "the ERP holds all of it"),
    "confirmed": ("confirmed", "the target said yes"),
    "written": ("", "one step of a saga stands"),
    "moved": ("", "posted in another period than the transaction's"),
    "reversed": ("", "a record that stood was undone by a reversal"),
    "warning": ("", "passed though a policy warns"),
    "refused": ("returned", "a person must act"),
    "shown": ("", "its refusal stands on the record, at which its owner still looks"),
    "exception": ("", "an exception record was opened or told a new cause"),
    "exception closed": ("", "it passed, or is no longer due"),
    "exception not written": ("", "the org refused the exception record itself: nobody sees it there"),
    "compensated": ("", "a saga that could not end undid what it had done"),
    "compensation failed": ("", "it could not"),
    "run broken": ("", "a scheduled run could not read its source or targets"),
    "sweep broken": ("", "the daily comparison could not read"),
    "event unreadable": ("", "an event lacked what its channel promises"),
    "poll broken": ("", "a poll got no answer, or was refused"),
    "channel broken": ("", "a long poll got no answer, or was refused"),
    "place lost": ("", "a channel no longer keeps what followed the last event read; compared at once"),
    "logged": ("", "a plain script wrote a failure into its log"),
}
"""The closed list of steps: each with its neutral word (measurements.observed.TrailStep; "" = none) and what
it says."""

NEUTRAL: Mapping[str, str] = {what: neutral for what, (neutral, _) in STEPS.items() if neutral}
_WHOLE = frozenset({"project"})
"""Flows in which a key is one item whatever its version: their steps carry version 0."""


class Step(NamedTuple):
    """One step of a record's life; `what` is one of STEPS."""

    at_s: float
    flow: str
    key: str
    version: int
    what: str
    detail: str


class Trail:
    """The list of steps, in the order in which they were noted.

    `keeps_details`: whether steps keep their details, for who reads the life of one record.
    """

    __slots__ = ("_keeps_details", "_taken", "steps")

    def __init__(self, keeps_details: bool = True) -> None:
        self.steps: list[Step] = []
        self._keeps_details = keeps_details
        self._taken: dict[tuple[str, str, int], None] = {}

    def step(self, flow: str, key: str, version: int, what: str, detail: str = "") -> None:
        """Note a step, now. Raises ValueError for a word that is not on the list."""
        if what not in STEPS:
            raise ValueError(f"the trail knows no step {what!r}")
        version = 0 if flow in _WHOLE else version
        detail = detail if self._keeps_details else ""
        self.steps.append(Step(asyncio.get_running_loop().time(), flow, key, version, what, detail))

    def taken(self, flow: str, key: str, version: int, at_s: float) -> None:
        """Note, once, when an item came; noted late, since only its record tells key and version."""
        version = 0 if flow in _WHOLE else version
        unit = (flow, key, version)
        if unit not in self._taken:
            self._taken[unit] = None
            self.steps.append(Step(at_s, *unit, "taken", ""))
