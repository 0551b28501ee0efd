"""The desk: what a system's people do, as `POST /desk/<verb>` with header `x-user` and a JSON body.

A verb is a function (parameters, user, now in seconds) to its answer, or to a coroutine of it where something
must be waited for (a synchronous hook). No quota, no service time; an outage of the system closes it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from inspect import iscoroutine
from typing import Any

import orjson

from mocks.body import MissingError, UnsoundError, act_of
from mocks.journal import Journal
from wire.call import Call, Prompt, Reply, json_reply

Verb = Callable[[Mapping[str, Any], str, float], Any]
_PREFIX = "/desk/"
_CLOSED = json_reply(503, {"error": "the system is down"})


class Desk(Prompt):
    """The endpoint. `refusal` words the vendor's own exceptions (None = a bug, which ends the run)."""

    def __init__(
        self,
        verbs: Mapping[str, Verb],
        journal: Journal,
        refusal: Callable[[Exception], Reply | None],
        up: Callable[[float], bool],
    ) -> None:
        self.verbs = verbs
        self._journal = journal
        self._refusal = refusal
        self._up = up

    def begin(self, call: Call) -> Reply | Coroutine[Any, Any, Reply]:
        """Answer one act of a person, where a verb waits, after it has waited."""
        now_s = asyncio.get_running_loop().time()
        answer = self._answered(call, now_s)
        if isinstance(answer, Reply):
            self._journal.count("people", "desk", now_s, answer.status)
            return answer
        return self._awaited(answer, now_s)

    def _answered(self, call: Call, now_s: float) -> Reply | Coroutine[Any, Any, Any]:
        if not self._up(now_s):
            return _CLOSED
        verb = self.verbs.get(call.path[len(_PREFIX) :])
        if verb is None or call.method != "POST":
            return json_reply(404, {"error": f"no such act: {call.method} {call.path}"})
        try:
            answer = verb(act_of(call.json()), call.headers.get("x-user", ""), now_s)
            return answer if iscoroutine(answer) else json_reply(200, answer)
        except Exception as error:
            return self._worded(error)

    async def _awaited(self, answer: Coroutine[Any, Any, Any], now_s: float) -> Reply:
        try:
            reply = json_reply(200, await answer)
        except Exception as error:
            reply = self._worded(error)
        self._journal.count("people", "desk", now_s, reply.status)
        return reply

    def _worded(self, error: Exception) -> Reply:
        """What a person is told; raises what is a bug."""
        if isinstance(error, MissingError):
            return json_reply(400, {"error": f"missing parameter: {error}"})
        if isinstance(error, UnsoundError):
            return json_reply(400, {"error": str(error)})
        if isinstance(error, orjson.JSONDecodeError):
            return json_reply(400, {"error": "the body is not JSON"})
        reply = self._refusal(error)
        if reply is None:
            raise error
        return reply
