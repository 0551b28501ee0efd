"""Salesforce's door for machines: what a call is before it is read, tokens, the org's refusals."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote

from mocks.gates import Context, Dialect, Handler, Operation
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.rest import DATA, Rest
from mocks.salesforce.schema import VERSION
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Call, Reply, json_reply

TOKEN = "/services/oauth2/token"
HOST = "https://rehearsal.my.salesforce.com"
_QUOTA = ("daily_api_requests", "long_running")
_SINCE = re.compile(r"(?:LastModifiedDate|SystemModstamp)(?:%20|\+| )*(?:%3E|>)", re.IGNORECASE)
_NAMED = re.compile(rb"(?:/sobjects/\w+/\w+/|%27|= ')([\w.@-]+)")
_DATA = len(DATA)
_NAMING = (b"/sobjects/", b"%27", b"= '")
"""With what each of its alternatives begins."""
_VERSIONS = (65.0, 66.0, 67.0)


def dialect() -> Dialect:
    """How Salesforce words what the gates have to say."""
    gone = RefusedError("UNSUPPORTED_API_VERSION", "The requested API version is no longer supported.")
    expired = RefusedError("INVALID_SESSION_ID", "Session expired or invalid").reply()
    down = RefusedError("SERVER_UNAVAILABLE", "The service is temporarily unavailable.").reply()
    failed = json_reply(500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred."}])
    return Dialect(
        classify=classify,
        unauthorised=lambda operation: expired,
        unsupported=lambda operation: gone.reply(),
        refused=_refused,
        unavailable=lambda operation: down,
        failed=lambda operation: failed,
    )


def _refused(operation: Operation, limit: str, wait_s: float) -> Reply:
    told = {
        "long_running": "ConcurrentPerOrgLongTxn Limit exceeded.",
        "event_deliveries_24h": "403::Organization total events daily limit exceeded",
    }
    return RefusedError("REQUEST_LIMIT_EXCEEDED", told.get(limit, "TotalRequests Limit exceeded.")).reply()


def classify(call: Call) -> Operation:
    """Tokens are free; all else counts one call, however much it carries."""
    path = call.path
    if not path.startswith(DATA):
        if path == TOKEN:
            return Operation("token", "token")
        return Operation("describe", "describe", limits=_QUOTA)
    text, _, rest = path[_DATA:].partition("/")
    version = VERSION if text == "67.0" else _version(text)
    method = call.method
    if rest.startswith("query"):
        # A call's key is what its luck hangs on: the object, not the literals of this moment.
        kind = "poll" if _polls(rest) else "query"
        return Operation(kind, "query", rest.partition("FROM")[2][:40], limits=_QUOTA, version=version)
    if rest.startswith("composite"):
        write = b'"PATCH"' in call.body or b'"POST"' in call.body or rest != "composite"
        key = _named(call.body) or rest
        return Operation("bulk", "composite", key, write=write, limits=_QUOTA, version=version)
    if rest.startswith("sobjects"):
        return _record(method, rest, version)
    if rest.startswith("jobs"):
        kind = "job" if method == "GET" else "bulk"
        return Operation(kind, "job", rest[5:40], write=method != "GET", limits=_QUOTA, version=version)
    return Operation("describe", "describe", limits=_QUOTA, version=version)


def _polls(rest: str) -> bool:
    """Whether a query asks for what changed since an instant: what stands before WHERE is not looked at."""
    where = rest.find("WHERE")
    return _SINCE.search(rest, where if where > 0 else 0) is not None


def _named(body: bytes) -> str:
    """The first key in a composite: looked for from where one can begin, since bodies are long."""
    starts = [place for place in map(body.find, _NAMING) if place >= 0]
    found = _NAMED.search(body, min(starts)) if starts else None
    return found.group(1).decode() if found else ""


def _record(method: str, rest: str, version: float) -> Operation:
    path = rest.partition("?")[0]
    key = path.rpartition("/")[2]
    if "%" in key:
        key = unquote(key)
    if key == "describe":
        return Operation("describe", "describe", limits=_QUOTA, version=version)
    if method == "GET":
        return Operation("read", "read", key, limits=_QUOTA, version=version)
    return Operation("write", "write", key, write=True, limits=_QUOTA, version=version)


def _version(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return VERSION


def handler(rest: Rest, tokens: Tokens) -> Handler:
    """The innermost step: a token, the versions, or the data API."""

    def handle(call: Call, context: Context) -> Reply:
        if context.operation.kind == "token":
            return _token(call, context.now_s, tokens)
        if not call.path.startswith(DATA):
            return _versions(call)
        return rest.handle(call, context)

    return handle


def _versions(call: Call) -> Reply:
    if call.path.rstrip("/") != "/services/data":
        return RefusedError("NOT_FOUND", "The requested resource does not exist").reply()
    listed = [
        {"label": f"Release {version:.0f}", "url": f"{DATA}{version}", "version": str(version)}
        for version in _VERSIONS
    ]
    return json_reply(200, listed)


def _token(call: Call, now_s: float, tokens: Tokens) -> Reply:
    form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    if form.get("grant_type") != "client_credentials":
        return json_reply(
            400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"}
        )
    token = tokens.issue(form.get("client_id", INTEGRATION), form.get("client_secret", ""), now_s)
    if token is None:
        return json_reply(400, {"error": "invalid_grant", "error_description": "authentication failure"})
    told = {
        "access_token": token,
        "instance_url": HOST,
        "id": f"{HOST}/id/00D000000000001AAA/005000000000001AAA",
        "token_type": "Bearer",
        "issued_at": str(int(now_s * 1000)),
        "signature": "rehearsal",
    }
    return json_reply(200, told)
