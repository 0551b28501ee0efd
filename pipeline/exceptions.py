"""Exception records: what a person must settle, in the system people use; closed when the item passes.

refused, a dead letter the sweep could not carry, a refused write-back ─> open ─┐
passed, or stands in its target whoever brought it there ───────────────> close ┴─> one record in the org
the org did not take what one says: kept, and said again at the sweep, at a repair, after a restart
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

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
    "write_back",
    "unknown",
)
OBJECT = "Integration_Exception__c"
FIELD = "Exception_Key__c"
GIVEN_UP = (
    f"SELECT {FIELD}, Flow__c, Business_Key__c, Version__c, Cause__c, Detail__c FROM {OBJECT}"
    " WHERE Status__c = 'Open' AND Cause__c = 'integration'"
)
"""What the org itself opened, when one of its hooks got no answer."""


class Unit(NamedTuple):
    """What a record is about. `stream` is who opened it ("" = the org itself), `key` a stream's name where it
    is about the whole stream, `version` 0 where the item could not even be read.
    """

    stream: str
    flow: str
    key: str
    version: int = 0

    @property
    def name(self) -> str:
        """The external id of its record."""
        return f"{self.flow}|{self.key}|{self.version}"


class Names(NamedTuple):
    """How a record about a whole stream names its items: the system they come from, the shape of their keys
    (globs), and since when none of them was compared.
    """

    source: str
    keys: str
    since_s: float


class Open(NamedTuple):
    """An open record: whom it is about, its values in the org, which system refused ("" = not known)."""

    unit: Unit
    values: Mapping[str, Any]
    system: str = ""

    @property
    def cause(self) -> str:
        """One of CAUSES, or "integration"."""
        return str(self.values["Cause__c"])


class Exceptions:
    """Opens one record per flow, key and version; says nothing twice."""

    def __init__(self, store: Store, write_back: WriteBack, trail: Trail, time: BusinessTime) -> None:
        self._store = store
        self._open = store.table("exceptions")
        self._unsent = store.table("exceptions.unsent")
        self._sending: set[str] = set()
        self._names: dict[tuple[str, str], dict[str, None]] = {}
        for name, open_ in self._open.items():
            self._named(open_.unit)[name] = None
        self._write_back = write_back
        self._trail = trail
        self._time = time

    def open(
        self,
        unit: Unit,
        cause: str,
        detail: str,
        audience: str = "desk",
        amount_minor: int = 0,
        owner: str = "",
        names: Names | None = None,
        system: str = "",
    ) -> None:
        """Open a record, or tell an open one its new cause; one of another version is out of date."""
        if cause not in CAUSES:
            cause, detail = "unknown", f"{cause}: {detail}"
        others = [self._open.get(name).unit for name in self._named(unit) if name != unit.name]
        if unit.version == 0 and others:
            unit = others[-1]._replace(stream=unit.stream)
        else:
            self._close(others)
        values: dict[str, Any] = {
            "Flow__c": unit.flow,
            "Business_Key__c": unit.key,
            "Version__c": unit.version,
            "Cause__c": cause,
            "Detail__c": detail[:255],
            "Audience__c": audience,
            "Amount_Minor__c": amount_minor,
            "Owner_Key__c": owner,
            "Status__c": "Open",
        }
        if names is not None:
            since = self._time.stamp(names.since_s)
            values |= {"Source__c": names.source, "Keys__c": names.keys, "Keys_Since__c": since}
        had: Open | None = self._open.get(unit.name)
        if had is not None and had.values == values:
            return
        self._keep(Open(unit, values, system))
        opened = {} if had is not None else {"Opened_At__c": self._now(), "Closed_At__c": None}
        self._send(unit, {**values, **opened})
        self._store.commit()
        self._trail.step(unit.flow, unit.key, unit.version, "exception", f"{cause}: {detail}")

    def close(self, stream: str, flow: str, key: str, orgs: bool = False) -> None:
        """Close what the stream has open on the key: it passed, stands, or is no longer due.

        `orgs`: what the org opened itself, too.
        """
        units = [self._open.get(name).unit for name in self._names.get((flow, key), ())]
        self._close([unit for unit in units if unit.stream == stream or (orgs and not unit.stream)])

    def _close(self, units: Sequence[Unit]) -> None:
        for unit in units:
            self._open.drop(unit.name)
            del self._named(unit)[unit.name]
            self._send(unit, {"Status__c": "Closed", "Closed_At__c": self._now()})
            self._trail.step(unit.flow, unit.key, unit.version, "exception closed")
        if units:
            self._store.commit()

    def adopt(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take over open records that the org itself opened, so that they too close with their item."""
        for row in rows:
            if self._open.get(str(row[FIELD])) is None and row.get("Flow__c") and row.get("Business_Key__c"):
                unit = Unit("", row["Flow__c"], row["Business_Key__c"], int(row.get("Version__c") or 0))
                self._keep(Open(unit, row))
        self._store.commit()

    def _keep(self, open_: Open) -> None:
        self._named(open_.unit)[open_.unit.name] = None
        self._open.put(open_.unit.name, open_)

    def _named(self, unit: Unit) -> dict[str, None]:
        return self._names.setdefault((unit.flow, unit.key), {})

    def _now(self) -> str:
        return self._time.stamp(asyncio.get_running_loop().time())

    def _send(self, unit: Unit, values: Mapping[str, Any]) -> None:
        """Kept till the org takes it: what is told once only is else never known there, once refused."""
        _, unsent = self._unsent.get(unit.name, (unit, {}))
        self._unsent.put(unit.name, (unit, {**unsent, **values}))
        self._say(unit)

    def send_again(self) -> None:
        """Say what the org refused, or what was waiting when the pipeline stopped, once more."""
        for name, (unit, _) in self._unsent.items():
            if name not in self._sending:
                self._say(unit)

    def _say(self, unit: Unit) -> None:
        self._sending.add(unit.name)
        values = self._unsent.get(unit.name)[1]
        self._write_back.later(Back(OBJECT, FIELD, unit.name, values), partial(self._answered, unit))

    def _answered(self, unit: Unit, result: Result) -> None:
        """No record of a record: where it is refused, the trail says that people cannot see this one yet."""
        self._sending.discard(unit.name)
        if result.ok:
            self._unsent.drop(unit.name)
            self._store.commit()
        else:
            detail = f"{result.cause}: {result.detail}"
            self._trail.step(unit.flow, unit.key, unit.version, "exception not written", detail)

    def all(self) -> list[Open]:
        """What is open, oldest first."""
        return [open_ for _, open_ in self._open.items()]

    def of(self, flow: str, key: str) -> list[Open]:
        """What is open on one key."""
        return [self._open.get(name) for name in self._names.get((flow, key), ())]
