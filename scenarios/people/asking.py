"""How a person asks a system: one call to a desk, and patience while the system is closed."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, TypeVar

import orjson

from scenarios.script import OPERATIONS, Act, Ask, Until, administration
from wire.call import Call, Reply

T = TypeVar("T")
Part = Generator[Act, Any, T]
"""A part of a script that comes to a value (used with `yield from`)."""

CLOSED = frozenset({503, 504, 0, -1})
"""What a desk answers while its system is down, or where the answer is lost."""

PATIENCE_S = 1800.0
"""How long a person waits before trying a closed system again (assumption)."""

TRIES = 200


def ask(role: str, verb: str, user: str, given: Mapping[str, Any]) -> Part[Reply]:
    """One act at the role's desk; a closed desk is tried again every half hour."""
    request = Ask(role, Call("POST", f"/desk/{verb}", {"x-user": user}, orjson.dumps(given)))
    return _patiently(request)


def operate(operation: str, user: str, given: Mapping[str, Any]) -> Part[Reply]:
    """One act at the integration's operations desk."""
    request = Ask(OPERATIONS, Call("POST", f"/operations/{operation}", {"x-user": user}, orjson.dumps(given)))
    return _patiently(request)


def administer(system: str, act: str, user: str, given: Mapping[str, Any]) -> Part[Reply]:
    """One act of a system's administrator."""
    path = f"/control/{act}"
    request = Ask(administration(system), Call("POST", path, {"x-user": user}, orjson.dumps(given)))
    return _patiently(request)


def told(reply: Reply) -> dict[str, Any]:
    """What a good answer says; nothing where it is a refusal."""
    if not reply.ok:
        return {}
    answer = reply.json()
    return answer if isinstance(answer, dict) else {}


def _patiently(request: Ask) -> Part[Reply]:
    reply: Reply = yield request
    for _ in range(TRIES):
        if reply.status not in CLOSED:
            break
        now_s: float = yield Until(0.0)
        yield Until(now_s + PATIENCE_S)
        reply = yield request
    return reply
