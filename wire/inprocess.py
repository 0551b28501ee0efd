"""The in-process transport: calls reach an endpoint as bytes, in a task that outlives the caller's patience.

On a timeout the client leaves and the server finishes, as a real one does: that is how duplicates are born.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from wire.call import Call, Endpoint, Reply

LOST = 0
NEVER = -1


class InProcess:
    """A Transport to an endpoint in this process; `endpoint` may be set later.

    The server runs in a copy of `context` (where none is given, of the context in which this was made), never
    in the caller's. An exception out of `serve` is a bug: it goes to the loop's exception handler and to the
    caller. On a loop with `start_now`, a server that replies without waiting costs neither future nor timer.
    """

    def __init__(self, endpoint: Endpoint | None = None, context: Context | None = None) -> None:
        self.endpoint = endpoint
        self._context = context or copy_context()
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._calls = 0

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """Deliver and await the reply. Raises TimeoutError, ConnectionError."""
        if self.endpoint is None:
            raise ConnectionError("nobody listens")
        loop = asyncio.get_running_loop()
        start: Callable[..., asyncio.Task[None]] = getattr(loop, "start_now", loop.create_task)
        self._calls = number = self._calls + 1
        exchange = _Exchange()
        task = start(self._serve(self.endpoint, call, exchange, number), context=self._context.copy())
        if exchange.reply is None:
            if not task.done():
                self._serving[number] = task
            await exchange.arrival(loop, timeout_s)
        reply = exchange.reply
        if reply is None or reply.status == LOST:
            raise ConnectionError(f"the connection was lost: {call.method} {call.path}")
        return reply

    async def _serve(self, endpoint: Endpoint, call: Call, exchange: _Exchange, number: int) -> None:
        try:
            reply = await endpoint.serve(call)
            if type(reply.body) is not bytes or type(call.body) is not bytes:
                raise TypeError(f"{call.method} {call.path}: a body must be bytes")
        except Exception as error:
            exchange.fail(error)
            message = f"an endpoint failed: {call.method} {call.path}"
            asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
        except asyncio.CancelledError:
            exchange.fail(ConnectionError(f"the server ended: {call.method} {call.path}"))
            raise
        else:
            exchange.arrived(reply)
        finally:
            self._serving.pop(number, None)


class _Exchange:
    """What the two sides of one call share: the reply, and the future on which the client waits for it."""

    __slots__ = ("error", "reply", "waiter")

    def __init__(self) -> None:
        self.reply: Reply | None = None
        self.error: Exception | None = None
        self.waiter: asyncio.Future[None] | None = None

    def arrived(self, reply: Reply) -> None:
        """The server's side: hand over the reply, unless it never arrives."""
        if reply.status != NEVER:
            self.reply = reply
            if self.waiter is not None and not self.waiter.done():
                self.waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """The server's side: there will be no reply."""
        self.error = error
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(error)

    async def arrival(self, loop: asyncio.AbstractEventLoop, timeout_s: float) -> None:
        """The client's side: wait until the reply is there. Raises TimeoutError or what `fail` was given."""
        if self.error is not None:
            raise self.error
        self.waiter = waiter = loop.create_future()
        timer = loop.call_later(timeout_s, _give_up, waiter, timeout_s)
        try:
            await waiter
        finally:
            timer.cancel()


def _give_up(waiter: asyncio.Future[Any], timeout_s: float) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError(f"no reply within {timeout_s} s"))
