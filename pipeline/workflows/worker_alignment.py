"""Worker alignment: what HR changed stands in PSA and ERP from its day on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any

from pipeline.item import Back, Item, Outcome
from pipeline.services import Services
from pipeline.translation.worker import Worker, worker_of
from pipeline.workflows.refusals import bulk_outcome
from pipeline.workflows.stream import Channel, Hook, Stream
from pipeline.workflows.worker_changes import STREAM, UPDATED, WINDOWS, WorkerChanges
from pipeline.workflows.worker_check import WorkerCheck
from pipeline.workflows.worker_state import WorkerState
from pipeline.workflows.worker_sweep import WorkerSweep
from pipeline.workflows.worker_targets import WorkerTargets

_FULL_AFTER_S = 12 * 3600.0
"""A run over at least this much that falls on a Sunday is the weekly full one (semantics 2: batch)."""


def streams(services: Services) -> tuple[Stream, ...]:
    """The delta, and the read-through when somebody is staffed. A plain script knows the entry date alone."""
    state = WorkerState(services)
    targets = WorkerTargets(services, state)
    windows = (UPDATED,) if services.plain else WINDOWS
    return (Workers(services, state, targets, windows), WorkerCheck(services, state, targets))


class Workers:
    """Changes of workers; one item a change, its version always 1, ordered by worker."""

    name = STREAM
    workflow = "worker_alignment"
    flow = "worker"
    source = "workday"
    keys = "*"
    hooks: tuple[Hook, ...] = ()
    channels: tuple[Channel, ...] = ()
    instants_s: tuple[float, ...] = ()

    def __init__(
        self,
        services: Services,
        state: WorkerState,
        targets: WorkerTargets,
        windows: tuple[str, ...] = WINDOWS,
    ) -> None:
        self._services = services
        self._state = state
        self._targets = targets
        self._changes = WorkerChanges(services, state, windows)
        self._sweep = WorkerSweep(services, state, self._changes)

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """Workday calls nobody."""
        return None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """Workday publishes nothing."""
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Changes entered or come into effect in the window; in a weekly full run, also whoever differs."""
        await self._state.seed()
        async with aclosing(self._changes.items(since_s, until_s)) as pages:
            async for page in pages:
                yield page
        if self._full(since_s, until_s) and not self._services.plain:
            async with aclosing(self._services.workday.everyone()) as everyone:
                async for workers in everyone:
                    yield [item for given in workers if (item := self._differing(given, until_s))]

    def _full(self, since_s: float, until_s: float) -> bool:
        settings = self._services.settings
        sunday = settings.time.local_date(until_s, settings.hq_zone).weekday() == 6
        return sunday and until_s - since_s >= _FULL_AFTER_S

    def _differing(self, given: Mapping[str, Any], now_s: float) -> Item | None:
        worker = worker_of(given)
        if worker is None or self._state.settled(worker.change) or not self._state.stale(worker):
            return None
        return Item(STREAM, worker.key, 1, worker.change, worker.worker, given, now_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Write what one change altered, one upsert a target. Raises RefusedError and UnreachableError."""
        await self._state.seed()
        worker = await self._worker(item, deadline_s)
        if worker is None:
            return Outcome(item, "skipped")
        stale = self._state.stale(worker)
        for target in stale:
            await self._targets.write(worker, target, deadline_s)
        self._state.settle(worker.change)
        return Outcome(item, "done" if stale else "skipped")

    async def _worker(self, item: Item, deadline_s: float) -> Worker | None:
        """The worker with the item's change on it; None where a held change is not in effect after all."""
        key, _, rest = item.key.partition("@")
        effective, _, change = rest.partition("#")
        given = item.record
        if given is None:
            given = await self._services.workday.worker(key, deadline_s)
        worker = worker_of(given or {})
        if worker is None or (item.mark.endswith(" held") and worker.effective < effective):
            return None
        return worker._replace(effective=effective, change=change)

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """Contacts in collections, employees and vendors in batches; a second change in a second wave."""
        await self._state.seed()
        outcomes: list[Outcome] = []
        left = list(items)
        while left:
            wave: dict[str, Item] = {}
            rest: list[Item] = []
            for item in left:
                if item.order in wave:
                    rest.append(item)
                else:
                    wave[item.order] = item
            outcomes.extend(await self._wave(list(wave.values())))
            left = rest
        return outcomes

    async def _wave(self, items: Sequence[Item]) -> list[Outcome]:
        work: list[tuple[Item, Worker]] = []
        outcomes: list[Outcome] = []
        for item in items:
            worker = await self._worker(item, inf)
            if worker is None:
                outcomes.append(Outcome(item, "skipped"))
            else:
                work.append((item, worker))
        stale = {worker.worker: self._state.stale(worker) for _, worker in work}
        failed = await self._targets.write_many([worker for _, worker in work], stale)
        for item, worker in work:
            refused = failed.get(worker.worker)
            if refused is None:
                self._state.settle(worker.change)
            nothing = refused is None and not stale[worker.worker]
            outcomes.append(Outcome(item, "skipped") if nothing else bulk_outcome(item, refused))
        return outcomes

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Changes that never arrived, and workers whom a target holds differently."""
        await self._state.seed()
        return await self._sweep.items(since_s, until_s)

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """Of these changes, those whose workers a target holds otherwise than HR does now."""
        return await self._sweep.differing(keys)
