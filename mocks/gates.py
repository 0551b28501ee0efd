"""What a call passes on its way to a vendor's handler: each gate is a value with one method that wraps the next.

    tally -> authenticate -> version -> limits -> faults before -> service time -> faults after -> handler

The tally stands outermost, so that refused calls are counted too. Handlers are synchronous and run when the
service time is over: a commit happens then, and a reply lost behind it is how duplicates are born.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol

from mocks.faults import Faults
from mocks.figures import Latencies
from mocks.journal import Journal
from mocks.limits import Level, Limits, admit
from mocks.releases import Releases
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Call, Reply

LOST = Reply(-1)
"""The reply never arrives; the caller waits until its timeout."""
BROKEN = Reply(0)
"""The connection broke."""


class Operation(NamedTuple):
    """What the vendor's dialect says of a call before anything is read.

    `kind` is tallied (token, read, write, query, bulk, job, poll, describe); `latency` the class of service
    time; `key` what luck is keyed by (a business key or external id where the path has one); `version` the API
    version that it names (0 = none). Kind `token` needs no token.
    """

    kind: str
    latency: str
    key: str = ""
    write: bool = False
    limits: tuple[str, ...] = ()
    cost: int = 1
    version: float = 0.0


class Context:
    """One call under way. `now_s` is its arrival, and from the handler on the instant of its commit."""

    __slots__ = ("attempt", "now_s", "operation", "own", "service_s", "throttled", "user")

    def __init__(self, operation: Operation, now_s: float, attempt: int) -> None:
        self.operation = operation
        self.now_s = now_s
        self.attempt = attempt
        self.user = ""
        self.own = False
        self.service_s = 0.0
        self.throttled = False


Handler = Callable[[Call, Context], Reply]
Step = Callable[[Call, Context], Coroutine[Any, Any, Reply]]


class Gate(Protocol):
    """Wraps the next step."""

    def wrap(self, inner: Step) -> Step:
        """The step that does this gate's part around the inner one."""
        ...


class Dialect(NamedTuple):
    """How a vendor words what the gates have to say."""

    classify: Callable[[Call], Operation]
    unauthorised: Callable[[Operation], Reply]
    unsupported: Callable[[Operation], Reply]
    refused: Callable[[Operation, str, float], Reply]
    """(operation, limit, seconds to wait)"""
    unavailable: Callable[[Operation], Reply]
    failed: Callable[[Operation], Reply]


class Api:
    """The endpoint: gives every call its context and sends it through the gates."""

    def __init__(
        self, classify: Callable[[Call], Operation], gates: Sequence[Gate], handler: Handler
    ) -> None:
        self._classify = classify
        self._attempts: dict[tuple[str, str], int] = {}
        step: Step = _last(handler)
        for gate in reversed(gates):
            step = gate.wrap(step)
        self._step = step

    async def serve(self, call: Call) -> Reply:
        """Answer one call of a machine."""
        operation = self._classify(call)
        named = (operation.latency, operation.key)
        attempt = self._attempts[named] = self._attempts.get(named, 0) + 1
        return await self._step(call, Context(operation, asyncio.get_running_loop().time(), attempt))


