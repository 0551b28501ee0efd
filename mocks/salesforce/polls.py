"""Long polls as values: what a path asks for, where each reader stands, how an answer is written. Pure."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

import orjson

from mocks.feeds import NEW_ONLY, Event, StaleReplayError, Stream
from wire.call import Reply

PREFIX = "/events/v67.0/"
_JSON = {"content-type": "application/json"}
_NOTHING = Reply(200, _JSON, b'{"channels":[]}')
_WAIT_MOST_S = 110.0
"""CometD's socket timeout (fact sheet A, 1.7)."""
Found = list[Event] | StaleReplayError


class Asked(NamedTuple):
    """A path as read.

    `alone`: it names one channel, and is answered in that channel's own shape. `named`: every position is an
    id.
    """

    positions: tuple[tuple[str, int], ...]
    channels: frozenset[str]
    named: bool
    alone: bool
    most: int
    wait_s: float


class Reader(NamedTuple):
    """A subscriber's place in one channel."""

    stream: Stream
    channel: str
    replay: int

    @property
    def position(self) -> int:
        """The last id it has seen: where the channel stands, when it named none."""
        return self.stream.latest if self.replay < 0 else self.replay

    def fixed(self) -> Reader:
        """New ones only means: after what is there now."""
        return self._replace(replay=self.stream.latest) if self.replay == NEW_ONLY else self


def read(path: str) -> Asked:
    """What a path asks for; what cannot be read asks for new events only."""
    channel, _, query = path[len(PREFIX) :].partition("?")
    given = {"channels": "", "replay": "", "max": "200", "wait_s": "40"}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        given[name] = unquote(value)
    channel = unquote(channel).strip("/")
    names = [channel] if channel else given["channels"].split(",")
    replays = given["replay"].split(",")
    replays += ["-1"] * (len(names) - len(replays))
    try:
        positions = tuple((name, int(replay or "-1")) for name, replay in zip(names, replays, strict=False))
        most, wait_s = int(given["max"]), float(given["wait_s"])
    except ValueError:
        positions, most, wait_s = tuple((name, NEW_ONLY) for name in names), 200, 40.0
    channels, named = frozenset(name for name, _ in positions), all(replay >= 0 for _, replay in positions)
    wait_s = max(0.0, min(wait_s, _WAIT_MOST_S))
    return Asked(positions, channels, named, bool(channel), max(1, min(most, 200)), wait_s)


def unseen(readers: list[Reader], most: int, now_s: float) -> list[Found]:
    """What each has not seen; nothing for all of them where each stands at its channel's newest."""
    for stream, _, replay in readers:
        if replay != stream.latest:
            return [_after(reader, most, now_s) for reader in readers]
    return []


def _after(reader: Reader, most: int, now_s: float) -> Found:
    """What the reader has not seen; new ones only: nothing yet."""
    if reader.replay == NEW_ONLY:
        return []
    try:
        return reader.stream.after(reader.replay, most, now_s)
    except StaleReplayError:
        return StaleReplayError(
            f"400::The replayId {reader.replay} you provided was invalid. Please provide a valid ID,"
            " -2 to replay all events, or -1 to replay only new events."
        )


def within(found: list[Found], room: int) -> list[Found]:
    """The first so many events."""
    cut: list[Found] = []
    for events in found:
        if isinstance(events, list):
            cut.append(events[:room])
            room -= len(events[:room])
        else:
            cut.append(events)
    return cut


def idle(readers: list[Reader], asked: Asked) -> Reply:
    """Nothing came; who asked without an id learns where the channel stands."""
    if asked.named and not asked.alone:
        return _NOTHING
    if asked.alone:
        return Reply(200, _JSON, b'{"events":[],"latest":%d}' % readers[0].position)
    unnamed = [
        b'{"channel":"%b","events":[],"latest":%d}' % (reader.channel.encode(), reader.position)
        for reader, (_, replay) in zip(readers, asked.positions, strict=True)
        if replay < 0
    ]
    return Reply(200, _JSON, b'{"channels":[%b]}' % b",".join(unnamed)) if unnamed else _NOTHING


def told(readers: list[Reader], found: list[Found], asked: Asked) -> Reply:
    """The answer with events; of many channels, a stale position is told as that channel's error."""
    if asked.alone:
        events = found[0]
        return Reply(200, _JSON, b"{%b}" % _events(readers[0], events if isinstance(events, list) else []))
    rows = []
    for reader, events in zip(readers, found, strict=True):
        if isinstance(events, StaleReplayError):
            rows.append(orjson.dumps({"channel": reader.channel, "error": str(events)}))
        elif events or reader.replay < 0:
            rows.append(b'{"channel":"%b",%b}' % (reader.channel.encode(), _events(reader, events)))
    return Reply(200, _JSON, b'{"channels":[%b]}' % b",".join(rows))


def _events(reader: Reader, events: list[Event]) -> bytes:
    rows = b",".join(b'{"replayId":%d,"payload":%b}' % (event.replay, event.body) for event in events)
    latest = events[-1].replay if events else reader.position
    return b'"events":[%b],"latest":%d' % (rows, latest)
