"""NetSuite's door for machines: what a call is before it is read, tokens, the vendor's refusals."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

from mocks.gates import Context, Dialect, Handler, Operation
from mocks.netsuite.errors import concurrency_exceeded, invalid_login, problem, unexpected
from mocks.netsuite.rest import Rest
from mocks.tokens import INTEGRATION, Tokens
from wire.call import Call, Reply, json_reply

TOKEN = "/services/rest/auth/oauth2/v1/token"
_SLOT = ("account_concurrency",)
_RECORDS = "/services/rest/record/v1/"
_TOKEN = Operation("token", "token")
_QUERY = Operation("query", "query", limits=_SLOT)
_OTHER = Operation("read", "poll", limits=_SLOT)


def dialect() -> Dialect:
    """How NetSuite words what the gates have to say."""
    return Dialect(
        classify=classify,
        unauthorised=lambda operation: invalid_login(),
        unsupported=lambda operation: problem(404, "NOT_FOUND", "This version is no longer supported."),
        refused=lambda operation, limit, wait_s: concurrency_exceeded(),
        unavailable=lambda operation: problem(
            503, "SERVICE_UNAVAILABLE", "The service is down for maintenance."
        ),
        failed=lambda operation: unexpected(operation.key or operation.kind),
    )


def classify(call: Call) -> Operation:
    """Tokens take no slot; all else takes one of the account's."""
    path = call.path
    if path.startswith(_RECORDS):
        return _record(call, path[len(_RECORDS) :])
    if path == TOKEN:
        return _TOKEN
    if path.startswith("/services/rest/query/"):
        return _QUERY
    if path.startswith("/services/rest/async/"):
        return Operation("job", "poll", path.rsplit("/job/", 1)[-1], limits=_SLOT)
    return _OTHER


def _record(call: Call, rest: str) -> Operation:
    key = rest.partition("/eid:")[2] or rest
    if "%" in key:
        key = unquote(key)
    if call.method == "GET":
        return Operation("read", "read", key, limits=_SLOT)
    if "respond-async" in call.headers.get("prefer", ""):
        key = call.headers.get("x-netsuite-idempotency-key", key)
        return Operation("bulk", "submit", key, write=True, limits=_SLOT)
    return Operation("write", "write", key, True, _SLOT)


def handler(rest: Rest, tokens: Tokens, token_life_s: float) -> Handler:
    """The innermost step: a token, or the REST services."""

    def handle(call: Call, context: Context) -> Reply:
        if context.operation.kind == "token":
            return _token(call, context.now_s, tokens, token_life_s)
        return rest.handle(call, context.user, context.now_s)

    return handle


def _token(call: Call, now_s: float, tokens: Tokens, life_s: float) -> Reply:
    """Machine to machine: the secret stands where the assertion's signature does (`head.payload.secret`)."""
    form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    if form.get("grant_type") != "client_credentials":
        return json_reply(400, {"error": "unsupported_grant_type"})
    secret = form.get("client_assertion", "").rsplit(".", 1)[-1]
    token = tokens.issue(form.get("client_id", INTEGRATION), secret, now_s)
    if token is None:
        return json_reply(401, {"error": "invalid_client"})
    return json_reply(200, {"access_token": token, "expires_in": str(int(life_s)), "token_type": "Bearer"})
