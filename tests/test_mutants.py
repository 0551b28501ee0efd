"""Bugs put into the pipeline one by one: each is caught by the judge of `rehearse fuzz` in one small world, or
by a check of its own; without the bug, the same world is clean and the same check holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import pytest

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from measurements.periods import following
from pipeline.connectors.netsuite import NetSuite
from pipeline.failures import RefusedError, UnreachableError
from pipeline.inbox import Inbox
from pipeline.item import Back, Result
from pipeline.metrics import Metrics
from pipeline.ordering import Ordering
from pipeline.patterns.batch import Batch
from pipeline.patterns.event import Events
from pipeline.patterns.polling import Watermarks
from pipeline.patterns.sweep import Sweep
from pipeline.periods import Periods, Posting
from pipeline.store import MemoryStore
from pipeline.tasks import Tasks
from pipeline.translation import expense, time
from pipeline.workflows import approved, time_bills
from pipeline.workflows.posted import Posted
from pipeline.workflows.time_bills import TimeBills
from pipeline.write_back import WriteBack
from sim.fuzz.trial import trial
from sim.fuzz.world import Drawn
from sim.loop import run

Patch = pytest.MonkeyPatch
Found = frozenset[tuple[str, str]]

_FIRM = {
    "consultants": 6,
    "rejected_share": 0.1,
    "recalled_share": 0.25,
    "corrected_share": 0.25,
    "correction_days": 2.0,
}
_EVENTS = {"doubled_event": 0.3, "late_event": 0.3}
_LOSSY = {"netsuite": {"ambient": {"lost_reply": 0.1}}, "salesforce": {"ambient": {"lost_event": 0.0, **_EVENTS}}}


def _fault(at: str, for_h: float, target: str, kind: str, **parameters: Any) -> dict[str, Any]:
    return {"at": at, "for_h": for_h, "target": target, "kind": kind, "parameters": parameters}


def _world(pattern: str, *faults: Mapping[str, Any]) -> Drawn:
    table = dict.fromkeys(WORKFLOWS, "batch") | {"time_and_expense": pattern}
    scenario = {"title": "t", "question": "q", "systems": _LOSSY, "faults": list(faults)}
    return Drawn(1, scenario, _FIRM, {"name": "drawn", "workflows": table})


_UNANSWERED = _fault("BD-3 09:00", 6.0, "netsuite:write", "lost_reply", share=0.9)
_UNREAD = _fault("BD-2 00:30", 2.0, "salesforce:query", "outage")
_DUMB = _fault("BD-4 00:30", 30.0, "netsuite", "lost_reply", share=0.6)
_UNHEARD = _fault("BD-4 09:00", 30.0, "salesforce", "lost_event", share=0.5)
WORLDS = {
    "batch": _world("batch", _UNREAD, _DUMB),
    "event": _world("event", _UNANSWERED, _UNHEARD),
    "heard": _world("event", _UNANSWERED),
}
"""One small firm whose people correct much; replies, events and order of events are often lost."""


@lru_cache(maxsize=None)
def _clean(world: str) -> Found:
    return _found(world)


def _found(world: str) -> Found:
    return frozenset((one.kind, one.where) for one in trial(WORLDS[world]).violations)


# ---------------------------------------------------------------- mutants


def no_external_ids(patch: Patch) -> None:
    made = NetSuite.__init__

    def plain(self: NetSuite, client: Any, job_poll_s: float, plain: bool = False) -> None:
        made(self, client, job_poll_s, plain=True)

    patch.setattr(NetSuite, "__init__", plain)


def new_external_id_per_try(patch: Patch) -> None:
    numbers, put = count(), NetSuite.put

    async def renamed(self: NetSuite, kind: str, external_id: str, *rest: Any) -> str:
        return await put(self, kind, f"{external_id}|{next(numbers)}", *rest)

    patch.setattr(NetSuite, "put", renamed)


def watermark_before_write(patch: Patch) -> None:
    async def hasty(self: Batch, stream: Any) -> None:
        now_s = asyncio.get_running_loop().time()
        since_s = self._watermarks.of(stream.name) - self._watermarks.overlap_s
        self._watermarks.commit(stream.name, now_s)
        from pipeline.patterns import batch

        items = await batch.taken(stream, since_s, now_s, now_s)
        await self._processing.many(stream, self._with_letters(stream, items))

    patch.setattr(Batch, "_stream", hasty)


def acknowledge_and_drop(patch: Patch) -> None:
    patch.setattr(Events, "accept", lambda *_: None)


def write_back_lost(patch: Patch) -> None:
    patch.setattr(WriteBack, "later", lambda *_: None)


def ordering_off(patch: Patch) -> None:
    async def at_once(self: Ordering, key: str) -> None:
        pass

    patch.setattr(Ordering, "take", at_once)
    patch.setattr(Ordering, "leave", lambda *_: None)


def policy_skipped(patch: Patch) -> None:
    patch.setattr(expense, "policy", lambda _: expense.Findings([], []))


def approver_check_off(patch: Patch) -> None:
    patch.setattr(approved, "check_approval", lambda *_: None)


def a_rate_off_by_a_cent(patch: Patch) -> None:
    built = time.Bills.of

    def dearer(self: time.Bills, part: time.Part, *rest: str) -> dict[str, Any]:
        return built(self, part._replace(rate_minor=part.rate_minor + 1), *rest)

    patch.setattr(time.Bills, "of", dearer)


def recall_ignored(patch: Patch) -> None:
    async def kept(*_: Any) -> None:
        pass

    patch.setattr(TimeBills, "undo", kept)


def wrong_period(patch: Patch) -> None:
    posting = Periods.posting

    async def later(self: Periods, *given: Any, **named: Any) -> Posting:
        right = await posting(self, *given, **named)
        return Posting(following(right.period), right.moved_from)

    patch.setattr(Periods, "posting", later)
    patch.setattr(Periods, "known", lambda *_: None)


def no_sweep(patch: Patch) -> None:
    async def never(_: Sweep) -> None:
        pass

    patch.setattr(Sweep, "once", never)


def idempotency_key_constant(patch: Patch) -> None:
    submit = NetSuite._submit

    async def always_first(self: NetSuite, *given: Any) -> Any:
        self._jobs = 0
        return await submit(self, *given)

    patch.setattr(NetSuite, "_submit", always_first)


MUTANTS = {m.__name__: m for m in (no_external_ids, new_external_id_per_try, watermark_before_write, acknowledge_and_drop, write_back_lost, ordering_off, policy_skipped, approver_check_off, a_rate_off_by_a_cent, recall_ignored, wrong_period, no_sweep, idempotency_key_constant)}

if __name__ == "__main__":
    import sys, time as clock
    for world in WORLDS:
        t=clock.process_time(); print(world, "clean:", sorted(_clean(world)), round(clock.process_time()-t,1), flush=True)
    for name, mutant in MUTANTS.items():
        for world in WORLDS:
            for sweep in (True, False):
                with pytest.MonkeyPatch.context() as patch:
                    mutant(patch)
                    if not sweep: no_sweep(patch)
                    t=clock.process_time()
                    print(f"{name:28} {world:6} sweep {sweep}", sorted(_found(world))[:6], round(clock.process_time()-t,1), flush=True)
