"""What a call passes on its way to a vendor's handler: each gate is a value with one method.

    before   authenticate -> version -> limits -> faults before     lets the call pass, or answers it
    service  one draw, one timer
    after    handler, wrapped by faults after                       the commit, then perhaps a lost reply

The tally stands around it all, so that refused calls are counted too. Only the service time takes time, and
it is known when the call arrives: all else is two synchronous passes, `begin` and what it leaves for later.
Handlers run when the service time is over: a commit happens then, and a reply lost behind it is how
duplicates are born.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from mocks.faults import Faults
from mocks.figures import Latencies
from mocks.journal import Journal
from mocks.limits import Level, Limit, Limits, admit
from mocks.releases import Releases
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Call, Later, Prompt, Reply

LOST = Reply(-1)
"""The reply never arrives; the caller waits until its timeout."""
BROKEN = Reply(0)
"""The connection broke."""


class Operation(NamedTuple):
    """What the vendor's dialect says of a call before anything is read.

    `kind` is tallied (token, read, write, query, bulk, job, poll, describe); `latency` the class of service
    time; `key` what luck is keyed by (a business key or external id where the path has one); `version` the
    API version that it names (0 = none). Kind `token` needs no token.
    """

    kind: str
    latency: str
    key: str = ""
    write: bool = False
    limits: tuple[str, ...] = ()
    version: float = 0.0


class Context:
    """One call under way. `now_s` is its arrival, and from the handler on the instant of its commit."""

    __slots__ = ("attempt", "limits", "now_s", "operation", "own", "service_s", "throttled", "user")

    def __init__(self, operation: Operation, now_s: float, attempt: int) -> None:
        self.operation = operation
        self.now_s = now_s
        self.attempt = attempt
        self.user = ""
        self.own = False
        self.service_s = 0.0
        self.throttled = False
        self.limits: tuple[Limit, ...] = ()


Handler = Callable[[Call, Context], Reply]


class Gate(Protocol):
    """Stands before the service time."""

    def check(self, call: Call, context: Context) -> Reply | None:
        """None where the call may pass, else its answer."""
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


class Api(Prompt):
    """The endpoint: gives every call its context and sends it past the gates to the handler."""

    def __init__(
        self, dialect: Dialect, gates: Sequence[Gate], service: Service, handler: Handler, journal: Journal
    ) -> None:
        self._classify = dialect.classify
        self._checks = tuple(gate.check for gate in gates)
        self._service = service
        self._handle = handler
        self._count = journal.count
        self._attempts: dict[tuple[str, str], int] = {}

    def begin(self, call: Call) -> Reply | Later:
        """Let in or turn away one call of a machine."""
        operation = self._classify(call)
        named = operation[1:3]
        attempt = self._attempts[named] = self._attempts.get(named, 0) + 1
        arrived_s = asyncio.get_running_loop().time()
        context = Context(operation, arrived_s, attempt)
        for check in self._checks:
            reply = check(call, context)
            if reply is not None:
                _let_go(context, arrived_s)
                return self._counted(context, arrived_s, reply)
        service_s = self._service.begin(context)
        finish = partial(self._finish, call, context, arrived_s)
        return Later(service_s, finish) if service_s > 0.0 else finish()

    def _finish(self, call: Call, context: Context, arrived_s: float) -> Reply:
        context.now_s = now_s = asyncio.get_running_loop().time()
        try:
            reply = self._handle(call, context)
        finally:
            _let_go(context, now_s)
        return self._counted(context, arrived_s, reply)

    def _counted(self, context: Context, arrived_s: float, reply: Reply) -> Reply:
        who = "integration" if context.own or not context.user else "background"
        self._count(who, context.operation.kind, arrived_s, reply.status, context.throttled)
        return reply


def _let_go(context: Context, now_s: float) -> None:
    for limit in context.limits:
        limit.ended(now_s, context.service_s, context.own)


class Authenticate:
    """Turns callers without a live token away."""

    def __init__(self, tokens: Tokens, faults: Faults, dialect: Dialect) -> None:
        self._find_user = tokens.user
        self._active = faults.active
        self._unauthorised = dialect.unauthorised

    def check(self, call: Call, context: Context) -> Reply | None:
        """Also where planned faults begin: expired credentials must be known before a token is looked at."""
        self._active(context.now_s)
        if context.operation.kind == "token":
            return None
        user = self._find_user(call.headers.get("authorization", ""), context.now_s)
        if user is None:
            return self._unauthorised(context.operation)
        context.user = user
        context.own = user == INTEGRATION
        return None


class Version:
    """Applies releases that are due, and turns away callers pinned to a retired version."""

    def __init__(self, releases: Releases, dialect: Dialect) -> None:
        self._gone = releases.gone
        self._unsupported = dialect.unsupported

    def check(self, call: Call, context: Context) -> Reply | None:
        """The vendor's "gone" for a retired version."""
        if self._gone(context.operation.version, context.now_s):
            return self._unsupported(context.operation)
        return None


