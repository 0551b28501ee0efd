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
from pipeline.exceptions import Names, Unit
from pipeline.failures import RefusedError, UnreachableError
from pipeline.inbox import Inbox
from pipeline.item import Item, Outcome, Result
from pipeline.ordering import Ordering
from pipeline.services import Services
from pipeline.slots import Slots
from pipeline.under_way import UnderWay
from pipeline.workflows.refusals import refused_outcome
from pipeline.workflows.stream import Stream

SWEPT = "swept"
"""The table of how far each stream was compared, completely."""


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
        self._unreadable: dict[str, dict[str, None]] = {}
        self.under_way = UnderWay()
        self._processing_s = services.settings.processing_s

    def slow_down(self, by_s: float) -> None:
        """Every message that begins from now on takes so much longer: what a live run measured of it."""
        self._processing_s += by_s

    async def one(
        self,
        item: Item,
        deadline_s: float = inf,
        write_back_now: bool = False,
        by: str = "",
        told: bool = False,
    ) -> Outcome:
        """Carry one item over and settle it. `by`: the pattern that brings it while its owner may still look.

        `told`: its starter learns what became of it, so nobody else need be told.
        """
        stream = self.streams[item.stream]
        with self.under_way.carrying(stream, (item,)):
            return await self._one(stream, item, deadline_s, write_back_now, by, told)

    async def _one(
        self, stream: Stream, item: Item, deadline_s: float, write_back_now: bool, by: str, told: bool
    ) -> Outcome:
        taken_s = item.taken_s or asyncio.get_running_loop().time()
        try:
            await self._ordering.take(item.aggregate, min(deadline_s, patience.until_s()))
        except UnreachableError as failed:
            outcome = _failed(item, failed)
            self._settle(stream, outcome, told, taken_s)
            return outcome
        try:
            if self.inbox.known(item):
                return Outcome(item, "skipped")
            outcome = await self._applied(stream, item, deadline_s, write_back_now)
            self._settle(stream, _answered([item], [outcome])[0], told, taken_s)
        finally:
            self._ordering.leave(item.aggregate)
        if not write_back_now:
            self._later(stream, outcome)
        if outcome.state == "refused" and not told:
            await self._tell(stream, outcome, by)
        return outcome

    async def many(self, stream: Stream, items: Sequence[Item], by: str = "") -> list[Outcome]:
        """Carry many over by the stream's bulk means, and settle each; `by` as for one."""
        fresh = [item for item in items if not self.inbox.known(item)]
        if not fresh:
            return []
        with self.under_way.carrying(stream, fresh):
            return await self._many(stream, fresh, by)

    async def _many(self, stream: Stream, fresh: Sequence[Item], by: str) -> list[Outcome]:
        now_s = asyncio.get_running_loop().time()
        taken_s = {item.identity: item.taken_s or now_s for item in fresh}
        try:
            await self._workers.take(patience.until_s())
            try:
                await asyncio.sleep(self._processing_s * len(fresh))
                outcomes = await stream.apply_bulk(fresh)
            finally:
                self._workers.leave()
        except RefusedError as refused:
            outcomes = await self._unread(stream, fresh, refused)
        except UnreachableError as failed:
            outcomes = [_failed(item, failed) for item in fresh]
        for outcome in _answered(fresh, outcomes):
            self._settle(stream, outcome, False, taken_s[outcome.item.identity])
            self._later(stream, outcome)
            if outcome.state == "refused":
                await self._tell(stream, outcome, by)
        return outcomes

    async def _applied(self, stream: Stream, item: Item, deadline_s: float, write_back_now: bool) -> Outcome:
        try:
            if not self._workers.occupied():
                await self._workers.take(min(deadline_s, patience.until_s()))
            try:
                await asyncio.sleep(self._processing_s)
                outcome = await self._read_and_applied(stream, item, deadline_s)
                if write_back_now and outcome.backs:
                    await self._written_back(stream, outcome, deadline_s)
            finally:
                self._workers.leave()
        except UnreachableError as failed:
            return _failed(item, failed)
        return outcome

    async def _read_and_applied(self, stream: Stream, item: Item, deadline_s: float) -> Outcome:
        try:
            return await stream.apply(item, deadline_s)
        except RefusedError as refused:
            return (await self._unread(stream, [item], refused))[0]

    async def _unread(self, stream: Stream, items: Sequence[Item], refused: RefusedError) -> list[Outcome]:
        """A refusal before it was known what is due: what stands in the target as it should needs nobody."""
        try:
            due = await stream.differing([item.key for item in items])
        except (RefusedError, UnreachableError):
            due = {item.key for item in items}
        return [
            refused_outcome(item, refused)
            if item.key in due
            else Outcome(item, "skipped", detail="stands already")
            for item in items
        ]

    async def _written_back(self, stream: Stream, outcome: Outcome, deadline_s: float) -> None:
        """Now. What stands in the target stays done though the source takes no note of it: later once more,
        then people are told.
        """
        try:
            await self.services.write_back.now(outcome.backs, deadline_s)
        except RefusedError:
            self._later(stream, outcome)

    def _later(self, stream: Stream, outcome: Outcome) -> None:
        """Write back with others; a row that the source refuses for good becomes an exception of the item."""
        for back in outcome.backs:
            self.services.write_back.later(back, partial(self._written, stream, outcome.item))

    def _written(self, stream: Stream, item: Item, result: Result) -> None:
        if result.ok:
            return
        detail = f"{result.key}: {result.detail}"
        unit = Unit(stream.name, stream.flow, item.key, item.version)
        self.services.exceptions.open(unit, "write_back", detail)

    def _settle(self, stream: Stream, outcome: Outcome, told: bool, taken_s: float) -> None:
        item, services = outcome.item, self.services
        if outcome.state != "skipped":
            services.trail.taken(stream.flow, item.key, item.version, taken_s)
        services.metrics.add(f"items.{stream.name}.{outcome.state}")
        if outcome.state in {"done", "skipped"}:
            self.inbox.done(item)
            services.exceptions.close(stream.name, stream.flow, item.key, orgs=outcome.state == "done")
            self.dead_letters.drop(item)
            if outcome.state == "done":
                self._bus.publish(outcome)
        elif outcome.state == "refused":
            services.trail.step(stream.flow, item.key, item.version, "refused", outcome.detail)
            self.dead_letters.drop(item)
        else:
            services.trail.step(stream.flow, item.key, item.version, "failed", outcome.detail)
            if not told:
                self.dead_letters.add(outcome)

    def unreadable(self, stream: Stream, failed: RefusedError | UnreachableError, what: str) -> None:
        """A run, poll or sweep (`what` broke) could not read; where it was refused, a person is told of the
        whole stream.
        """
        self.services.trail.step(stream.flow, stream.name, 0, what, failed.detail)
        if isinstance(failed, RefusedError):
            self._told_of(stream, failed.cause, failed.detail, what, failed.system)

    def given_up(self, stream: Stream, what: str, cause: str, detail: str) -> None:
        """A run (`what`) ended without all of its work, after its last try: a person is told of the whole
        stream, till a complete sweep has compared it. No later try could tell that the run reads again.
        """
        self._unreadable.get(stream.name, {}).pop(what, None)
        self._told_of(stream, cause, detail, "sweep broken")

    def _told_of(self, stream: Stream, cause: str, detail: str, what: str, system: str = "") -> None:
        since_s: float = self.services.store.table(SWEPT).get(stream.name, 0.0)
        unit, names = Unit(stream.name, stream.flow, stream.name), Names(stream.source, stream.keys, since_s)
        self.services.exceptions.open(unit, cause, detail, names=names, system=system)
        self._unreadable.setdefault(stream.name, {})[what] = None

    def unheard(self, stream: Stream, failed: RefusedError) -> None:
        """A message cannot be read: the next sweep finds what it told of, and a person is told till then."""
        self.services.trail.step(stream.flow, stream.name, 0, "event unreadable", failed.detail)
        self._told_of(stream, failed.cause, failed.detail, "sweep broken", failed.system)

    def readable(self, stream: Stream, what: str) -> None:
        """What broke reads again; people are told so once nothing else of the stream is refused."""
        broken = self._unreadable.get(stream.name, {})
        if broken.pop(what, what) is None and not broken:
            self.services.exceptions.close(stream.name, stream.flow, stream.name)

    def seen(self, item: Item, by: str) -> bool:
        """Whether who saved the record still looks at it, and this pattern shows a refusal there."""
        settings = self.services.settings
        age_s = asyncio.get_running_loop().time() - item.handed_s
        return by in settings.shown_by and age_s <= settings.seen_within_s

    async def _tell(self, stream: Stream, outcome: Outcome, by: str) -> None:
        """What its owner can cure and still looks for stands on the record; other refusals go to the desk."""
        item = outcome.item
        back = stream.shown(item, outcome.detail) if outcome.curable and self.seen(item, by) else None
        if back is not None:
            until_s = item.handed_s + self.services.settings.seen_within_s
            try:
                await self.services.write_back.now([back], until_s)
            except (RefusedError, UnreachableError):
                self.services.metrics.add("shown.failed")
            else:
                self.services.trail.step(stream.flow, item.key, item.version, "shown", outcome.detail)
                return
        self.report(stream, outcome)

    def report(self, stream: Stream, outcome: Outcome) -> None:
        """Open an exception record for a person."""
        item = outcome.item
        self.services.exceptions.open(
            Unit(stream.name, stream.flow, item.key, item.version),
            outcome.cause,
            outcome.detail,
            outcome.audience,
            outcome.amount_minor,
            outcome.owner,
            system=outcome.system,
        )


def _answered(items: Sequence[Item], outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes. Raises ValueError where a stream answers for an item under a name that nobody gave it."""
    asked = {item.identity for item in items}
    for outcome in outcomes:
        if outcome.item.identity not in asked:
            raise ValueError(f"{outcome.item.identity} was never asked for")
    return outcomes


def _failed(item: Item, failed: UnreachableError) -> Outcome:
    return Outcome(item, "failed", failed.cause, failed.detail, status=failed.status)
