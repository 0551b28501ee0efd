"""Read-through: when somebody is staffed, one look at the HCM, and stale targets are set right.

The person who saves the assignment gets the answer on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from math import inf
from typing import Any

from pipeline.connectors.salesforce import soql_text
from pipeline.failures import RefusedError
from pipeline.item import Back, Item, Outcome
from pipeline.services import Services
from pipeline.translation.worker import Worker, worker_of
from pipeline.workflows.stream import Channel, Hook
from pipeline.workflows.worker_state import WorkerState
from pipeline.workflows.worker_targets import CONTACT, WorkerTargets


class WorkerCheck:
    """Assignments as they are saved. Only a hook starts it: nothing is polled, nothing is swept."""

    name = "worker_check"
    workflow = "worker_alignment"
    flow = "worker"
    source = "salesforce"
    keys = "*"
    hooks = (Hook("assignment-saved", "pse__Assignment__c", mode="sync", fields=("pse__Resource__c",)),)
    channels: tuple[Channel, ...] = ()
    instants_s: tuple[float, ...] = ()

    def __init__(self, services: Services, state: WorkerState, targets: WorkerTargets) -> None:
        self._services = services
        self._state = state
        self._targets = targets
        self._keys = services.store.table("contact_keys")

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """The assignment, with the resource that it names."""
        record = body.get("record") or {}
        if not record.get("pse__Resource__c"):
            return None
        at_s = asyncio.get_running_loop().time()
        return Item(self.name, str(body.get("key") or body.get("id")), 1, "", "", record, at_s)

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """Nobody waits for an event's answer."""
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Nothing: the delta of the other stream has the changes."""
        nothing: list[list[Item]] = []
        for page in nothing:
            yield page

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Advice for the person. Raises RefusedError for a worker unknown to HR, and UnreachableError."""
        record = item.record or {}
        if not record.get("pse__Resource__c"):
            return Outcome(item, "skipped", detail="nobody waits for it")
        await self._state.seed()
        key = record.get("Worker_Key__c") or await self._key(str(record["pse__Resource__c"]), deadline_s)
        given = await self._services.workday.worker(key, deadline_s) if key else None
        worker = worker_of(given or {})
        if worker is None:
            raise RefusedError("missing_reference", f"{key or 'This person'} is not known to HR.", "caller")
        stale = self._state.stale(worker)
        for target in stale:
            await self._targets.write(worker, target, deadline_s)
        return Outcome(item, "done", advice=_advice(worker, stale))

    async def _key(self, contact: str, deadline_s: float) -> str:
        """The worker key of a contact; it never changes, so it is asked for once."""
        known = self._keys.get(contact)
        if known is None:
            soql = f"SELECT {CONTACT[1]} FROM Contact WHERE Id = {soql_text(contact)}"
            rows = await self._services.salesforce.rows(soql, deadline_s)
            known = str(rows[0].get(CONTACT[1]) or "") if rows else ""
            if known:
                self._keys.put(contact, known)
                self._services.store.commit()
        return str(known)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """One by one: there is always a person behind it."""
        return [await self.apply(item) for item in items]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Nothing of its own."""
        return []

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """All: nothing of an answer stands anywhere."""
        return list(keys)


def _advice(worker: Worker, stale: Sequence[str]) -> str:
    if not worker.active:
        return f"{worker.worker} has left on {worker.effective}."
    return f"{worker.worker} was brought up to date from HR just now." if stale else ""