class Limited:
    """Lets a call in when all limits of its operation have room; names the one that has none."""

    def __init__(self, limits: Limits, dialect: Dialect) -> None:
        self._some = limits.some
        self._refused = dialect.refused

    def check(self, call: Call, context: Context) -> Reply | None:
        """Takes all of the operation's limits (given back when the call ends), or none."""
        operation = context.operation
        limits = self._some(operation.limits)
        refusal = admit(limits, context.now_s, context.own)
        if refusal is None:
            context.limits = limits
            return None
        context.throttled = True
        reply = self._refused(operation, refusal.limit, refusal.wait_s)
        return reply._replace(headers={**reply.headers, "x-rehearsal-limit": refusal.limit})


class FaultsBefore:
    """Outages, broken connections and the errors of a brownout: nothing has happened yet."""

    def __init__(self, faults: Faults, dialect: Dialect) -> None:
        self._faults = faults
        self._dialect = dialect
        self._ambient = faults.has_ambient("reset") or faults.has_ambient("brownout")

    def check(self, call: Call, context: Context) -> Reply | None:
        """The answer of a system that is down, or struck."""
        if not self._faults.active(context.now_s) and not self._ambient:
            return None
        now_s, operation = context.now_s, context.operation
        outage = self._faults.outage(now_s, operation.kind)
        if outage is not None:
            mode = str(outage.parameters.get("mode", "refuse"))
            return {"hang": LOST, "reset": BROKEN}.get(mode) or self._dialect.unavailable(operation)
        if self._strikes("reset", context):
            return BROKEN
        if self._strikes("brownout", context, "error_share"):
            return self._dialect.failed(operation)
        return None

    def _strikes(self, kind: str, context: Context, parameter: str = "share") -> bool:
        operation = context.operation
        return self._faults.strikes(
            kind, context.now_s, operation.kind, operation.key, context.attempt, parameter
        )


class Service:
    """The vendor's service time. `slowness` is the load of others as a factor."""

    def __init__(self, latencies: Latencies, faults: Faults, slowness: Level) -> None:
        self._draw = latencies.draw
        self._faults = faults
        self._slowness = slowness

    def begin(self, context: Context) -> float:
        """Draw it, and tell the limits that count time."""
        operation, now_s = context.operation, context.now_s
        service_s = self._draw(operation.latency, operation.key, context.attempt) * self._slowness(now_s)
        if self._faults.active(now_s):
            service_s *= self._faults.latency_factor(now_s, operation.kind)
        context.service_s = service_s
        for limit in context.limits:
            limit.began(now_s, service_s, context.own)
        return service_s


class FaultsAfter:
    """The commit happens, the reply is lost on its way back (ambient for writes, or a scenario's fault)."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def wrap(self, handler: Handler) -> Handler:
        """The handler whose replies are sometimes lost."""
        faults = self._faults

        def faults_after(call: Call, context: Context) -> Reply:
            reply = handler(call, context)
            operation = context.operation
            if (operation.write or faults.active(context.now_s)) and faults.strikes(
                "lost_reply", context.now_s, operation.kind, operation.key, context.attempt
            ):
                return LOST
            return reply

        return faults_after
