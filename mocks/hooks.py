"""Call-outs: a system POSTs to the integration some seconds after a record was saved, and again on failure.

commit ──> delay ──> POST ──> 2xx: done
                          ──> 4xx but 429: told to the record, never again
                          ──> else: again after 60, 300 and 900 s, then given up and told to people
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from kernel.luck import lognormal_p95
from mocks.faults import Faults
from wire.call import Call, Reply, Transport, json_call

_SPENT = "the asynchronous executions of 24 h are spent"
RETRIES = (1.0, 5.0, 15.0)
"""Waits before the second, third and fourth attempt, in times the first (semantics 1: 1, 5, 15 min)."""


class Hook(NamedTuple):
    """`when`: field to the values of which the record must hold one; `on` is create, update or any.

    `own`: it fires for what the integration itself saves, too. `fields` are told with each, changed or not.
    """

    hook: str
    object: str
    when: Mapping[str, Sequence[Any]] = {}
    on: str = "any"
    mode: str = "async"
    path: str = ""
    own: bool = False
    fields: tuple[str, ...] = ()


class Target(NamedTuple):
    """The record that a call-out is about, its content, and when that was saved (a stamp); with the hook's
    `fields`.
    """

    object: str
    id: str
    key: str
    record: Mapping[str, Any]
    user: str
    saved_at: str = ""
    fields: Mapping[str, Any] = {}


class Timing(NamedTuple):
    """Start delay (lognormal), the caller's timeout and the wait before the first retry, in seconds."""

    median_s: float
    p95_s: float
    timeout_s: float
    retry_s: float = 60.0


Work = Callable[[], Coroutine[Any, Any, None]]


class Executions(Protocol):
    """What the system runs its asynchronous call-outs in."""

    def start(self, work: Work, now_s: float, delay_s: float, transaction: int = 0) -> bool:
        """Run it in a while, started by this transaction (0 = its own); false where it never can be."""
        ...


class Hooks:
    """Sends them. `refused` (target, text) and `given_up` (hook, target, text) tell the system what became
    of one.
    """

    def __init__(
        self, transport: Transport | None, executions: Executions, faults: Faults, timing: Timing
    ) -> None:
        self._transport = transport
        self._executions = executions
        self._faults = faults
        self._timing = timing
        self._sent: dict[tuple[str, str], int] = {}
        self.refused: Callable[[Target, str], None] = _ignore
        self.given_up: Callable[[Hook, Target, str], None] = _ignore_too

    def later(self, hook: Hook, target: Target, now_s: float, transaction: int) -> None:
        """Send it in a while, without anybody waiting (lost or doubled by the same luck as events)."""
        if self._transport is None:
            return
        transport = self._transport
        count = self._counted(hook, target)
        strikes = self._faults.strikes
        if strikes("lost_event", now_s, hook.hook, target.key, count):
            return
        draw = self._faults.draw("hook_delay", hook.hook, target.key, count)
        delay_s = lognormal_p95(draw, self._timing.median_s, self._timing.p95_s)
        for _ in range(2 if strikes("doubled_event", now_s, hook.hook, target.key, count) else 1):
            work = partial(self._deliver, transport, hook, target)
            if not self._executions.start(work, now_s, delay_s, transaction):
                self.given_up(hook, target, f"{hook.hook}: {_SPENT}")

    async def now(self, hook: Hook, target: Target) -> Reply:
        """Send it and wait, since a person waits; status 504 where no answer came, 503 without a
        connection.
        """
        if self._transport is None:
            return Reply(204)
        return await self._send(self._transport, hook, target, 1)

    async def _deliver(self, transport: Transport, hook: Hook, target: Target, attempt: int = 1) -> None:
        reply = await self._send(transport, hook, target, attempt)
        if reply.ok:
            return
        if 400 <= reply.status < 500 and reply.status != 429:
            self.refused(target, told(reply))
            return
        if attempt > len(RETRIES):
            self.given_up(hook, target, f"{hook.hook}: no answer after {attempt} attempts ({reply.status})")
            return
        again = partial(self._deliver, transport, hook, target, attempt + 1)
        wait_s = RETRIES[attempt - 1] * self._timing.retry_s
        if not self._executions.start(again, asyncio.get_running_loop().time(), wait_s):
            self.given_up(hook, target, f"{hook.hook}: {_SPENT}")

    async def _send(self, transport: Transport, hook: Hook, target: Target, attempt: int) -> Reply:
        try:
            return await transport.send(_call(hook, target, attempt), self._timing.timeout_s)
        except TimeoutError:
            return Reply(504)
        except ConnectionError:
            return Reply(503)

    def _counted(self, hook: Hook, target: Target) -> int:
        name = (hook.hook, target.key)
        count = self._sent[name] = self._sent.get(name, 0) + 1
        return count


def _call(hook: Hook, target: Target, attempt: int) -> Call:
    body = {
        "hook": hook.hook,
        "object": target.object,
        "id": target.id,
        "key": target.key,
        "record": target.record,
        "fields": target.fields,
        "user": target.user,
        "saved_at": target.saved_at,
        "attempt": attempt,
    }
    return json_call("POST", hook.path or f"/hooks/{hook.hook}", body, {"content-type": "application/json"})


def told(reply: Reply) -> str:
    """What the integration says, as text for a person."""
    try:
        body = reply.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        for name in ("refusal", "error", "detail", "message"):
            if body.get(name):
                return str(body[name])
    return reply.body.decode(errors="replace")[:255] or f"HTTP {reply.status}"


def _ignore(target: Target, text: str) -> None:
    pass


def _ignore_too(hook: Hook, target: Target, text: str) -> None:
    pass
