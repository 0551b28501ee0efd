"""Exception records: what a person must settle, in the system people use; closed when the item passes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from kernel.time import BusinessTime
from pipeline.item import Back, Result
from pipeline.store import Store
from pipeline.trail import Trail
from pipeline.write_back import WriteBack

CAUSES = (
    "missing_attribute",
    "missing_reference",
    "policy",
    "closed_period",
    "validation",
    "auth",
    "timeout",
    "schema",
    "unknown",
)
OBJECT = "Integration_Exception__c"
FIELD = "Exception_Key__c"
GIVEN_UP = (
    f"SELECT {FIELD}, Flow__c, Business_Key__c, Version__c, Cause__c, Detail__c FROM {OBJECT}"
    " WHERE Status__c = 'Open' AND Cause__c = 'integration'"
)
"""What the org itself opened, when one of its hooks got no answer."""


class Exceptions:
    """Opens one record per flow, key and version; says nothing twice."""

    def __init__(self, store: Store, write_back: WriteBack, trail: Trail, time: BusinessTime) -> None:
        self._store = store
        self._open = store.table("exceptions")
        self._names: dict[str, list[str]] = {}
        for name, values in self._open.items():
            self._named(values["Flow__c"], values["Business_Key__c"]).append(name)
        self._write_back = write_back
        self._trail = trail
        self._time = time

    def open(
        self,
        flow: str,
        key: str,
        version: int,
        cause: str,
        detail: str,
        audience: str = "desk",
        amount_minor: int = 0,
        owner: str = "",
    ) -> None:
        """Open a record, or tell an open one its new cause. Version 0: the record could not even be read."""
        if cause not in CAUSES:
            cause, detail = "unknown", f"{cause}: {detail}"
        name = f"{flow}|{key}|{version}"
        if version == 0:
            name = next(iter(self._names.get(f"{flow}|{key}", ())), name)
            version = int(name.rpartition("|")[2])
        had = self._open.get(name)
        if had is not None and had["Cause__c"] == cause and had["Detail__c"] == detail[:255]:
            return
        values: dict[str, Any] = {
            "Flow__c": flow,
            "Business_Key__c": key,
            "Version__c": version,
            "Cause__c": cause,
            "Detail__c": detail[:255],
            "Audience__c": audience,
            "Amount_Minor__c": amount_minor,
            "Owner_Key__c": owner,
            "Status__c": "Open",
        }
        if had is None:
            self._named(flow, key).append(name)
        self._open.put(name, values)
        self._store.commit()
        stamp = self._time.stamp(asyncio.get_running_loop().time())
        opened = {} if had is not None else {"Opened_At__c": stamp, "Closed_At__c": None}
        self._send((flow, key, version), name, {**values, **opened})
        self._trail.step(flow, key, version, "exception", f"{cause}: {detail}")

    def close(self, flow: str, key: str) -> None:
        """Close every open record of the key: the item passed, or is no longer due."""
        for name in self._names.pop(f"{flow}|{key}", ()):
            version = self._open.get(name)["Version__c"]
            self._open.drop(name)
            stamp = self._time.stamp(asyncio.get_running_loop().time())
            closed = {"Status__c": "Closed", "Closed_At__c": stamp}
            self._send((flow, key, version), name, closed)
            self._trail.step(flow, key, version, "exception closed")
        self._store.commit()

    def adopt(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take over open records that the org itself opened, so that they too close with their item."""
        for row in rows:
            name = str(row["Exception_Key__c"])
            if self._open.get(name) is None and row.get("Flow__c") and row.get("Business_Key__c"):
                self._named(row["Flow__c"], row["Business_Key__c"]).append(name)
                self._open.put(name, {**row, "Version__c": int(row.get("Version__c") or 0)})
        self._store.commit()

    def _send(self, unit: tuple[str, str, int], name: str, values: Mapping[str, Any]) -> None:
        self._write_back.later(Back(OBJECT, FIELD, name, values), partial(self._not_written, unit))

    def _not_written(self, unit: tuple[str, str, int], result: Result) -> None:
        """No record of a record: the trail says that people cannot see this one (the metrics count it)."""
        self._trail.step(*unit, "exception not written", f"{result.cause}: {result.detail}")

    def _named(self, flow: str, key: str) -> list[str]:
        return self._names.setdefault(f"{flow}|{key}", [])

    def open_keys(self, flow: str) -> list[tuple[str, str]]:
        """(key, cause) of what is open in a flow."""
        return [
            (str(values["Business_Key__c"]), str(values["Cause__c"]))
            for _, values in self._open.items()
            if values["Flow__c"] == flow
        ]

    def of_cause(self, cause: str) -> list[tuple[str, str]]:
        """(flow, key) of what is open for this cause."""
        return [
            (str(values["Flow__c"]), str(values["Business_Key__c"]))
            for _, values in self._open.items()
            if values["Cause__c"] == cause
        ]

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open.items())
