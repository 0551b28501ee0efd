"""Event: a change is acknowledged once it lies in the durable backlog, and carried over later.

channel or bridge -> backlog (committed) -> acknowledged -> workers -> write-back, coalesced
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from math import inf
from typing import Any

from pipeline import patience, schema
from pipeline.connectors.salesforce import Told, poll
from pipeline.failures import RefusedError, SchemaError, UnreachableError
from pipeline.item import Item, Outcome
from pipeline.patterns.polling import taken
from pipeline.processing import Processing
from pipeline.tasks import Tasks
from pipeline.workflows.stream import Channel, Stream, batched

_OWN = "client=rehearsal"
_GAP = "GAP_"
_AGAIN_S = 30.0
_CHANNEL = "channel broken"
_RETAINED = -2
_MOST = 200
Compare = Callable[[Stream], Coroutine[Any, Any, None]]


class Events:
    """Takes changes in and works them off."""

    def __init__(self, processing: Processing, tasks: Tasks, compare: Compare) -> None:
        """`compare` is the sweep of one stream, now."""
        self._processing = processing
        self._compare = compare
        self._services = processing.services
        self._settings = processing.services.settings
        self._tasks = tasks
        self._backlog = processing.services.store.table("backlog")
        self._positions = processing.services.store.table("positions")
        self._subscribed: dict[str, tuple[Channel, list[Stream]]] = {}
        self._number = 0
        self._collected: dict[str, dict[str, Item]] = {}
        self._gaps: dict[str, float] = {}
        self._broken = ""

    def subscribe(self, channel: Channel, stream: Stream) -> None:
        """Tell a stream of what a channel brings."""
        self._subscribed.setdefault(channel.name, (channel, []))[1].append(stream)

    async def listen(self) -> None:
        """Long polls of all channels over one connection; the positions are the acknowledgement."""
        events, wait_s = self._services.salesforce.events, self._settings.long_poll_s
        positions = {name: self._positions.get(name, _RETAINED) for name in self._subscribed}
        asked = poll(positions, _MOST, wait_s)
        while True:
            try:
                told = await events(asked, wait_s)
            except (RefusedError, UnreachableError) as failed:
                self._deaf(failed)
                await asyncio.sleep(_AGAIN_S)
                continue
            self._hears()
            if told:
                positions.update((row.channel, self._heard(row)) for row in told)
                asked = poll(positions, _MOST, wait_s)
                self._services.store.commit()

    def _deaf(self, failed: RefusedError | UnreachableError) -> None:
        """The connection broke: whatever it feeds waits, and a refusal is told to people, once."""
        self._services.metrics.add("polls.events.failed")
        if failed.detail != self._broken:
            self._broken = failed.detail
            for stream in self._fed():
                self._processing.unreadable(stream, failed, _CHANNEL)

    def _hears(self) -> None:
        if self._broken:
            self._broken = ""
            for stream in self._fed():
                self._processing.readable(stream, _CHANNEL)

    def _fed(self) -> list[Stream]:
        """Whatever the connection feeds, each once."""
        fed = {stream.name: stream for _, streams in self._subscribed.values() for stream in streams}
        return list(fed.values())

    def _heard(self, told: Told) -> int:
        """Take a channel's events in; the position from which to go on."""
        if told.error:
            self._lost_place(told.channel, told.error)
            return _RETAINED
        for event in told.events:
            self._take(event["payload"], *self._subscribed[told.channel])
        self._positions.put(told.channel, told.latest)
        return told.latest

    def _lost_place(self, channel: str, error: str) -> None:
        """What came after it is no longer kept: begin with what is, and compare for what is not."""
        self._services.metrics.add(f"polls.{channel}.stale")
        for stream in self._subscribed[channel][1]:
            self._services.trail.step(stream.flow, stream.name, 0, "place lost", error)
            self._tasks.start(self._compare(stream))

    async def polled(self, stream: Stream, items: list[Item]) -> float | None:
        """Items of a poll bridge, accepted durably."""
        for item in items:
            self.accept(stream, item)
        self._services.store.commit()
        return None

    def accept(self, stream: Stream, item: Item) -> None:
        """Put an item into the backlog and see that it is worked off."""
        item = item._replace(taken_s=asyncio.get_running_loop().time())
        if batched(stream):
            self._collect(stream, item)
            return
        self._number += 1
        number = str(self._number)
        self._backlog.put(number, item)
        self._tasks.start(self._work(number, item))

    def _take(self, payload: Mapping[str, Any], channel: Channel, streams: Sequence[Stream]) -> None:
        """Its own echoes are ignored, but on channels of records that another workflow of it makes."""
        header = payload["ChangeEventHeader"]
        echo = _OWN in str(header.get("changeOrigin") or "")
        if echo and not channel.own:
            self._services.metrics.add("events.echoes")
            return
        if str(payload["ChangeEventHeader"]["changeType"]).startswith(_GAP):
            for stream in streams:
                self._gap(stream, float(payload["ChangeEventHeader"]["commitTimestamp"]) / 1000.0)
            return
        try:
            schema.demand(payload, channel.fields, channel.system, channel.object)
        except SchemaError as failed:
            for stream in streams:
                self._processing.unheard(stream, failed)
            return
        saved_s = -inf if echo else self._saved_s(header)
        for stream in streams:
            item = stream.from_event(payload)
            if item is not None:
                self.accept(stream, item._replace(handed_s=saved_s))

    def _saved_s(self, header: Mapping[str, Any]) -> float:
        """When a person saved it, who looks for a while; an event may come after that."""
        return float(header["commitTimestamp"]) / 1000.0 - self._settings.time.start_unix_s

    def _gap(self, stream: Stream, commit_unix_s: float) -> None:
        """A change of which nothing is told but that it happened: one read for all of a minute."""
        self._services.metrics.add("events.gaps")
        at_s = commit_unix_s - self._settings.time.start_unix_s
        if stream.name not in self._gaps:
            self._tasks.start(self._reread(stream))
        self._gaps[stream.name] = min(at_s, self._gaps.get(stream.name, at_s))

    async def _reread(self, stream: Stream) -> None:
        """What changed since the first of them, from the source; until it answers, it is asked again."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._settings.micro_batch_s)
            since_s = self._gaps[stream.name] - self._settings.overlap_s
            try:
                items = await taken(stream, since_s, loop.time())
            except (RefusedError, UnreachableError) as failed:
                self._processing.unreadable(stream, failed, "gap unread")
                continue
            self._processing.readable(stream, "gap unread")
            del self._gaps[stream.name]
            for item in items:
                self.accept(stream, item)
            self._services.store.commit()
            return

    async def _work(self, number: str, item: Item) -> None:
        """Carry over, wait and try again while events are kept; what fails is a dead letter meanwhile."""
        loop = asyncio.get_running_loop()
        if item.not_before_s > loop.time():
            await asyncio.sleep(item.not_before_s - loop.time())
            item = item._replace(record=None)
        accepted_s = loop.time()
        attempt = 0
        while (await self._carried(item, accepted_s)).state == "failed":
            waits = self._settings.redelivery_s
            wait_s = waits[min(attempt, len(waits) - 1)]
            if loop.time() + wait_s - accepted_s > self._settings.event_retention_s:
                break
            await asyncio.sleep(wait_s)
            item = item._replace(record=None)
            attempt += 1
        self._backlog.drop(number)
        self._services.store.commit()

    async def _carried(self, item: Item, accepted_s: float) -> Outcome:
        """Refused by a limit, it waits for a slot for as long as it is retained."""
        with patience.patient(accepted_s + self._settings.event_retention_s):
            return await self._processing.one(item, by="event")

    def _collect(self, stream: Stream, item: Item) -> None:
        """Micro-batch: what came within a minute goes together."""
        waiting = self._collected.setdefault(stream.name, {})
        if not waiting:
            self._tasks.start(self._micro_batch(stream))
        waiting[item.key] = item
        self._backlog.put(item.identity, item)

    async def _micro_batch(self, stream: Stream) -> None:
        await asyncio.sleep(self._settings.micro_batch_s)
        items = list(self._collected.pop(stream.name, {}).values())
        oldest_s = min(item.taken_s for item in items)
        with patience.patient(oldest_s + self._settings.event_retention_s):
            outcomes = await self._processing.many(stream, items, by="event")
        for outcome in outcomes:
            if outcome.state == "failed":
                self._recollect(stream, outcome)
        kept = self._collected.get(stream.name, {})
        for item in items:
            if item.key not in kept:
                self._backlog.drop(item.identity)
        self._services.store.commit()

    def _recollect(self, stream: Stream, outcome: Outcome) -> None:
        """Try again with the next micro-batch, unless a newer one of the key waits or its time is over."""
        item = outcome.item
        if item.key in self._collected.get(stream.name, {}):
            return
        if asyncio.get_running_loop().time() - item.taken_s > self._settings.event_retention_s:
            self._processing.report(stream, outcome)
            return
        self._collect(stream, item)