class Tally:
    """Counts every call in the journal's hourly tallies."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def wrap(self, inner: Step) -> Step:
        count = self._journal.count

        async def tally(call: Call, context: Context) -> Reply:
            arrived_s = context.now_s
            reply = await inner(call, context)
            who = "integration" if context.own or not context.user else "background"
            count(who, context.operation.kind, arrived_s, reply.status, context.throttled)
            return reply

        return tally


class Authenticate:
    """Turns callers without a live token away."""

    def __init__(self, tokens: Tokens, faults: Faults, dialect: Dialect) -> None:
        self._tokens = tokens
        self._faults = faults
        self._dialect = dialect

    def wrap(self, inner: Step) -> Step:
        find_user, active, dialect = self._tokens.user, self._faults.active, self._dialect

        async def authenticate(call: Call, context: Context) -> Reply:
            active(context.now_s)
            if context.operation.kind != "token":
                user = find_user(call.headers.get("authorization", ""), context.now_s)
                if user is None:
                    return dialect.unauthorised(context.operation)
                context.user = user
                context.own = user == INTEGRATION
            return await inner(call, context)

        return authenticate


class Version:
    """Applies releases that are due, and turns away callers pinned to a retired version."""

    def __init__(self, releases: Releases, dialect: Dialect) -> None:
        self._releases = releases
        self._dialect = dialect

    def wrap(self, inner: Step) -> Step:
        gone, dialect = self._releases.gone, self._dialect

        async def version(call: Call, context: Context) -> Reply:
            if gone(context.operation.version, context.now_s):
                return dialect.unsupported(context.operation)
            return await inner(call, context)

        return version


class Limited:
    """Lets a call in when all limits of its operation have room; names the one that has none."""

    def __init__(self, limits: Limits, dialect: Dialect) -> None:
        self._limits = limits
        self._dialect = dialect

    def wrap(self, inner: Step) -> Step:
        some, dialect = self._limits.some, self._dialect

        async def limited(call: Call, context: Context) -> Reply:
            operation = context.operation
            limits = some(operation.limits)
            refusal = admit(limits, context.now_s, context.own, operation.cost)
            if refusal is not None:
                context.throttled = True
                reply = dialect.refused(operation, refusal.limit, refusal.wait_s)
                return reply._replace(headers={**reply.headers, "x-rehearsal-limit": refusal.limit})
            try:
                return await inner(call, context)
            finally:
                now_s = asyncio.get_running_loop().time()
                for limit in limits:
                    limit.ended(now_s, context.service_s, context.own)

        return limited


class FaultsBefore:
    """Outages, broken connections and the errors of a brownout: nothing has happened yet."""

    def __init__(self, faults: Faults, dialect: Dialect) -> None:
        self._faults = faults
        self._dialect = dialect

    def wrap(self, inner: Step) -> Step:
        faults, dialect = self._faults, self._dialect

        async def faults_before(call: Call, context: Context) -> Reply:
            now_s = context.now_s
            if faults.active(now_s):
                operation, attempt = context.operation, context.attempt
                outage = faults.outage(now_s)
                if outage is not None:
                    mode = outage.parameters.get("mode", "refuse")
                    return {"hang": LOST, "reset": BROKEN}.get(mode) or dialect.unavailable(operation)
                if faults.strikes("reset", now_s, operation.kind, operation.key, attempt):
                    return BROKEN
                if faults.strikes("brownout", now_s, operation.kind, operation.key, attempt, "error_share"):
                    return dialect.failed(operation)
            return await inner(call, context)

        return faults_before


class Service:
    """The vendor's service time: one draw and one timer. `slowness` is the load of others as a factor."""

    def __init__(self, latencies: Latencies, faults: Faults, limits: Limits, slowness: Level) -> None:
        self._latencies = latencies
        self._faults = faults
        self._limits = limits
        self._slowness = slowness

    def wrap(self, inner: Step) -> Step:
        draw, faults, some, slowness = self._latencies.draw, self._faults, self._limits.some, self._slowness

        async def service(call: Call, context: Context) -> Reply:
            operation, now_s = context.operation, context.now_s
            service_s = draw(operation.latency, operation.key, context.attempt) * slowness(now_s)
            if faults.active(now_s):
                service_s *= faults.latency_factor(now_s, operation.kind)
            context.service_s = service_s
            for limit in some(operation.limits):
                limit.began(now_s, service_s, context.own)
            if service_s > 0.0:
                await asyncio.sleep(service_s)
                context.now_s = asyncio.get_running_loop().time()
            return await inner(call, context)

        return service


class FaultsAfter:
    """The commit happens, the reply is lost on its way back (ambient for writes, or a scenario's fault)."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def wrap(self, inner: Step) -> Step:
        faults = self._faults

        async def faults_after(call: Call, context: Context) -> Reply:
            reply = await inner(call, context)
            operation = context.operation
            if (operation.write or faults.active(context.now_s)) and faults.strikes(
                "lost_reply", context.now_s, operation.kind, operation.key, context.attempt
            ):
                return LOST
            return reply

        return faults_after


def _last(handler: Handler) -> Step:
    async def handle(call: Call, context: Context) -> Reply:
        return handler(call, context)

    return handle
