"""The warehouse: facts in, questions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import orjson

from pipeline.client import Client
from pipeline.failures import RefusedError
from wire.call import Reply

_JSON = {"content-type": "application/json"}
_MOST = 1000


def read(reply: Reply) -> str:
    """The warehouse's way to say that it did not take the call."""
    if reply.status < 400:
        return ""
    if reply.status == 401:
        return "auth"
    if reply.status == 429:
        return "throttled"
    return "down" if reply.status >= 500 else ""


class Warehouse:
    """Loads facts (source, key, version, kind, committed_at, values) and asks for them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def load(self, facts: Sequence[Mapping[str, Any]], deadline_s: float = inf) -> None:
        """Upsert facts, at most 1,000 a call. Raises RefusedError and UnreachableError."""
        for start in range(0, len(facts), _MOST):
            body = orjson.dumps({"facts": facts[start : start + _MOST]})
            _raise(await self._client.send("POST", "/v1/facts", body, _JSON, deadline_s))

    async def query(self, asked: Mapping[str, Any], deadline_s: float = inf) -> dict[str, Any]:
        """The answer to {source, kind, keys, where, count}. Raises as `load`."""
        reply = await self._client.send("POST", "/v1/query", orjson.dumps(asked), _JSON, deadline_s)
        _raise(reply)
        told: dict[str, Any] = reply.json()
        return told


def _raise(reply: Reply) -> None:
    if reply.status >= 400:
        detail = reply.body[:200].decode("utf-8", "replace")
        raise RefusedError("validation", detail, system="warehouse")
