"""Workday's door for machines: WS-Security, what a call is before it is read, and the vendor's faults."""

from __future__ import annotations

import re
from xml.sax.saxutils import unescape

from mocks.faults import Faults
from mocks.gates import Context, Dialect, Handler, Operation
from mocks.tokens import INTEGRATION, Tokens
from mocks.workday.get_workers import GetWorkers
from mocks.workday.soap import authentication_fault, processing_fault, read, throttled_fault
from wire.call import Call, Reply

SERVICE = "/ccx/service/rehearsal/Human_Resources/"
_VERSION = re.compile(r"/v(\d+\.\d)$")
_USERNAME = re.compile(rb"Username>([^<@]*)@?[^<]*<")
_PASSWORD = re.compile(rb"Password[^>]*>([^<]*)<")
_ID = re.compile(rb"ID [^>]*_ID[\"']>([^<]*)<")
_LIMITS = ("calls_per_s", "calls_24h")


def dialect() -> Dialect:
    """How Workday words what the gates have to say: always a fault, always HTTP 500."""
    return Dialect(
        classify=classify,
        unauthorised=lambda operation: authentication_fault(),
        unsupported=lambda operation: processing_fault("The web service version is not supported."),
        refused=lambda operation, limit, wait_s: throttled_fault(),
        unavailable=lambda operation: Reply(503, {"content-type": "text/html"}, b"Service unavailable"),
        failed=lambda operation: processing_fault("An internal error occurred."),
    )


def classify(call: Call) -> Operation:
    """By id, a delta poll, or a full extract."""
    found = _VERSION.search(call.path)
    version = float(found.group(1)) if found else 0.0
    body = call.body
    if b"Request_References" in body:
        named = _ID.search(body)
        key = named.group(1).decode() if named else ""
        return Operation("read", "by_id", key, limits=_LIMITS, version=version)
    kind = "poll" if b"Transaction_Date_Range_Data" in body else "query"
    return Operation(kind, "get_workers", limits=_LIMITS, version=version)


class WsSecurity:
    """Turns away callers whose UsernameToken (`integration@rehearsal`, the secret) is not current."""

    def __init__(self, tokens: Tokens, faults: Faults) -> None:
        self._tokens = tokens
        self._active = faults.active

    def check(self, call: Call, context: Context) -> Reply | None:
        """The vendor's fault where name or password is wrong."""
        self._active(context.now_s)
        username, password = _USERNAME.search(call.body), _PASSWORD.search(call.body)
        if (
            username is None
            or password is None
            or unescape(password.group(1).decode()) != self._tokens.secret
        ):
            return authentication_fault()
        context.user = username.group(1).decode()
        context.own = context.user == INTEGRATION
        return None


def handler(get_workers: GetWorkers) -> Handler:
    """The innermost step: the one operation that is served."""

    def handle(call: Call, context: Context) -> Reply:
        request = read(call.body)
        if request is None or not call.path.startswith(SERVICE):
            return processing_fault("Invalid request.")
        if request.operation != "Get_Workers":
            return processing_fault("The task submitted is not authorized.")
        return get_workers.answer(request, context.operation.version, context.now_s)

    return handle
