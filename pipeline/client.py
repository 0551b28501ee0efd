"""Client: the one way in which the pipeline calls a system. All models pass here.

slot -> breaker -> quota -> session -> transport -> reading of the reply -> retry with jitter, within budget

A call that a limit refused has not failed: it waits for as long as its message's patience lasts, and spends
neither attempts nor retry budget. What failed (no answer, down, locked) has both, the same for every pattern.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NoReturn

from kernel.time import BusinessTime
from pipeline import patience
from pipeline.breaker import Breaker
from pipeline.failures import UnreachableError
from pipeline.free_slots import FreeSlots
from pipeline.metrics import Metrics
from pipeline.quota import Quota
from pipeline.retry import Backoff, RetryBudget, retry_after_s
from pipeline.sessions import Session
from wire.call import NO_HEADERS, Call, Reply, Transport

Reading = Callable[[Reply], str]
"""A vendor's reading of a reply: "" = an answer (good or a refusal), else auth, throttled, locked or down."""

_REFUSED = frozenset({"throttled", "spent"})
"""By a limit: refused by the system, or held back since the daily quota is known to be spent."""


@dataclass(slots=True)
class Client:
    """Calls one system; `slots` None = no cap of the client's own, `patient` false = waits for no slot."""

    system: str
    transport: Transport
    session: Session
    read: Reading
    backoff: Backoff
    budget: RetryBudget
    breaker: Breaker
    quota: Quota
    slots: FreeSlots | None
    metrics: Metrics
    time: BusinessTime
    timeout_s: float
    headers: Mapping[str, str] = field(default_factory=dict)
    patient: bool = True
    retries: int = 0

    async def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = NO_HEADERS,
        deadline_s: float = inf,
        timeout_s: float = 0.0,
    ) -> Reply:
        """The answer, good or a refusal. Raises UnreachableError when retries, budget or time are over."""
        name, attempt, renewed = f"{method} {path}", 0, False
        while True:
            reply, what = await self._admitted(
                Call(method, path, headers, body), deadline_s, timeout_s or self.timeout_s
            )
            if reply is not None and not what:
                return reply
            if what == "auth":
                self.session.refused()
                if renewed:
                    self._fail("auth", reply)
                renewed = True
                continue
            attempt += 1
            await self._again(name, attempt, what, reply, deadline_s)

    async def _again(
        self, name: str, attempt: int, what: str, reply: Reply | None, deadline_s: float
    ) -> None:
        """Wait before the next attempt of what failed, or give up."""
        if attempt >= self.backoff.attempts or not self.budget.take():
            self._fail(what, reply)
        wait_s = self._backoff_s(name, attempt, reply)
        if asyncio.get_running_loop().time() + wait_s >= deadline_s:
            self._fail(what, reply)
        self.metrics.add(f"retries.{self.system}.{what}")
        await asyncio.sleep(wait_s)

    def _backoff_s(self, name: str, attempt: int, reply: Reply | None) -> float:
        """The count keeps the luck of callers of one address apart."""
        self.retries += 1
        asked_s = retry_after_s(reply, self.time, asyncio.get_running_loop().time())
        return self.backoff.wait_s(f"{name}|{self.retries - 1}", attempt - 1, asked_s)

    async def _admitted(self, call: Call, deadline_s: float, timeout_s: float) -> tuple[Reply | None, str]:
        """What became of a call that limits let in. Raises UnreachableError at the end of its patience."""
        until_s = min(deadline_s, patience.until_s()) if self.patient else 0.0
        loop, slots = asyncio.get_running_loop(), self.slots
        if slots is not None and not slots.occupied():
            await slots.take(until_s)
        held = slots is not None
        reply: Reply | None = None
        what, refusals = "throttled", 0
        wait_s = 0.0 if slots is None else slots.pause_s(loop.time())
        try:
            while True:
                if (wait_s or refusals) and loop.time() + wait_s >= until_s:
                    self._fail(what, reply)
                if refusals and slots is not None and slots.under_way > 1:
                    held = False
                    await slots.retake(wait_s, until_s)
                    held = True
                elif wait_s:
                    await asyncio.sleep(wait_s)
                under_way = 0 if slots is None else slots.under_way
                reply, what = await self._sent(call, deadline_s, timeout_s)
                if what not in _REFUSED:
                    if slots is not None and reply is not None:
                        slots.admitted(loop.time(), under_way)
                    return reply, what
                self.metrics.add(f"refusals.{self.system}.{what}")
                refusals += 1
                wait_s = self._wait_s(call, refusals, what, reply, under_way)
        finally:
            if slots is not None and held:
                slots.leave()

    def _wait_s(self, call: Call, refusals: int, what: str, reply: Reply | None, under_way: int) -> float:
        """Until what was refused is sent again; with slots to learn about, no longer than they and it say."""
        now_s = asyncio.get_running_loop().time()
        if what == "spent":
            return self.quota.left_s(now_s)
        if self.slots is None:
            return self._backoff_s(f"{call.method} {call.path}", refusals, reply)
        self.slots.refused(now_s, under_way)
        asked_s = retry_after_s(reply, self.time, now_s)
        return asked_s if self.slots.under_way > 1 else max(asked_s, self.slots.pause_s(now_s))

    async def _sent(self, call: Call, deadline_s: float, timeout_s: float) -> tuple[Reply | None, str]:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        if not self.breaker.admits(now_s):
            raise UnreachableError("timeout", f"{self.system}: circuit open")
        if self.quota.size and not self.quota.admits(now_s):
            return None, "spent"
        try:
            identity = self.session.current(now_s)
            if identity is None:
                identity = await self._identity(deadline_s)
                now_s = loop.time()
            if now_s >= deadline_s:
                raise UnreachableError("timeout", f"{self.system}: the caller's time is over", 504)
            self.budget.call(now_s)
            if call.headers or self.headers:
                identity = {**identity, **self.headers, **call.headers}
            within_s = timeout_s if deadline_s == inf else min(timeout_s, deadline_s - now_s)
            reply = await self.transport.send(Call(call.method, call.path, identity, call.body), within_s)
        except (TimeoutError, ConnectionError):
            self.breaker.failed(loop.time())
            return None, "lost"
        return reply, self._read(reply)

    async def _identity(self, deadline_s: float) -> Mapping[str, str]:
        """The session's headers; a token call that got no answer is like any other lost call."""
        try:
            return await self.session.headers(deadline_s)
        except UnreachableError as failed:
            if failed.cause == "auth":
                raise
            raise TimeoutError(failed.detail) from None

    def _read(self, reply: Reply) -> str:
        what = self.read(reply)
        if what == "down":
            self.breaker.failed(asyncio.get_running_loop().time())
        else:
            self.breaker.succeeded()
            self.quota.told(reply.headers)
        return what

    def _fail(self, what: str, reply: Reply | None) -> NoReturn:
        self.metrics.add(f"failures.{self.system}.{what}")
        answer = "no answer" if reply is None else f"HTTP {reply.status}"
        if what == "throttled" and reply is None:
            answer = "no slot is free"
        elif what == "spent":
            answer = f"daily quota, {self.quota.used} of {self.quota.size}"
        status = 504 if what == "lost" else 503
        cause = "auth" if what == "auth" else "timeout"
        raise UnreachableError(cause, f"{self.system}: {what} ({answer})", status)
