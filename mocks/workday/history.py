"""Effective-dated worker history: every change with the day it takes effect and the moment it was entered.

A worker's data as of a moment are the changes entered by then and effective by then, applied in order of
effect. So a future-dated change is in the history at once, and in the data only on its day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Fields = Mapping[str, str | int | bool]

ATTRIBUTES = (
    "name",
    "email",
    "kind",
    "vendor",
    "entity",
    "region",
    "practice",
    "manager",
    "cost_rate_minor",
    "currency",
    "active",
)


class Change(NamedTuple):
    """One completed change. `number` counts the worker's; `effective_s` is its day's 00:00 at the entity."""

    worker: str
    number: int
    kind: str
    effective: str
    effective_s: float
    entered_s: float
    entered_by: str
    fields: Fields

    @property
    def change(self) -> str:
        """The Change_ID: the same in every run, since it counts within the worker."""
        return f"{self.worker}-C{self.number}"

    @property
    def key(self) -> str:
        """The business key of what is due for it."""
        return f"{self.worker}@{self.effective}#{self.change}"

    @property
    def due_s(self) -> float:
        """When it should stand elsewhere: max(completed, effective)."""
        return max(self.entered_s, self.effective_s)


class State(NamedTuple):
    """A worker as of a moment: numbers of the changes in effect, the one that took effect last, the data."""

    worker: str
    applied: tuple[int, ...]
    last: Change
    attributes: Fields

    @property
    def version(self) -> int:
        """How many changes are in effect: grows with each one that takes effect."""
        return len(self.applied)


class History:
    """All workers' changes, indexed by entry and by effect."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._of: dict[str, list[Change]] = {}
        self._entered: list[float] = []
        self._effective: list[tuple[float, int]] = []
        self._states: dict[tuple[str, tuple[int, ...]], State] = {}

    def enter(
        self, worker: str, kind: str, effective: tuple[str, float], entered: tuple[float, str], fields: Fields
    ) -> Change:
        """Add a change: `effective` is (day, instant), `entered` (instant, by whom), not before the last."""
        own = self._of.setdefault(worker, [])
        change = Change(worker, len(own) + 1, kind, *effective, *entered, fields)
        own.append(change)
        insort(self._effective, (change.effective_s, len(self.changes)))
        self.changes.append(change)
        self._entered.append(change.entered_s)
        return change

    def workers(self) -> list[str]:
        """Every worker ever entered."""
        return list(self._of)

    def knows(self, worker: str) -> bool:
        """Whether the worker exists, now or in the future."""
        return worker in self._of

    def of(self, worker: str) -> list[Change]:
        """The worker's changes in order of entry."""
        return self._of.get(worker, [])

    def state(self, worker: str, effective_by: float | str, entered_by_s: float) -> State | None:
        """The worker's data as of these moments, or None if not yet hired by then.

        `effective_by` is an instant, or a date (`YYYY-MM-DD`): that day, whenever it is at the entity.
        """
        known = [change for change in self._of.get(worker, ()) if change.entered_s <= entered_by_s]
        if isinstance(effective_by, str):
            standing = [change for change in known if change.effective <= effective_by]
        else:
            standing = [change for change in known if change.effective_s <= effective_by]
        if not standing:
            return None
        if len(standing) > 1:
            standing.sort(key=lambda change: (change.effective_s, change.number))
        name = (worker, tuple([change.number for change in standing]))
        state = self._states.get(name)
        if state is None:
            state = self._states[name] = _state(standing)
        return state

    def entered_between(self, from_s: float, through_s: float) -> Iterable[Change]:
        """Changes entered in the closed window."""
        low = bisect_left(self._entered, from_s)
        return self.changes[low : bisect_right(self._entered, through_s)]

    def effective_between(self, from_s: float, through_s: float) -> Iterable[Change]:
        """Changes whose day begins in the closed window."""
        low = bisect_left(self._effective, (from_s, -1))
        high = bisect_right(self._effective, (through_s, len(self.changes)))
        return [self.changes[index] for _, index in self._effective[low:high]]


def _state(standing: Sequence[Change]) -> State:
    """What the changes of one worker come to, applied in this order; there is at least one."""
    attributes: dict[str, str | int | bool] = {}
    for change in standing:
        attributes.update(change.fields)
    last = standing[-1]
    return State(last.worker, tuple(change.number for change in standing), last, attributes)
