"""Operations: what an integration operator does: replay, renew a credential, apply a mapping, look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

import orjson

from pipeline import patience
from pipeline.connectors.names import Names
from pipeline.item import FORCED, Item
from pipeline.processing import Processing
from pipeline.sessions import Credentials
from pipeline.tasks import Tasks
from pipeline.trail import Step
from pipeline.workflows.stream import Stream, fits
from wire.call import Call, Reply, json_reply

_STOPPED_BY: Mapping[str, frozenset[str]] = {
    "validation_rule": frozenset({"validation"}),
    "require_field": frozenset({"missing_attribute", "validation"}),
    "retire_version": frozenset({"schema", "validation", "unknown"}),
}
"""Kind of a release to the causes of the exceptions that it makes."""

_PATIENCE_S = 12 * 3600.0
"""What an operator starts waits for slots as long as a sweep does: half a day."""

_TRAIL = "/operations/trail?after="

Act = Callable[[Mapping[str, Any]], Reply]
Compare = Callable[[Stream], Coroutine[Any, Any, None]]


class Operations:
    """An Endpoint: `/operations/{replay,credential,mapping,repair}` by POST, `/operations/status` by GET, and
    `/operations/trail?after=N`, which gives the steps that were noted after the first N.
    """

    def __init__(
        self,
        processing: Processing | None,
        credentials: Credentials,
        names: Mapping[str, Names],
        tasks: Tasks,
        renewed: Callable[[str], None],
        compare: Compare,
        trail: Sequence[Step],
    ) -> None:
        """`compare` is the sweep of one stream, now."""
        self._processing = processing
        self._compare = compare
        self._credentials = credentials
        self._names = names
        self._tasks = tasks
        self._renewed = renewed
        self._trail = trail
        self._acts: Mapping[str, Act] = {
            "/operations/replay": self._replay,
            "/operations/credential": self._credential,
            "/operations/mapping": self._mapping,
            "/operations/repair": self._repair,
        }

    async def serve(self, call: Call) -> Reply:
        """Do it, or say what is wrong with the request."""
        if call.method == "GET" and call.path == "/operations/status":
            return json_reply(200, self._status())
        if call.method == "GET" and call.path.startswith(_TRAIL):
            after = call.path[len(_TRAIL) :]
            known = int(after) if after.isdigit() else 0
            return json_reply(200, [list(step) for step in self._trail[known:]])
        act = self._acts.get(call.path)
        if call.method != "POST" or act is None:
            return json_reply(404, {"error": "not found"})
        try:
            return act(call.json() or {})
        except (KeyError, orjson.JSONDecodeError) as error:
            return json_reply(400, {"error": f"expected a body with {error}"})

    def _replay(self, given: Mapping[str, Any]) -> Reply:
        """Carry a key over again, or compare a whole stream, as the sweep would; answered at once."""
        flow, key = str(given["flow"]), str(given["key"])
        processing = self._processing
        if processing is None:
            return json_reply(409, {"error": "nothing runs here that could replay"})
        streams = [stream for stream in processing.streams.values() if stream.flow == flow]
        if not streams:
            return json_reply(404, {"error": f"no flow {flow}"})
        whole = [stream for stream in streams if stream.name == key]
        for stream in whole:
            self._tasks.start(_patiently(self._compare(stream)))
        by_key = [] if whole else self._concerned(streams, flow, key)
        for stream in by_key:
            item = Item(stream.name, key, mark=FORCED, order=key)
            processing.inbox.forget(item)
            self._tasks.start(_patiently(processing.one(item)))
        return json_reply(202, {"replayed": [stream.name for stream in (*whole, *by_key)]})

    def _concerned(self, streams: list[Stream], flow: str, key: str) -> list[Stream]:
        """Whose item it is, by who told people of it; else those whose keys look so."""
        processing = self._processing
        told = processing.services.exceptions.of(flow, key) if processing else []
        tellers = {open_.unit.stream for open_ in told}
        fitting = [stream for stream in streams if fits(stream, key)]
        return [stream for stream in fitting if stream.name in tellers] or fitting

    def _credential(self, given: Mapping[str, Any]) -> Reply:
        system = str(given["system"])
        self._credentials.change(system, str(given["secret"]))
        self._renewed(system)
        return json_reply(200, {"system": system})

    def _mapping(self, given: Mapping[str, Any]) -> Reply:
        """A vendor's rename or removal of a field, as the release tells it; what it stopped is replayed."""
        system, release = str(given["system"]), given["release"]
        if system not in self._names or "field" not in release:
            return json_reply(400, {"error": "a mapping names a system, and a release with object and field"})
        names = self._names[system]
        names.apply(str(release["object"]), str(release["field"]), str(release.get("to") or ""))
        return json_reply(200, {"system": system, "replayed": self._replayed(system, {"schema"})})

    def _repair(self, given: Mapping[str, Any]) -> Reply:
        """An administrator took a release back; what one of its kind stops is replayed."""
        system, kind = str(given["system"]), str(given["release"]["kind"])
        replayed = self._replayed(system, _STOPPED_BY.get(kind, frozenset()))
        return json_reply(200, {"system": system, "replayed": replayed})

    def _replayed(self, system: str, causes: Collection[str]) -> int:
        """How many are replayed: open exceptions of these causes, refused by this system or by none known.

        What people could not be told of meanwhile they are told now.
        """
        if self._processing is None:
            return 0
        exceptions = self._processing.services.exceptions
        exceptions.send_again()
        opened = exceptions.all()
        stopped = [one.unit for one in opened if one.cause in causes and one.system in {"", system}]
        for unit in stopped:
            self._replay({"flow": unit.flow, "key": unit.key})
        return len(stopped)

    def _status(self) -> dict[str, Any]:
        if self._processing is None:
            return {"dead_letters": [], "backlog": 0, "open_exceptions": 0, "metrics": {}}
        services = self._processing.services
        letters = [
            {
                "stream": letter.item.stream,
                "key": letter.item.key,
                "cause": letter.cause,
                "detail": letter.detail,
                "history": letter.history,
            }
            for letter in self._processing.dead_letters.all()
        ]
        return {
            "dead_letters": letters,
            "backlog": len(services.store.table("backlog").items()),
            "open_exceptions": len(services.exceptions.all()),
            "metrics": services.metrics.counts,
        }


async def _patiently(work: Coroutine[Any, Any, object]) -> None:
    """Neither it nor what waits for its turn behind it may wait for ever."""
    with patience.patient(asyncio.get_running_loop().time() + _PATIENCE_S):
        await work
