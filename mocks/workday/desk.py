"""What HR people do in Workday: hires, leavers, transfers, rate changes, each with its day of effect.

Business processes complete when the person saves: approvals inside HR are not part of what is rehearsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kernel.time import BusinessTime
from mocks.desk import Verb
from mocks.journal import Entry, Journal
from mocks.workday.history import ATTRIBUTES, Change, Fields, History

_HIRED = frozenset(ATTRIBUTES) - {"active", "vendor"}
_TRANSFERRED = frozenset({"entity", "practice", "manager", "region"})


class RefusedError(Exception):
    """What the screen tells the person."""


class PeopleDesk:
    """The verbs of roles.HCM over one tenant's history; `zones` maps a legal entity to its time zone."""

    def __init__(
        self,
        history: History,
        journal: Journal,
        time: BusinessTime,
        zones: Mapping[str, str],
        hq_zone: str,
    ) -> None:
        self._history = history
        self._journal = journal
        self._time = time
        self._zones = zones
        self._hq_zone = hq_zone

    def verbs(self) -> Mapping[str, Verb]:
        """Verb to what it does: (parameters, user, now in seconds) to the answer."""
        return {
            "worker.hire": self._hire,
            "worker.terminate": self._terminate,
            "worker.transfer": self._transfer,
            "worker.rate": self._rate,
            "worker.list": self._list,
        }

    def _hire(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, str]:
        missing = sorted(name for name in _HIRED if given.get(name) in {None, ""})
        if missing:
            raise RefusedError(f"Required: {', '.join(missing)}.")
        standing = self._history.of(given["worker"])
        if standing and standing[-1].fields.get("active", True):
            raise RefusedError(f"Worker {given['worker']} already exists.")
        fields = {name: given.get(name, "") for name in ATTRIBUTES} | {"active": True}
        return self._enter("hire", given, user, now_s, fields)

    def _terminate(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, str]:
        return self._change("terminate", given, user, now_s, {"active": False})

    def _transfer(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, str]:
        fields = {name: value for name, value in given["fields"].items() if name in _TRANSFERRED}
        if not fields:
            raise RefusedError("A transfer changes entity, practice, manager or region.")
        return self._change("transfer", given, user, now_s, fields)

    def _rate(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, str]:
        return self._change("rate", given, user, now_s, {"cost_rate_minor": int(given["cost_rate_minor"])})

    def _change(
        self, kind: str, given: Mapping[str, Any], user: str, now_s: float, fields: Fields
    ) -> dict[str, str]:
        if not self._history.knows(given["worker"]):
            raise RefusedError(
                f"Invalid ID value.  '{given['worker']}' is not a valid ID value for type = 'Employee_ID'"
            )
        return self._enter(kind, given, user, now_s, fields)

    def _enter(
        self, kind: str, given: Mapping[str, Any], user: str, now_s: float, fields: Fields
    ) -> dict[str, str]:
        worker, day = given["worker"], given["effective"]
        entity = str(fields.get("entity") or self._entity(worker))
        effective_s = self._time.at(date.fromisoformat(day), "00:00", self._zones.get(entity, self._hq_zone))
        change = self._history.enter(worker, kind, (day, effective_s), (now_s, user), fields)
        self._journal.write(Entry(now_s, "Worker", change.change, change.key, kind, user, fields))
        return {"change": change.change}

    def _entity(self, worker: str) -> str:
        for change in reversed(self._history.of(worker)):
            if "entity" in change.fields:
                return str(change.fields["entity"])
        return ""

    def _list(self, given: Mapping[str, Any], user: str, now_s: float) -> dict[str, Any]:
        """Changes after the sequence number `since_change`, each with the worker's data from its day on."""
        since = int(given.get("since_change") or 0)
        changes = self._history.changes[since:]
        return {"changes": [self._listed(since + i + 1, change, now_s) for i, change in enumerate(changes)]}

    def _listed(self, sequence: int, change: Change, now_s: float) -> dict[str, Any]:
        state = self._history.state(change.worker, max(change.effective_s, now_s), now_s)
        return {
            "sequence": sequence,
            "change": change.change,
            "key": change.key,
            "worker": change.worker,
            "kind": change.kind,
            "effective": change.effective,
            "due_s": change.due_s,
            "fields": dict(change.fields),
            "data": dict(state.attributes) if state else dict(change.fields),
        }
