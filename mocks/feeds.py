"""Event streams as a vendor keeps them: replay ids that grow with gaps, retention, and waiting readers.

    publish ──(lost? doubled? late?)──> stream of a channel ──> readers after their replay id, or a future

Luck is keyed by channel, business key and how often that key was published: the same in every run.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Collection
from typing import NamedTuple

from kernel.luck import exponential
from mocks.faults import Faults
from mocks.tasks import Tasks

NEW_ONLY = -1
ALL_RETAINED = -2


class Event(NamedTuple):
    """One delivery: `body` is the encoded payload."""

    replay: int
    at_s: float
    body: bytes


class StaleReplayError(Exception):
    """The replay id is older than what is retained, or was never given."""


class Stream:
    """One channel's events within retention."""

    def __init__(self, retention_s: float) -> None:
        self._retention_s = retention_s
        self._events: list[Event] = []
        self._ids: list[int] = []
        self._dropped = 0
        self.latest = 0

    def append(self, event: Event) -> None:
        """The next event."""
        self._events.append(event)
        self._ids.append(event.replay)
        self.latest = event.replay

    def after(self, replay: int, most: int, now_s: float) -> list[Event]:
        """Events after the replay id, oldest first. Raises StaleReplayError."""
        self._expire(now_s)
        if replay == NEW_ONLY or not self._events:
            if replay > self.latest or (0 < replay < self._dropped):
                raise StaleReplayError(replay)
            return []
        if replay == ALL_RETAINED:
            return self._events[:most]
        if replay < self._dropped or replay > self.latest:
            raise StaleReplayError(replay)
        start = bisect_right(self._ids, replay)
        return self._events[start : start + most]

    def _expire(self, now_s: float) -> None:
        gone_s, events = now_s - self._retention_s, self._events
        if events and events[0].at_s < gone_s:
            cut = bisect_right(events, gone_s, key=lambda event: event.at_s)
            self._dropped = events[cut - 1].replay
            del events[:cut], self._ids[:cut]


class Feeds:
    """All channels of one system; replay ids run through all of them.

    `waiting`: futures of readers, to be set when the next event arrives on one of their channels.
    """

    def __init__(self, faults: Faults, tasks: Tasks, retention_s: float, late_s: float) -> None:
        self._faults = faults
        self._tasks = tasks
        self._retention_s = retention_s
        self._late_s = late_s
        self._replay = 1000
        self._published: dict[tuple[str, str], int] = {}
        self.streams: dict[str, Stream] = {}
        self.waiting: dict[asyncio.Future[None], Collection[str]] = {}

    def open(self, channel: str) -> Stream:
        """The channel, made where it does not exist."""
        stream = self.streams.get(channel)
        if stream is None:
            stream = self.streams[channel] = Stream(self._retention_s)
        return stream

    def publish(self, channel: str, key: str, body: bytes, now_s: float) -> None:
        """Send it on its way: once, or lost, doubled or late."""
        name = (channel, key)
        count = self._published[name] = self._published.get(name, 0) + 1
        strikes = self._faults.strikes
        if strikes("lost_event", now_s, channel, key, count):
            return
        copies = 2 if strikes("doubled_event", now_s, channel, key, count) else 1
        delay_s = 0.0
        if strikes("late_event", now_s, channel, key, count):
            mean_s = (
                self._faults.share("late_event", now_s, channel, "delay_s") if self._planned(now_s) else 0.0
            )
            draw = self._faults.draw("late_event_delay", channel, key, count)
            delay_s = exponential(draw, mean_s if mean_s > 1.0 else self._late_s)
        for _ in range(copies):
            if delay_s:
                self._tasks.later(delay_s, self._arrival(channel, body, now_s + delay_s))
            else:
                self._arrive(channel, body, now_s)

    def gap(self, channel: str, key: str, now_s: float) -> bool:
        """Whether the next event of this key tells only that something changed."""
        count = self._published.get((channel, key), 0) + 1
        return self._faults.strikes("gap_event", now_s, channel, key, count)

    def _planned(self, now_s: float) -> bool:
        return any(fault.kind == "late_event" for fault in self._faults.active(now_s))

    def _arrival(self, channel: str, body: bytes, at_s: float) -> Callable[[], None]:
        return lambda: self._arrive(channel, body, at_s)

    def _arrive(self, channel: str, body: bytes, at_s: float) -> None:
        self._replay += 1
        self.open(channel).append(Event(self._replay, at_s, body))
        for future, channels in self.waiting.items():
            if channel in channels and not future.done():
                future.set_result(None)
