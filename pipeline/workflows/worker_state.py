"""What each target holds of each worker, as last written: so only what says something new is written.

Seeded once from the HCM as of the start, when source and targets agreed (a running firm's initial load).
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any, NamedTuple

from pipeline.services import Services
from pipeline.translation.worker import KEPT, Worker, kept, key_of, worker_of


class Held(NamedTuple):
    """A target's attributes of a worker, and the change that its record carries ("" = none yet)."""

    attributes: tuple[Any, ...]
    effective: str
    change: str


class WorkerState:
    """Kept in the store; `seen` are changes that stand in every target that needs them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._held = services.store.table("worker_held")
        self._seen = services.store.table("worker_seen")
        self._seeding = asyncio.Lock()

    async def seed(self) -> None:
        """Learn, once, what stood at the start. Raises UnreachableError."""
        async with self._seeding:
            if self._seen.get("seeded"):
                return
            settings = self._services.settings
            entered = settings.time.stamp(0.0)
            everyone = self._services.workday.everyone(on=self._first_day(), entered=entered)
            async with aclosing(everyone) as pages:
                async for page in pages:
                    for given in page:
                        self._keep_as_is(worker_of(given))
            self._seen.put("seeded", True)
            self._services.store.commit()

    def _first_day(self) -> str:
        """The start's day where days begin last: what is in effect by it is so at every entity."""
        settings = self._services.settings
        zones = [setting.zone for setting in settings.entities.values()] or [settings.hq_zone]
        return str(min(settings.time.local_date(0.0, zone) for zone in zones))

    def _keep_as_is(self, worker: Worker | None) -> None:
        if worker is not None:
            for target in KEPT:
                self._held.put(f"{worker.worker}|{target}", Held(kept(worker, target), "", ""))

    def stale(self, worker: Worker) -> list[str]:
        """Targets that hold something else than this, or nothing."""
        return [target for target in KEPT if self._differs(worker, target)]

    def _differs(self, worker: Worker, target: str) -> bool:
        held = self._held.get(f"{worker.worker}|{target}")
        return held is None or held.attributes != kept(worker, target)

    def wrote(self, worker: Worker, target: str) -> None:
        """The target confirmed this state of the worker."""
        self._held.put(
            f"{worker.worker}|{target}", Held(kept(worker, target), worker.effective, worker.change)
        )

    def settle(self, change: str) -> None:
        """Nothing of the change is left to do."""
        self._seen.put(change, True)
        self._services.store.commit()

    def settled(self, change: str) -> bool:
        """Whether the change was carried over before."""
        return bool(self._seen.get(change))

    def doubt(self, worker: Worker, target: str) -> str:
        """Forget what the target is believed to hold; the key under which it is to be written again."""
        held = self._held.get(f"{worker.worker}|{target}")
        self._held.drop(f"{worker.worker}|{target}")
        if held is not None and held.change:
            return key_of(worker.worker, held.effective, held.change)
        return worker.key
