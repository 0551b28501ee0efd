"""Row locks: writing a project's child locks the project; two machines' writes at once can fail for it.

A write whose span (arrival to commit) overlaps that of another call to the same project meets its lock with
the probability `row_lock_parallel`; any child write with the small `row_lock` (somebody else's lock).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mocks.faults import Faults
from mocks.salesforce.errors import locked
from mocks.salesforce.org import Org
from mocks.store import Record

_PARENT = "pse__Project__c"


class Call(Protocol):
    """The span of the call that writes."""

    @property
    def arrived_s(self) -> float: ...

    @property
    def now_s(self) -> float: ...


class Locks:
    """Who holds what; only machines' calls count, since a person's save is over at once."""

    def __init__(self, org: Org, faults: Faults) -> None:
        self._faults = faults
        self._children = frozenset(name for name, kind in org.schema.types.items() if _PARENT in kind.fields)
        self._key_fields = org.key_fields
        self._last: dict[str, tuple[float, float, Call]] = {}
        self._attempts: dict[str, int] = {}

    def take(self, object_: str, values: Mapping[str, Any], record: Record | None, call: Call) -> None:
        """Lock the parent for this write. Raises RefusedError UNABLE_TO_LOCK_ROW."""
        if object_ not in self._children:
            return
        parent = values.get(_PARENT) or (record or {}).get(_PARENT)
        if not parent:
            return
        last = self._last.get(parent)
        parallel = (
            last is not None and last[2] is not call and call.arrived_s < last[1] and last[0] < call.now_s
        )
        kind = "row_lock_parallel" if parallel else "row_lock"
        faults, now_s = self._faults, call.now_s
        if faults.has_ambient(kind) or faults.active(now_s):
            field = self._key_fields[object_]
            key = str(values.get(field) or (record or {}).get(field) or parent)
            attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
            if faults.strikes(kind, now_s, object_, key, attempt) or (
                parallel and faults.strikes("row_lock", now_s, object_, key, attempt)
            ):
                raise locked(parent)
        self._last[parent] = (call.arrived_s, now_s, call)
