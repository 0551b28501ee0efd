"""Processing: the one step through which every item of every model passes, and what follows from its outcome.

    turn of its aggregate -> known already? -> a worker -> processing time -> the stream's apply -> settled

Bulk runs (`many`) take no turns: a run of thousands would wait for its slowest aggregate. That is safe since
what they write is found by external id, so that a write beside another repeats it and makes no second record,
and what an older version may have left is found by comparison (the next version's, or the sweep's).

Settled means: inbox, exception records, dead letters, write-back, trail, and news for who listens on the bus.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from math import inf

from pipeline import patience
from pipeline.bus import Bus
from pipeline.dead_letters import DeadLetters
from pipeline.failures import RefusedError, UnreachableError
from pipeline.inbox import Inbox
from pipeline.item import Item, Outcome, Result
from pipeline.ordering import Ordering
from pipeline.services import Services
from pipeline.slots import Slots
from pipeline.workflows.stream import Stream


class Processing:
    """Carries items over for all patterns."""

    def __init__(
        self,
        services: Services,
        streams: Mapping[str, Stream],
        inbox: Inbox,
        ordering: Ordering,
        dead_letters: DeadLetters,
        workers: Slots,
        bus: Bus,
    ) -> None:
        self.services = services
        self.streams = streams
        self.inbox = inbox
        self.dead_letters = dead_letters
        self._ordering = ordering
        self._workers = workers
        self._bus = bus
        self._unreadable: dict[str, None] = {}
        self._processing_s = services.settings.processing_s

    async def one(
        self, item: Item, deadline_s: float = inf, write_back_now: bool = False, told: bool = False
    ) -> Outcome:
        """Carry one item over and settle it. `told`: its starter learns of a failure, no record is needed."""
        stream = self.streams[item.stream]
        taken_s = item.taken_s or asyncio.get_running_loop().time()
        aggregate = f"{item.stream}|{item.order or item.key}"
        await self._ordering.take(aggregate)
        try:
            if self.inbox.known(item):
                return Outcome(item, "skipped")
            outcome = await self._applied(stream, item, deadline_s, write_back_now)
            self._settle(stream, outcome, told, taken_s)
        finally:
            self._ordering.leave(aggregate)
        if not write_back_now:
            self._later(stream, outcome)
        return outcome

    async def many(self, stream: Stream, items: Sequence[Item]) -> list[Outcome]:
        """Carry many over by the stream's bulk means, and settle each."""
        fresh = [item for item in items if not self.inbox.known(item)]
        if not fresh:
            return []
        now_s = asyncio.get_running_loop().time()
        taken_s = {item.key: item.taken_s or now_s for item in fresh}
        try:
            await self._workers.take(patience.until_s())
            try:
                await asyncio.sleep(self._processing_s * len(fresh))
                outcomes = await stream.apply_bulk(fresh)
            finally:
                self._workers.leave()
        except (RefusedError, UnreachableError) as failed:
            outcomes = [_outcome(item, failed) for item in fresh]
        for outcome in outcomes:
            self._settle(stream, outcome, False, taken_s.get(outcome.item.key, now_s))
            self._later(stream, outcome)
        return outcomes

    async def _applied(self, stream: Stream, item: Item, deadline_s: float, write_back_now: bool) -> Outcome:
        try:
            if not self._workers.occupied():
                await self._workers.take(min(deadline_s, patience.until_s()))
            try:
                await asyncio.sleep(self._processing_s)
                outcome = await stream.apply(item, deadline_s)
                if write_back_now and outcome.backs:
                    await self.services.write_back.now(outcome.backs, deadline_s)
            finally:
                self._workers.leave()
        except (RefusedError, UnreachableError) as failed:
            return _outcome(item, failed)
        return outcome

    def _later(self, stream: Stream, outcome: Outcome) -> None:
        """Write back with others; a row that the source refuses for good becomes an exception of the item."""
        for back in outcome.backs:
            self.services.write_back.later(back, partial(self._not_written, stream, outcome.item))

    def _not_written(self, stream: Stream, item: Item, result: Result) -> None:
        cause, detail = result.cause or "validation", f"write-back {result.key}: {result.detail}"
        self.services.exceptions.open(stream.flow, item.key, item.version, cause, detail)

    def _settle(self, stream: Stream, outcome: Outcome, told: bool, taken_s: float) -> None:
        item, services = outcome.item, self.services
        if outcome.state != "skipped":
            services.trail.taken(stream.flow, item.key, item.version, taken_s)
        services.metrics.add(f"items.{stream.name}.{outcome.state}")
        if outcome.state in {"done", "skipped"}:
            self.inbox.done(item)
            if outcome.state == "done" or item.record is not None:
                services.exceptions.close(stream.flow, item.key)
            self.dead_letters.drop(stream.name, item.key)
            if outcome.state == "done":
                self._bus.publish(outcome)
        elif outcome.state == "refused":
            services.trail.step(stream.flow, item.key, item.version, "refused", outcome.detail)
            if not told:
                self.report(stream, outcome)
        else:
            services.trail.step(stream.flow, item.key, item.version, "failed", outcome.detail)
            if not told:
                self.dead_letters.add(outcome)

    def unreadable(self, stream: Stream, failed: RefusedError | UnreachableError, what: str) -> None:
        """A run, poll or sweep could not read; where it was refused, a person is told of the whole stream."""
        services = self.services
        services.trail.step(stream.flow, stream.name, 0, what, failed.detail)
        if isinstance(failed, RefusedError):
            services.exceptions.open(stream.flow, stream.name, 0, failed.cause, failed.detail)
            self._unreadable[stream.name] = None

    def given_up(self, stream: Stream, detail: str) -> None:
        """A run ended without all of its work, after its last try: a person is told of the whole stream."""
        self.services.exceptions.open(stream.flow, stream.name, 0, "timeout", detail)
        self._unreadable[stream.name] = None

    def readable(self, stream: Stream) -> None:
        """It could be read again."""
        if stream.name in self._unreadable:
            del self._unreadable[stream.name]
            self.services.exceptions.close(stream.flow, stream.name)

    def report(self, stream: Stream, outcome: Outcome) -> None:
        """Open an exception record for a person."""
        item = outcome.item
        self.services.exceptions.open(
            stream.flow,
            item.key,
            item.version,
            outcome.cause,
            outcome.detail,
            outcome.audience,
            outcome.amount_minor,
            outcome.owner,
        )


def _outcome(item: Item, failed: RefusedError | UnreachableError) -> Outcome:
    if isinstance(failed, RefusedError):
        return Outcome(
            item,
            "refused",
            failed.cause,
            failed.detail,
            failed.audience,
            failed.amount_minor,
            failed.owner,
        )
    return Outcome(item, "failed", failed.cause, failed.detail, status=failed.status)
