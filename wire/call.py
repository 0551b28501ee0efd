"""Call, Reply, Endpoint, Transport: the only seam between those who send and those who receive."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NamedTuple, Protocol

import orjson

NO_HEADERS: Mapping[str, str] = {}


class Call(NamedTuple):
    """One request. `path` carries its query string; header names are lower case; `body` is bytes."""

    method: str
    path: str
    headers: Mapping[str, str] = NO_HEADERS
    body: bytes = b""

    def json(self) -> Any:
        """The body read as JSON (None where empty). Raises ValueError."""
        return orjson.loads(self.body) if self.body else None


class Reply(NamedTuple):
    """One answer. Vendor errors are replies too: an exception out of `serve` is a bug."""

    status: int
    headers: Mapping[str, str] = NO_HEADERS
    body: bytes = b""

    def json(self) -> Any:
        """The body read as JSON (None where empty). Raises ValueError."""
        return orjson.loads(self.body) if self.body else None

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class Endpoint(Protocol):
    """Whatever receives: a system's api, desk and control; the pipeline's intake and operations."""

    async def serve(self, call: Call) -> Reply:
        """Answer one call; every vendor error is a Reply."""
        ...


class Later(NamedTuple):
    """A call that was let in: `finish` is called once, `wait_s` from now, and gives the answer."""

    wait_s: float
    finish: Callable[[], Reply]


Begun = Reply | Later | Coroutine[Any, Any, Reply]
"""A call that has begun: answered, or with one wait that is known, or with waits that nobody knows yet."""


class Prompt(ABC):
    """An endpoint that says at once what a call must wait for, so that a transport needs no task for it."""

    @abstractmethod
    def begin(self, call: Call) -> Begun:
        """All that happens when the call arrives; every vendor error is a Reply."""

    async def serve(self, call: Call) -> Reply:
        """Answer one call."""
        return await answer_to(self.begin(call))


async def answer_to(begun: Begun) -> Reply:
    """Wait for what a call that has begun waits for."""
    if isinstance(begun, Reply):
        return begun
    return await (_finished(begun) if isinstance(begun, Later) else begun)


def _finished(later: Later) -> asyncio.Future[Reply]:
    """The answer to come: the server finishes though its caller be cancelled."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Reply] = loop.create_future()

    def finish() -> None:
        try:
            reply = later.finish()
        except Exception as error:
            if answer.done():
                raise
            answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(reply)

    loop.call_later(later.wait_s, finish)
    return answer


class Transport(Protocol):
    """Whatever sends holds one, given by the composition root."""

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """Deliver and await the reply.

        Raises TimeoutError when the caller gave up (the server goes on) and ConnectionError when the
        request or the reply was lost on the way.
        """
        ...


def json_bytes(value: object) -> bytes:
    """JSON as bytes that may be kept: what orjson hands over occupies the whole buffer it wrote into, 4 KiB
    and more a text.
    """
    return memoryview(orjson.dumps(value)).tobytes()


def json_call(method: str, path: str, value: object, headers: Mapping[str, str] = NO_HEADERS) -> Call:
    """A call that carries JSON."""
    return Call(method, path, headers, json_bytes(value))


def json_reply(status: int, value: object, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    """A reply that carries JSON."""
    return Reply(status, headers, json_bytes(value))
