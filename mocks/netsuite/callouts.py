"""User-event callouts: a script that posts a saved record to somebody, once, with nobody to try again.

Off unless an administrator registers one: POST /control/hooks {hook, object, on?, when?, path?}. `on` is
create, update or any; `when` maps a field to the values that matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mocks.faults import Faults
from mocks.netsuite.objects import TYPES
from mocks.store import Record
from mocks.tasks import Tasks
from wire.call import Transport, json_call

TIMEOUT_S = 45.0
"""N/https gives up after 45 s (assumption: SuiteScript's documented default at the time of writing)."""

Saved = Callable[[Record, str, Mapping[str, Any], str, float], None]
"""(record, insert or update, changed fields, user, now): told after each commit."""


class _Hook(NamedTuple):
    name: str
    on: str
    when: Mapping[str, tuple[Any, ...]]
    path: str


class Callouts:
    """The account's scripts by record type."""

    def __init__(self, transport: Transport | None, tasks: Tasks, faults: Faults) -> None:
        self._transport = transport
        self._tasks = tasks
        self._faults = faults
        self._hooks: dict[str, list[_Hook]] = {}

    def register(self, given: Mapping[str, Any], now_s: float) -> dict[str, str]:
        """Deploy a script. Raises KeyError for a type that is not there."""
        kind = TYPES[str(given["object"]).lower()].name.lower()
        when = {field: tuple(values) for field, values in (given.get("when") or {}).items()}
        name = str(given["hook"])
        hook = _Hook(name, str(given.get("on", "any")), when, str(given.get("path") or f"/hooks/{name}"))
        self._hooks.setdefault(kind, []).append(hook)
        return {"hook": name}

    def saved(self, record: Record, op: str, changes: Mapping[str, Any], user: str, now_s: float) -> None:
        """Post to those whose script fits the change."""
        for hook in self._hooks.get(record["_kind"], ()) if self._hooks else ():
            if _fits(hook, record, op) and self._transport is not None:
                key = str(record.get("custbody_source_key") or record.get("entityId") or "")
                body = {
                    "hook": hook.name,
                    "object": TYPES[record["_kind"]].name,
                    "id": record["id"],
                    "key": key,
                    "record": {name: value for name, value in changes.items() if name[0] != "_"},
                    "user": user,
                    "attempt": 1,
                }
                if not self._faults.strikes("lost_event", now_s, "hook", f"{hook.name}|{key}", 1):
                    self._tasks.start(self._post(self._transport, hook.path, body))

    async def _post(self, transport: Transport, path: str, body: Mapping[str, Any]) -> None:
        try:
            await transport.send(json_call("POST", path, body), TIMEOUT_S)
        except (TimeoutError, ConnectionError):
            return  # One attempt: what is lost here, the integration must find by itself.


def _fits(hook: _Hook, record: Record, op: str) -> bool:
    wanted = {"create": "insert", "update": "update"}.get(hook.on, op)
    return op == wanted and all(record.get(field) in values for field, values in hook.when.items())
