"""The event door: a long poll that answers when something arrived, or empty when its wait is over.

    GET /events/v67.0/<channel>?replay=<id|-1 new|-2 retained>&max=200&wait_s=40
    -> {"events": [{"replayId", "payload"}], "latest": id}

Every event in an answer is one delivery of the org's allocation (24 h, per subscriber); without room
deliveries
stop, and the poll is refused. Polls themselves take no API quota. An idle one costs a future and a timer.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from mocks.faults import Faults
from mocks.feeds import NEW_ONLY, Event, Feeds, StaleReplayError, Stream
from mocks.figures import Latencies
from mocks.gates import BROKEN, LOST, Api, Dialect, Operation
from mocks.journal import Journal
from mocks.limits import Limit
from mocks.salesforce.errors import RefusedError
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Call, Reply

PREFIX = "/events/v67.0/"
_POLL = Operation("poll", "event")
_JSON = {"content-type": "application/json"}
_MOST_KNOWN = 256
"""Paths kept as read: idle polls repeat theirs."""


class Door:
    """The org's `api` endpoint: long polls here, everything else through the gates."""

    def __init__(self, api: Api, events: Events) -> None:
        self._api = api
        self._events = events

    async def serve(self, call: Call) -> Reply:
        """Answer one call of a machine."""
        if call.path.startswith(PREFIX):
            return await self._events.serve(call)
        return await self._api.serve(call)


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
        self._asked: dict[str, tuple[str, int, int, float]] = {}
        self.delivered = 0

    async def serve(self, call: Call) -> Reply:
        """One poll."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        user = self._tokens.user(call.headers.get("authorization", ""), now_s)
        if user is None:
            reply = self._stopped(now_s) or self._dialect.unauthorised(_POLL)
        else:
            reply = await self._answer(call, user, now_s)
        throttled = "x-rehearsal-limit" in reply.headers
        who = "integration" if user in {INTEGRATION, None} else "background"
        self._count(who, "poll", now_s, reply.status, throttled)
        return reply

    async def _answer(self, call: Call, user: str, now_s: float) -> Reply:
        stopped = self._stopped(now_s)
        if stopped is not None:
            return stopped
        asked = self._asked.get(call.path)
        if asked is None:
            if len(self._asked) >= _MOST_KNOWN:
                self._asked.clear()
            asked = self._asked[call.path] = _read(call.path)
        channel, replay, most, wait_s = asked
        stream = self._feeds.streams.get(channel)
        if stream is None:
            return RefusedError("NOT_FOUND", f"The channel {channel} does not exist.").reply()
        try:
            return await self._polled(stream, channel, replay, most, wait_s, user)
        except StaleReplayError:
            message = (
                f"400::The replayId {replay} you provided was invalid. Please provide a valid ID,"
                " -2 to replay all events, or -1 to replay only new events."
            )
            return RefusedError("INVALID_REPLAY_ID", message).reply()

    async def _polled(
        self, stream: Stream, channel: str, replay: int, most: int, wait_s: float, user: str
    ) -> Reply:
        loop = asyncio.get_running_loop()
        if replay == NEW_ONLY:
            replay = stream.latest
            events: list[Event] = []
        else:
            events = stream.after(replay, most, loop.time())
        if not events:
            if not await _arrived(stream, wait_s):
                return _told([], max(replay, stream.latest if replay < 0 else replay))
            self._polls += 1
            await asyncio.sleep(self._draw("event", channel, self._polls))
            stopped = self._stopped(loop.time())
            if stopped is not None:
                return stopped
            events = stream.after(replay, most, loop.time())
        return self._deliver(events, user, loop.time())

    def _deliver(self, events: list[Event], user: str, now_s: float) -> Reply:
        """As many as the allocation has room for; none: the subscription is refused."""
        limit, own = self._allocation, user == INTEGRATION
        cost = len(events)
        if limit.on:
            cost = min(cost, int(limit.size - limit.used(now_s)))
        if cost <= 0:
            limit.refuses(now_s, 1)
            reply = self._dialect.refused(_POLL, limit.name, 60.0)
            return reply._replace(headers={**reply.headers, "x-rehearsal-limit": limit.name})
        limit.take(now_s, own, cost)
        self.delivered += cost
        return _told(events[:cost], events[cost - 1].replay)

    def _stopped(self, now_s: float) -> Reply | None:
        if not self._faults.active(now_s):
            return None
        outage = self._faults.outage(now_s, "poll")
        if outage is None:
            return None
        mode = str(outage.parameters.get("mode", "refuse"))
        return {"hang": LOST, "reset": BROKEN}.get(mode) or self._dialect.unavailable(_POLL)


async def _arrived(stream: Stream, wait_s: float) -> bool:
    """Whether an event came within the wait: one future, one timer."""
    future = stream.waiter()
    timer = asyncio.get_running_loop().call_later(wait_s, _give_up, future)
    try:
        await future
    finally:
        timer.cancel()
        stream.leave(future)
    return timer.when() > asyncio.get_running_loop().time()


def _give_up(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _told(events: list[Event], latest: int) -> Reply:
    rows = b",".join(b'{"replayId":%d,"payload":%b}' % (event.replay, event.body) for event in events)
    return Reply(200, _JSON, b'{"events":[%b],"latest":%d}' % (rows, latest))


def _read(path: str) -> tuple[str, int, int, float]:
    channel, _, query = path[len(PREFIX) :].partition("?")
    given = {"replay": "-1", "max": "200", "wait_s": "40"}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        given[name] = value
    try:
        replay, most, wait_s = int(given["replay"]), int(given["max"]), float(given["wait_s"])
    except ValueError:
        replay, most, wait_s = NEW_ONLY, 200, 40.0
    if "%" in channel:
        channel = unquote(channel)
    return channel.strip("/"), replay, max(1, min(most, 200)), max(0.0, min(wait_s, 110.0))
