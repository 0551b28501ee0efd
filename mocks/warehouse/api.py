"""The warehouse's door for machines: facts in, questions out; no limits, every call counted.

Callers send the firm's own key: `authorization: Bearer <secret>`; there is no token to ask for.

POST /v1/facts {"facts": [{source, key, version, kind, committed_at, values}]}  -> {"accepted", "stale"}
POST /v1/query {"source"?, "kind"?, "keys"?: [...], "where"?: {name: value}, "count"?: true}
               -> {"facts": [...]} or {"counts": {"<source>/<kind>": n}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from kernel.time import BusinessTime
from mocks.faults import Faults
from mocks.gates import Context, Dialect, Handler, Operation
from mocks.journal import Entry, Journal
from mocks.tokens import INTEGRATION, Tokens
from mocks.warehouse.shelf import KINDS, Fact, Shelf
from wire.call import Call, Reply, json_reply

FACTS = "/v1/facts"
QUERY = "/v1/query"


class InvalidFactError(Exception):
    """A fact that the warehouse cannot keep, and why."""


def dialect() -> Dialect:
    """Plain words and statuses."""
    return Dialect(
        classify=classify,
        unauthorised=lambda operation: _error(401, "unauthorised"),
        unsupported=lambda operation: _error(410, "gone"),
        refused=lambda operation, limit, wait_s: _error(429, limit),
        unavailable=lambda operation: _error(503, "unavailable"),
        failed=lambda operation: _error(500, "internal error"),
    )


def classify(call: Call) -> Operation:
    """A load or a question."""
    if call.path.startswith(FACTS):
        return Operation("write", "write", write=True)
    return Operation("query", "query")


class ApiKey:
    """Turns away callers without the current key."""

    def __init__(self, tokens: Tokens, faults: Faults) -> None:
        self._tokens = tokens
        self._active = faults.active

    def check(self, call: Call, context: Context) -> Reply | None:
        """Whoever has the key is the integration."""
        self._active(context.now_s)
        if call.headers.get("authorization", "").rpartition(" ")[2] != self._tokens.secret:
            return _error(401, "unauthorised")
        context.user, context.own = INTEGRATION, True
        return None


def handler(shelf: Shelf, time: BusinessTime, journal: Journal) -> Handler:
    """The innermost step."""

    def handle(call: Call, context: Context) -> Reply:
        path = call.path.partition("?")[0]
        if call.method != "POST" or path not in {FACTS, QUERY}:
            return _error(404, "not found")
        try:
            body = call.json() or {}
            if path == QUERY:
                return json_reply(200, query(shelf, time, body))
            return json_reply(200, load(shelf, time, journal, body["facts"], (context.user, context.now_s)))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return _error(400, "a body of facts was expected")
        except InvalidFactError as error:
            return _error(400, str(error))

    return handle


def load(
    shelf: Shelf, time: BusinessTime, journal: Journal, told: list[Mapping[str, Any]], by: tuple[str, float]
) -> dict[str, int]:
    """Upsert facts, all or none; `by` is (who, when). Raises InvalidFactError."""
    who, now_s = by
    facts = [_fact(time, each, now_s) for each in told]
    accepted = 0
    for fact in facts:
        if shelf.put(fact):
            accepted += 1
            journal.write(
                Entry(now_s, fact.kind, f"{fact.source}/{fact.key}", fact.key, "upsert", who, fact.values)
            )
    return {"accepted": accepted, "stale": len(facts) - accepted}


def query(shelf: Shelf, time: BusinessTime, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The newest versions that fit, or how many there are by source and kind."""
    found = _found(shelf, asked)
    if not asked.get("count"):
        return {"facts": [_told(time, fact) for fact in found]}
    counts: dict[str, int] = {}
    for fact in found:
        name = f"{fact.source}/{fact.kind}"
        counts[name] = counts.get(name, 0) + 1
    return {"counts": counts}


def _found(shelf: Shelf, asked: Mapping[str, Any]) -> list[Fact]:
    source, kind = asked.get("source"), asked.get("kind")
    keys, where = asked.get("keys"), asked.get("where")
    if source is not None and keys is not None:
        found = [fact for key in keys if (fact := shelf.newest(source, key)) is not None]
    else:
        wanted = None if keys is None else frozenset(keys)
        found = [
            fact
            for fact in shelf.facts()
            if (source is None or fact.source == source) and (wanted is None or fact.key in wanted)
        ]
    if kind is not None:
        found = [fact for fact in found if fact.kind == kind]
    for name, value in where.items() if where else ():
        found = [fact for fact in found if fact.values.get(name) == value]
    return found


def _fact(time: BusinessTime, told: Mapping[str, Any], now_s: float) -> Fact:
    kind, committed = told["kind"], told["committed_at"]
    if kind not in KINDS:
        raise InvalidFactError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    try:
        committed_s = time.seconds(committed) if isinstance(committed, str) else float(committed)
        return Fact(
            told["source"],
            told["key"],
            int(told["version"]),
            kind,
            committed_s,
            now_s,
            told.get("values") or {},
        )
    except ValueError as error:
        raise InvalidFactError(f"{told.get('key')}: {error}") from None


def _told(time: BusinessTime, fact: Fact) -> dict[str, Any]:
    return {
        "source": fact.source,
        "key": fact.key,
        "version": fact.version,
        "kind": fact.kind,
        "committed_at": time.stamp(fact.committed_s),
        "values": fact.values,
    }


def _error(status: int, text: str) -> Reply:
    return json_reply(status, {"error": text})
