"""Client: the one way in which the pipeline calls a system. All models pass here.

breaker -> quota -> slot -> session -> transport -> reading of the reply -> retry with jitter, within budget
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NoReturn

from pipeline.breaker import Breaker
from pipeline.failures import UnreachableError
from pipeline.metrics import Metrics
from pipeline.quota import Quota
from pipeline.retry import Backoff, RetryBudget
from pipeline.sessions import Session
from pipeline.slots import Slots
from wire.call import NO_HEADERS, Call, Reply, Transport

Reading = Callable[[Reply], str]
"""A vendor's reading of a reply: "" = an answer (good or a refusal), else auth, throttled, locked or down."""

_CAUSES = {"auth": "auth", "throttled": "timeout", "locked": "timeout", "down": "timeout", "lost": "timeout"}


@dataclass(slots=True)
class Client:
    """Calls one system; `slots` None = no cap of the client's own."""

    system: str
    transport: Transport
    session: Session
    read: Reading
    backoff: Backoff
    budget: RetryBudget
    breaker: Breaker
    quota: Quota
    slots: Slots | None
    metrics: Metrics
    timeout_s: float
    headers: Mapping[str, str] = field(default_factory=dict)
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
        attempt, renewed = 0, False
        while True:
            reply, what = await self._attempt(
                method, path, body, headers, deadline_s, timeout_s or self.timeout_s
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
            await self._again(f"{method} {path}", attempt, what, reply, deadline_s)

    async def _again(
        self, name: str, attempt: int, what: str, reply: Reply | None, deadline_s: float
    ) -> None:
        """Wait before the next attempt, or give up; a caller with a deadline waits for a slot until then.

        The count keeps the luck of callers of one address apart.
        """
        waits_for_slot = what == "throttled" and deadline_s < inf
        if (attempt >= self.backoff.attempts and not waits_for_slot) or not self.budget.take():
            self._fail(what, reply)
        wait_s = self.backoff.wait_s(f"{name}|{self.retries}", attempt - 1, _retry_after(reply))
        self.retries += 1
        if asyncio.get_running_loop().time() + wait_s >= deadline_s:
            self._fail(what, reply)
        self.metrics.add(f"retries.{self.system}.{what}")
        await asyncio.sleep(wait_s)

    async def _attempt(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline_s: float,
        timeout_s: float,
    ) -> tuple[Reply | None, str]:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        if not self.breaker.admits(now_s):
            raise UnreachableError("timeout", f"{self.system}: circuit open")
        if self.quota.size:
            self.quota.admit(now_s)
        slots = self.slots
        if slots is not None and not slots.occupied():
            await slots.take(deadline_s)
            now_s = loop.time()
        try:
            identity = self.session.current(now_s)
            if identity is None:
                identity = await self._identity(deadline_s)
                now_s = loop.time()
            if now_s >= deadline_s:
                raise UnreachableError("timeout", f"{self.system}: the caller's time is over", 504)
            self.budget.call(now_s)
            if headers or self.headers:
                identity = {**identity, **self.headers, **headers}
            within_s = timeout_s if deadline_s == inf else min(timeout_s, deadline_s - now_s)
            reply = await self.transport.send(Call(method, path, identity, body), within_s)
        except (TimeoutError, ConnectionError):
            self.breaker.failed(loop.time())
            return None, "lost"
        finally:
            if slots is not None:
                slots.leave()
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
        status = 504 if reply is None else 503
        raise UnreachableError(_CAUSES[what], f"{self.system}: {what} ({answer})", status)


def _retry_after(reply: Reply | None) -> float:
    if reply is None:
        return 0.0
    text = reply.headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0
