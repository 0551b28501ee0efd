"""What a pattern or the kit may not lose in silence: refused write-backs, spent tries, newer versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from math import inf
from typing import Any

from vendor_opening import TIME

from pipeline.assemble import Parts
from pipeline.bus import EmbeddedBus
from pipeline.dead_letters import DeadLetters
from pipeline.exceptions import Unit
from pipeline.failures import RefusedError, UnreachableError
from pipeline.inbox import Inbox
from pipeline.item import Back, Item, Outcome
from pipeline.ordering import Ordering
from pipeline.patterns.event import Events
from pipeline.patterns.fixed_times import FixedTimes
from pipeline.patterns.sweep import Sweep
from pipeline.processing import Processing
from pipeline.services import Services
from pipeline.settings import Settings
from pipeline.slots import Slots
from pipeline.store import MemoryStore
from pipeline.tasks import Tasks
from pipeline.trail import Trail
from pipeline.workflows.stream import Channel, Hook, Stream
from sim.loop import run
from wire.call import Call, Reply, json_reply

DAY_S = 86400.0


class Org:
    """Answers tokens, and refuses every row of a collection for good, for as long as it `refuses`."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []
        self.refuses = True
        self.takes_s = 0.0

    async def send(self, call: Call, timeout_s: float) -> Reply:
        if "/token" in call.path:
            return json_reply(200, {"access_token": "t", "expires_in": "3600"})
        if call.method == "GET":
            return json_reply(200, {"records": [], "totalSize": 0, "done": True})
        rows = call.json()["records"]
        self.rows.extend(rows)
        await asyncio.sleep(self.takes_s)
        if not self.refuses:
            return json_reply(
                200, [{"success": True, "id": "1", "created": True, "errors": []} for _ in rows]
            )
        errors = [{"statusCode": "STRING_TOO_LONG", "message": "too long", "fields": []}]
        return json_reply(200, [{"success": False, "created": False, "errors": errors} for _ in rows])


class Facts:
    """A batched stream whose target is down until `up_s`."""

    name, workflow, flow, source, keys = "facts", "time_and_expense", "time", "salesforce", "k*"
    hooks: tuple[Hook, ...] = ()
    channels: tuple[Channel, ...] = ()
    instants_s = (100.0,)
    batched = True

    def __init__(self, up_s: float = inf, readable: bool = True) -> None:
        self.up_s = up_s
        self.readable = readable
        self.applied: list[tuple[float, list[int]]] = []

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        return None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        if not self.readable:
            raise UnreachableError("timeout", "no answer")
        yield [Item(self.name, "k", 1, "1")]

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        back = Back("Timecard__c", "Key__c", item.key, {"Status__c": "posted"})
        return Outcome(item, backs=(back,))

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        now_s = asyncio.get_running_loop().time()
        self.applied.append((now_s, [item.version for item in items]))
        await asyncio.sleep(30.0)
        if now_s < self.up_s:
            raise UnreachableError("timeout", "down")
        return [Outcome(item) for item in items]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        return []

    async def differing(self, keys: Sequence[str]) -> Sequence[str]:
        return keys


async def _compare(stream: Stream) -> None:
    """No sweep here."""


class Kit:
    """The real kit around one stream and an org that refuses rows."""

    def __init__(self, stream: Facts, store: MemoryStore | None = None) -> None:
        store, self.org, self.tasks = store or MemoryStore(), Org(), Tasks()
        settings = Settings(TIME)
        transports = dict.fromkeys(("salesforce", "netsuite", "workday", "warehouse"), self.org)
        parts = Parts(transports, settings, 1, store, Trail())
        self.services: Services = parts.services(plain=False)
        self.backlog = store.table("backlog")
        self.processing = Processing(
            self.services,
            {stream.name: stream},
            Inbox(store),
            Ordering(),
            DeadLetters(store),
            Slots(4, "worker"),
            EmbeddedBus(),
        )
        self.events = Events(self.processing, self.tasks, _compare)

    def opened(self) -> list[tuple[str, str, str]]:
        """Cause, flow and key of what is open."""
        return [(one.cause, one.unit.flow, one.unit.key) for one in self.services.exceptions.all()]

    def trail(self, what: str) -> list[str]:
        return [step.key for step in self.services.trail.steps if step.what == what]


