"""API-led: a hook or a person calls a process API, which answers only after the target confirmed.

Nothing is queued inside. A call waits for worker and target no longer than its caller's timeout, then fails
to its caller. A refusal told in time stands on the record, where the source writes it. Where the source has
no hook, a poll calls the same step; the next poll takes what failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from pipeline import patience, schema
from pipeline.failures import SchemaError
from pipeline.item import Item, Outcome
from pipeline.processing import Processing
from pipeline.workflows.stream import Hook, Stream, batched
from wire.call import Reply, json_reply

_OWN = "integration"
"""The user as which the pipeline signs in: nobody looks at what it saved itself."""
_NOTHING_TO_SAY = json_reply(200, {"advice": None})


class Api:
    """The process APIs of the streams that run so."""

    def __init__(self, processing: Processing, hooks: Sequence[tuple[Stream, Hook]]) -> None:
        self._processing = processing
        self._settings = processing.services.settings
        self._hooks = {hook.name: (stream, hook) for stream, hook in hooks}

    def knows(self, hook: str) -> bool:
        """Whether one of its streams is started by this hook."""
        return hook in self._hooks

    async def call(self, name: str, body: Mapping[str, Any]) -> Reply:
        """The answer to one call-out, after the target confirmed."""
        stream, hook = self._hooks[name]
        body = self._processing.services.salesforce.call_out(body)
        try:
            schema.demand(body.get("fields") or {}, hook.fields, hook.system, hook.object)
        except SchemaError as failed:
            self._processing.unheard(stream, failed)
            return _refusal(failed.detail, failed.cause) if hook.mode == "sync" else _NOTHING_TO_SAY
        item = stream.from_hook(name, body)
        if item is None:
            return _NOTHING_TO_SAY
        item = item._replace(handed_s=self._saved_s(body))
        deadline_s = asyncio.get_running_loop().time() + self._settings.caller_timeout_s
        with patience.patient(deadline_s):
            outcome = await self._processing.one(item, deadline_s, write_back_now=True, told=True)
        sync = hook.mode == "sync"
        shown = sync or self._processing.seen(item, "api")
        if outcome.state == "refused" and not (shown and outcome.curable):
            self._processing.report(stream, outcome)
            if not sync:
                return _NOTHING_TO_SAY
        return _answer(outcome, sync)

    def _saved_s(self, body: Mapping[str, Any]) -> float:
        """When a person saved it, who looks for a while; a late call or a retry may come after that."""
        saved_at = body.get("saved_at") if body.get("user") != _OWN else None
        return self._settings.time.seconds(saved_at) if isinstance(saved_at, str) else -inf

    async def polled(self, stream: Stream, items: list[Item]) -> float | None:
        """Items of a poll, each through the same step; the earliest hand-over that failed, to read again."""
        if batched(stream):
            outcomes = await self._processing.many(stream, items, by="api")
        else:
            outcomes = await asyncio.gather(
                *(self._processing.one(item, write_back_now=True, by="api") for item in items)
            )
        failed = [outcome.item.handed_s for outcome in outcomes if outcome.state == "failed"]
        return min(failed, default=None)


def _refusal(detail: str, cause: str) -> Reply:
    """What a person who waits reads on the screen."""
    return json_reply(200, {"refusal": detail, "cause": cause})


def _answer(outcome: Outcome, sync: bool) -> Reply:
    if outcome.state == "refused":
        if sync:
            return _refusal(outcome.detail, outcome.cause)
        return json_reply(422, {"error": outcome.detail, "cause": outcome.cause})
    if outcome.state == "failed":
        status = outcome.status or 503
        return json_reply(status, {"error": outcome.detail, "cause": outcome.cause})
    return json_reply(200, {"advice": outcome.advice or None})
