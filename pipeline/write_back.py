"""Write-back: values that go back into the source, coalesced into collections or sent at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipeline.connectors.salesforce import Salesforce
from pipeline.failures import UnreachableError
from pipeline.item import Back, Result
from pipeline.metrics import Metrics
from pipeline.tasks import Tasks

_Group = tuple[str, str]
Answered = Callable[[Result], None]
"""Told of a row that the source refuses as it is, and of one taken with nothing newer to say of its key."""


class WriteBack:
    """Rows wait for at most `after_s`, or until an object has `most` of them; a key's last value wins."""

    def __init__(
        self, salesforce: Salesforce, tasks: Tasks, metrics: Metrics, most: int, after_s: float
    ) -> None:
        self._salesforce = salesforce
        self._tasks = tasks
        self._metrics = metrics
        self._most = most
        self._after_s = after_s
        self._waiting: dict[_Group, dict[str, dict[str, Any]]] = {}
        self._answered: dict[tuple[_Group, str], Answered] = {}
        self._ticking = False
        self._flushing = asyncio.Lock()

    async def now(self, backs: Iterable[Back], deadline_s: float) -> None:
        """Send each at once. Raises RefusedError and UnreachableError."""
        for back in backs:
            await self._salesforce.upsert(back.object, back.field, back.key, back.values, deadline_s)

    def later(self, back: Back, answered: Answered) -> None:
        """Send it with others; `answered` hears what the source says, unless that is to try again."""
        group = (back.object, back.field)
        self._answered[group, back.key] = answered
        rows = self._waiting.setdefault(group, {})
        rows.setdefault(back.key, {}).update(back.values)
        if not self._ticking:
            self._ticking = True
            self._tasks.start(self._tick())
        elif len(rows) == self._most:
            self._tasks.start(self.flush())

    @property
    def waiting(self) -> int:
        """Rows not yet sent."""
        return sum(map(len, self._waiting.values()))

    async def flush(self) -> None:
        """Send all that waits; rows that could not be sent wait for the next time."""
        async with self._flushing:
            for group in list(self._waiting):
                rows = self._waiting.pop(group)
                try:
                    await self._send(group, rows)
                except UnreachableError:
                    self._metrics.add("write_back.failed")
                    self._restore(group, rows)

    async def _send(self, group: _Group, rows: Mapping[str, Mapping[str, Any]]) -> None:
        object_, field = group
        bodies = [{field: key, **values} for key, values in rows.items()]
        for result in await self._salesforce.upsert_many(object_, field, bodies):
            answered = self._answered[group, result.key]
            if not result.ok and result.transient:
                self._restore(group, {result.key: rows[result.key]})
            elif not result.ok:
                self._metrics.add(f"write_back.refused.{object_}")
                answered(result)
            if result.key not in self._waiting.get(group, ()):
                del self._answered[group, result.key]
                if result.ok:
                    answered(result)

    def _restore(self, group: _Group, rows: Mapping[str, Mapping[str, Any]]) -> None:
        waiting = self._waiting.setdefault(group, {})
        for key, values in rows.items():
            waiting[key] = {**values, **waiting.get(key, {})}

    async def _tick(self) -> None:
        """Flush after the wait, for as long as something waits."""
        while self._waiting:
            await asyncio.sleep(self._after_s)
            await self.flush()
        self._ticking = False
