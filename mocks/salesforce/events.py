"""The event door: a long poll over one connection, for one channel or for all that a client subscribed to.

    GET /events/v67.0/<channel>?replay=<id|-1 new|-2 retained>&max=200&wait_s=40
    -> {"events": [{"replayId", "payload"}], "latest": id}
    GET /events/v67.0/?channels=a,b&replay=<id>,<id>&max=200&wait_s=110
    -> {"channels": [{"channel", "events", "latest"} | {"channel", "error"}]}

Many channels are answered by those that have events, whose position was not named by an id, or whose replay
id is stale; `max` is each one's. Every event in an answer is one delivery of the org's allocation (24 h, per
subscriber); without room deliveries stop, and the poll is refused. Polls themselves take no API quota. An
idle one costs a future and a timer.

The streaming endpoint is not the REST endpoint: of the gates, only the token and outages stand before it. A
retired version, a brownout, a reset and a lost reply of the REST API leave it alone (assumption); events are
lost, doubled or late by faults of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from measurements.facts import Traffic
from mocks.faults import Faults
from mocks.feeds import Feeds, StaleReplayError
from mocks.figures import Latencies
from mocks.gates import BROKEN, LOST, Api, Dialect, Operation
from mocks.journal import Journal
from mocks.limits import Limit
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.polls import PREFIX, Asked, Found, Reader, idle, read, told, unseen, within
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Begun, Call, Prompt, Reply

_POLL = Operation("poll", "event")
_MOST_KNOWN = 256
"""Paths kept as read: idle polls repeat theirs."""


class Door(Prompt):
    """The org's `api` endpoint: long polls here, everything else through the gates."""

    def __init__(self, api: Api, events: Events) -> None:
        self._api = api
        self._events = events

    def begin(self, call: Call) -> Begun:
        """Begin one call of a machine."""
        return self._events.serve(call) if call.path.startswith(PREFIX) else self._api.begin(call)


class Events:
    """Answers long polls."""

    def __init__(
        self,
        feeds: Feeds,
        allocation: Limit,
        tokens: Tokens,
        faults: Faults,
        latencies: Latencies,
        journal: Journal,
        dialect: Dialect,
    ) -> None:
        self._feeds = feeds
        self._allocation = allocation
        self._tokens = tokens
        self._faults = faults
        self._draw = latencies.draw
        self._count = journal.count
        self._dialect = dialect
        self._polls = 0
        self._known: dict[str, tuple[Asked, list[Reader]]] = {}
        self._delivered: dict[tuple[str, int], int] = {}

    async def serve(self, call: Call) -> Reply:
        """One poll."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        user = self._tokens.user(call.headers.get("authorization", ""), now_s)
        reply = self._stopped(now_s)
        if reply is None:
            if user is None:
                reply = self._dialect.unauthorised(_POLL)
            else:
                reply = await self._answer(call.path, user, loop)
        throttled = "x-rehearsal-limit" in reply.headers
        who = "integration" if user in {INTEGRATION, None} else "background"
        self._count(who, "poll", now_s, reply.status, throttled)
        return reply

    async def _answer(self, path: str, user: str, loop: asyncio.AbstractEventLoop) -> Reply:
        """What is there, or what comes within the wait: one future, one timer."""
        try:
            asked, readers = self._known.get(path) or self._read(path)
        except KeyError as unknown:
            return RefusedError("NOT_FOUND", f"The channel {unknown.args[0]} does not exist.").reply()
        found = unseen(readers, asked.most, loop.time())
        if not any(found):
            if not asked.named:
                readers = [reader.fixed() for reader in readers]
            future = loop.create_future()
            self._feeds.waiting[future] = asked.channels
            timer = loop.call_later(asked.wait_s, _give_up, future)
            try:
                await future
            finally:
                timer.cancel()
                del self._feeds.waiting[future]
            if timer.when() <= loop.time():
                return idle(readers, asked)
            self._polls += 1
            await asyncio.sleep(self._draw("event", readers[0].channel, self._polls))
            stopped = self._stopped(loop.time())
            if stopped is not None:
                return stopped
            found = unseen(readers, asked.most, loop.time())
        return self._deliver(readers, found, asked, user, loop.time())

    def _read(self, path: str) -> tuple[Asked, list[Reader]]:
        """A path as read. Raises KeyError for a channel that does not exist."""
        asked, streams = read(path), self._feeds.streams
        readers = [Reader(streams[name], name, replay) for name, replay in asked.positions]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[path] = asked, readers
        return asked, readers

    def _deliver(
        self, readers: list[Reader], found: list[Found], asked: Asked, user: str, now_s: float
    ) -> Reply:
        """As many as the allocation has room for; none: the subscription is refused."""
        if asked.alone and isinstance(found[0], StaleReplayError):
            return RefusedError("INVALID_REPLAY_ID", str(found[0])).reply()
        limit, own = self._allocation, user == INTEGRATION
        wanted = cost = sum(len(events) for events in found if isinstance(events, list))
        if limit.on:
            cost = min(cost, int(limit.size - limit.used(now_s)))
        if wanted and cost <= 0:
            limit.refuses(now_s, 1)
            reply = self._dialect.refused(_POLL, limit.name, 60.0)
            return reply._replace(headers={**reply.headers, "x-rehearsal-limit": limit.name})
        if cost > 0:
            limit.take(now_s, own, cost)
            hour = (INTEGRATION if own else "background", int(now_s // 3600.0))
            self._delivered[hour] = self._delivered.get(hour, 0) + cost
        if cost < wanted:
            found = within(found, cost)
        return told(readers, found, asked)

    def restart(self) -> None:
        """Deliveries are counted from now on."""
        self._delivered.clear()

    def traffic(self, system: str) -> Iterator[Traffic]:
        """Deliveries as facts: events handed over, which are no calls."""
        for (who, hour), events in sorted(self._delivered.items()):
            yield Traffic(system, who, "delivery", hour, events, 0, 0)

    def _stopped(self, now_s: float) -> Reply | None:
        if not self._faults.active(now_s):
            return None
        outage = self._faults.outage(now_s, "poll")
        if outage is None:
            return None
        mode = str(outage.parameters.get("mode", "refuse"))
        return {"hang": LOST, "reset": BROKEN}.get(mode) or self._dialect.unavailable(_POLL)


def _give_up(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
