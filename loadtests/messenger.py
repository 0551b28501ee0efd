"""Asks members of a live run over HTTP, from outside: plain blocking calls, in real seconds."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import orjson

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Loopback needs no proxy, whatever the environment names."""


class UnansweredError(Exception):
    """Nobody answered, or with a refusal; the message says who and what."""


def ask(address: str, path: str, body: Any = None, timeout_s: float = 30.0) -> Any:
    """The JSON that comes back; a GET without a body, else a POST. Raises UnansweredError."""
    data = None if body is None else orjson.dumps(body)
    request = urllib.request.Request(address + path, data, {"content-type": "application/json"})
    try:
        with _OPENER.open(request, timeout=timeout_s) as answer:
            return orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise UnansweredError(f"{address}{path}: {error.code} {error.read()[:300].decode()}") from None
    except (OSError, ValueError) as error:
        raise UnansweredError(f"{address}{path}: {error}") from None
