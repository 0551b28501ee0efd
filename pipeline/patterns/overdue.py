"""Overdue: what has been under way for half a day is told to people, whatever pattern carries it.

    03:00 ────────── 15:00 ────────── 03:00        began by the check before this one ──> exception record

A call waits for a slot as long as its message's patience lasts, which is days under the event pattern, and
nothing has failed meanwhile: no dead letter and no comparison would tell of it. The record closes when it
passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise

from pipeline.item import Outcome
from pipeline.patterns.schedule import instants
from pipeline.processing import Processing
from pipeline.settings import Schedule, Settings

HALF_A_DAY_S = 12 * 3600.0
"""How long something may be under way unseen (assumption): as long as a sweep waits for slots."""


class Overdue:
    """Looks at the time of the daily sweep, and midway to the next."""

    def __init__(self, processing: Processing) -> None:
        self._processing = processing
        self._settings = processing.services.settings

    async def run(self) -> None:
        """For as long as the pipeline is up; never where no time of day is set."""
        loop = asyncio.get_running_loop()
        for at_s in _checks(self._settings):
            if at_s > loop.time():
                await asyncio.sleep(at_s - loop.time())
                self._tell(at_s - HALF_A_DAY_S)

    def _tell(self, before_s: float) -> None:
        for began_s, stream, item in self._processing.under_way.since(before_s):
            detail = f"under way since {self._settings.time.stamp(began_s)}"
            self._processing.report(stream, Outcome(item, "failed", "timeout", detail))


def _checks(settings: Settings) -> Iterator[float]:
    if settings.sweep_clock:
        daily = instants(settings.time, Schedule((settings.sweep_clock,)), settings.hq_zone)
        for at_s, next_s in pairwise(daily):
            yield from (at_s, (at_s + next_s) / 2.0)
