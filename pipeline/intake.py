"""Intake: the pipeline's door for call-outs; `POST /hooks/<hook name>`."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from pipeline.patterns.api import Api
from wire.call import Call, Reply, json_reply

_HOOKS = "/hooks/"


class Intake:
    """An Endpoint: hands each call-out to the process API that asked for it."""

    def __init__(self, apis: Sequence[Api]) -> None:
        self._apis = apis

    async def serve(self, call: Call) -> Reply:
        """The process API's answer; 404 for a hook that nobody here asked for."""
        if call.method != "POST" or not call.path.startswith(_HOOKS):
            return json_reply(404, {"error": "not found"})
        hook = call.path[len(_HOOKS) :]
        for api in self._apis:
            if api.knows(hook):
                try:
                    body = call.json()
                except orjson.JSONDecodeError:
                    return json_reply(400, {"error": "JSON expected"})
                return await api.call(hook, body if isinstance(body, dict) else {})
        return json_reply(404, {"error": f"no such hook: {hook}"})
