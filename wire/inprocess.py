"""The in-process transport: calls reach an endpoint as bytes, and the server goes on when the caller leaves.

On a timeout the client leaves and the server finishes, as a real one does: that is how duplicates are born.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, TypeVar

from wire.call import Begun, Call, Endpoint, Later, Reply, Transport

LOST = 0
NEVER = -1

T = TypeVar("T")


class InProcess:
    """A Transport to an endpoint in this process; `endpoint` may be set later.

    The server runs in a copy of `context` (where none is given, of the context in which this was made), never
    in the caller's. An exception out of it is a bug: it goes to the loop's exception handler and to the
    caller. A server that says at once how long it takes (see wire.call.Prompt) costs one timer and no task.
    """

    def __init__(self, endpoint: Endpoint | None = None, context: Context | None = None) -> None:
        self.endpoint = endpoint
        self._context = context or copy_context()
        self._nobodys = Context()
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._calls = 0
        self._awaited: dict[_Exchange, None] = {}
        self._other: Transport | None = None

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """Deliver and await the reply. Raises TimeoutError, ConnectionError."""
        if self._other is not None:
            return await self._other.send(call, timeout_s)
        endpoint = self.endpoint
        if endpoint is None:
            raise ConnectionError("nobody listens")
        exchange = _Exchange(call, timeout_s, self._context.copy())
        begin: Callable[[Call], Begun] = getattr(endpoint, "begin", endpoint.serve)
        begun = exchange.act(begin, call)
        if isinstance(begun, Later):
            exchange.expect(begun, self._nobodys)
        elif isinstance(begun, Reply):
            exchange.arrived(begun)
        elif begun is not None:
            self._start(begun, exchange)
        reply = exchange.reply
        if reply is None:
            self._awaited[exchange] = None
            try:
                reply = await exchange.arrival()
            finally:
                del self._awaited[exchange]
        if reply.status == LOST:
            raise ConnectionError(f"the connection was lost: {call.method} {call.path}")
        return reply

    @property
    def under_way(self) -> list[Call]:
        """The calls whose callers still wait."""
        return [exchange.call for exchange in self._awaited]

    def hand_over(self, other: Transport) -> None:
        """Calls go through the other one from now on; to those under way the connection is lost."""
        self._other = other
        for exchange in list(self._awaited):
            call = exchange.call
            exchange.leave(ConnectionError(f"the server moved: {call.method} {call.path}"))

    def _start(self, answer: Coroutine[Any, Any, Reply], exchange: _Exchange) -> None:
        """Give the server a task of its own, whose first part runs at once where the loop can do that."""
        loop = exchange.loop
        start: Callable[..., asyncio.Task[None]] = getattr(loop, "start_now", loop.create_task)
        self._calls = number = self._calls + 1
        task = start(self._serve(answer, exchange, number), context=exchange.context)
        if not task.done():
            self._serving[number] = task

    async def _serve(self, answer: Coroutine[Any, Any, Reply], exchange: _Exchange, number: int) -> None:
        try:
            exchange.arrived(await answer)
        except Exception as error:
            exchange.fail(error)
        except asyncio.CancelledError:
            call = exchange.call
            exchange.leave(ConnectionError(f"the server ended: {call.method} {call.path}"))
            raise
        finally:
            self._serving.pop(number, None)


class _Exchange:
    """What the two sides of one call share: the reply, and the future on which the client waits for it."""

    __slots__ = (
        *("call", "context", "error", "loop", "patience"),
        *("reply", "sent_s", "timeout_s", "waiter", "within"),
    )

    def __init__(self, call: Call, timeout_s: float, context: Context) -> None:
        self.loop = loop = asyncio.get_running_loop()
        self.call = call
        self.context = context
        self.sent_s = loop.time()
        self.timeout_s = timeout_s
        self.within = False
        self.reply: Reply | None = None
        self.error: Exception | None = None
        self.waiter: asyncio.Future[Reply] | None = None
        self.patience: asyncio.TimerHandle | None = None

    def act(self, what: Callable[..., T], *given: Any) -> T | None:
        """The server's side: do it now, in the server's context; None where it is dead, or failed."""
        run_now: Callable[..., T | None] = getattr(self.loop, "run_now", Context.run)
        try:
            return run_now(self.context, what, *given)
        except Exception as error:
            self.fail(error)
            return None

    def expect(self, later: Later, context: Context) -> None:
        """The server's side: finish when the wait is over, whether or not anybody still waits for it."""
        self.within = later.wait_s <= self.timeout_s
        self.loop.call_later(later.wait_s, self._finish, later.finish, context=context)

    def _finish(self, finish: Callable[[], Reply]) -> None:
        reply = self.act(finish)
        if reply is not None:
            self.arrived(reply)
        if self.reply is None and self.waiter is not None and not self.waiter.done():
            self._wait_in_vain(self.waiter)

    def arrived(self, reply: Reply) -> None:
        """The server's side: hand over the reply, unless it never arrives."""
        if type(reply.body) is not bytes or type(self.call.body) is not bytes:
            self.fail(TypeError(f"{self.call.method} {self.call.path}: a body must be bytes"))
        elif reply.status != NEVER:
            self.reply = reply
            waiter = self.waiter
            if waiter is not None and not waiter.done():
                waiter.set_result(reply)
                self._stop_waiting()

    def fail(self, error: Exception) -> None:
        """The server's side: it has a bug."""
        self.leave(error)
        message = f"an endpoint failed: {self.call.method} {self.call.path}"
        self.loop.call_exception_handler({"message": message, "exception": error})

    def leave(self, error: Exception) -> None:
        """The server's side: there will be no reply."""
        self.error = error
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(error)
            self._stop_waiting()

    def arrival(self) -> asyncio.Future[Reply]:
        """The client's side: the reply to come, or TimeoutError, or what `leave` was given (at once)."""
        if self.error is not None:
            raise self.error
        self.waiter = waiter = self.loop.create_future()
        if not self.within:
            self._wait_in_vain(waiter)
        return waiter

    def _wait_in_vain(self, waiter: asyncio.Future[Reply]) -> None:
        """The client's side: no longer than its patience lasts; needless where a reply is sure before."""
        if self.patience is None:
            self.patience = self.loop.call_at(self.sent_s + self.timeout_s, _give_up, waiter)

    def _stop_waiting(self) -> None:
        if self.patience is not None:
            self.patience.cancel()


def _give_up(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError("no reply in time"))