def played(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return run(work(), horizon_s=30 * DAY_S).value


def test_a_write_back_refused_for_good_opens_an_exception_of_its_item() -> None:
    async def main() -> Kit:
        kit = Kit(Facts())
        await kit.processing.one(Item("facts", "k", 1, "1"))
        await kit.services.write_back.flush()
        return kit

    kit = played(main)

    assert kit.opened() == [("write_back", "time", "k")]
    assert kit.services.metrics.counts["write_back.refused.Timecard__c"] == 1


def test_a_refused_exception_record_is_counted_and_stands_in_the_trail() -> None:
    async def main() -> Kit:
        kit = Kit(Facts())
        kit.services.exceptions.open(Unit("facts", "time", "k", 1), "policy", "no")
        await kit.services.write_back.flush()
        return kit

    kit = played(main)

    assert kit.trail("exception not written") == ["k"]
    assert kit.services.metrics.counts["write_back.refused.Integration_Exception__c"] == 1
    assert kit.services.write_back.waiting == 0


def _told(kit: Kit) -> list[tuple[str, str, bool]]:
    """Status and key of what the org was sent of exception records, and whether all of one was."""
    return [(row["Status__c"], row["Exception_Key__c"], "Cause__c" in row) for row in kit.org.rows]


def test_what_the_org_refused_of_an_exception_is_said_again_whole_until_it_takes_it() -> None:
    stream = Facts()

    async def main() -> Kit:
        kit = Kit(stream)
        exceptions, sweep = kit.services.exceptions, Sweep([stream], kit.processing, lambda _: inf)
        exceptions.open(Unit("facts", "time", "k", 1), "policy", "no")
        exceptions.open(Unit("facts", "time", "l", 1), "policy", "no")
        await kit.services.write_back.flush()
        exceptions.close("facts", "time", "l")
        await kit.services.write_back.flush()
        kit.org.rows.clear()
        kit.org.refuses = False
        for _ in range(2):
            await sweep.once()
        return kit

    assert _told(played(main)) == [("Open", "time|k|1", True), ("Closed", "time|l|1", True)]


def test_an_exception_that_was_not_told_before_a_crash_is_told_after_it() -> None:
    async def main() -> Kit:
        store = MemoryStore()
        crashed = Kit(Facts(), store)
        crashed.services.exceptions.open(Unit("facts", "time", "k", 1), "policy", "no")
        store.roll_back()
        kit = Kit(Facts(), store)
        kit.org.refuses = False
        for _ in range(2):
            kit.services.exceptions.send_again()
            await kit.services.write_back.flush()
        return kit

    assert _told(played(main)) == [("Open", "time|k|1", True)]


def test_what_is_said_of_an_exception_while_the_org_answers_for_it_is_not_taken_for_told() -> None:
    async def main() -> Kit:
        kit = Kit(Facts())
        kit.org.refuses, kit.org.takes_s = False, 2.0
        kit.services.exceptions.open(Unit("facts", "time", "k", 1), "policy", "no")
        flushing = asyncio.create_task(kit.services.write_back.flush())
        await asyncio.sleep(1.0)
        kit.services.exceptions.close("facts", "time", "k")
        await flushing
        kit.org.refuses = True
        await kit.services.write_back.flush()
        kit.org.refuses = False
        kit.services.exceptions.send_again()
        await kit.services.write_back.flush()
        return kit

    opened, *closed = _told(played(main))
    assert opened == ("Open", "time|k|1", True)
    assert closed == [("Closed", "time|k|1", True)] * 2


def test_a_failed_micro_batch_does_not_displace_the_newer_version_that_came_meanwhile() -> None:
    stream = Facts(up_s=100.0)

    async def main() -> Kit:
        kit = Kit(stream)
        kit.events.accept(stream, Item("facts", "k", 1, "1"))
        await asyncio.sleep(70.0)
        kit.events.accept(stream, Item("facts", "k", 2, "2"))
        await asyncio.sleep(600.0)
        return kit

    kit = played(main)

    assert [versions for _, versions in stream.applied] == [[1], [2]]
    assert kit.backlog.items() == []


def test_a_micro_batch_is_tried_no_longer_than_events_are_kept_and_a_person_is_told() -> None:
    stream = Facts()

    async def main() -> Kit:
        kit = Kit(stream)
        kit.events.accept(stream, Item("facts", "k", 1, "1"))
        await asyncio.sleep(5 * DAY_S)
        return kit

    kit = played(main)

    kept_s = kit.services.settings.event_retention_s
    assert kept_s - 120.0 < stream.applied[-1][0] < kept_s + 120.0
    assert kit.opened() == [("timeout", "time", "k")]
    assert kit.backlog.items() == []


def test_a_run_at_a_fixed_time_that_is_given_up_is_told_to_a_person() -> None:
    stream = Facts(readable=False)

    async def main() -> Kit:
        kit = Kit(stream)
        await FixedTimes(stream, kit.processing).run()
        return kit

    assert played(main).opened() == [("timeout", "time", "facts")]


class Unmapped(Facts):
    """Refuses to be read until somebody maps its field."""

    mapped = False

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        self._demand()
        yield [Item(self.name, "k", 1, "1")]

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        self._demand()
        return [Item(self.name, "k", 1, "1")]

    def _demand(self) -> None:
        if not self.mapped:
            raise RefusedError("schema", "no such field")


def test_a_run_given_up_on_an_unmapped_field_is_made_up_and_closed_by_the_sweep_after_the_mapping() -> None:
    stream = Unmapped()

    async def main() -> tuple[Kit, list[list[tuple[str, str, str]]]]:
        kit = Kit(stream)
        await FixedTimes(stream, kit.processing).run()
        sweep = Sweep([stream], kit.processing, lambda _: inf)
        told = [kit.opened()]
        for stream.mapped in (False, True):
            await sweep.compare(stream)
            told.append(kit.opened())
        return kit, told

    kit, told = played(main)

    assert told == [[("schema", "time", "facts")], [("schema", "time", "facts")], []]
    assert kit.services.metrics.counts["items.facts.done"] == 1
