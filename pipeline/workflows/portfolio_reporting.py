"""Portfolio reporting: facts of all four systems into the warehouse.

One stream per kind of fact. They differ in the reader (pipeline/workflows/fact_readers.py) and in which of
the pipeline's own items tell of them; loading, comparing and sweeping are the same.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from math import inf
from typing import Any

from pipeline.failures import RefusedError, UnreachableError
from pipeline.item import Back, Item, Outcome
from pipeline.services import Services
from pipeline.workflows import fact_readers as readers
from pipeline.workflows.refusals import refused_outcome
from pipeline.workflows.stream import Channel, Hook, Stream

_KEYS = 500
_LOAD = 1000
_READ = 200


def streams(services: Services) -> tuple[Stream, ...]:
    """Facts of the PSA, then of the ERP, then of the HCM."""
    return (
        FactsOfOurs(services, readers.time_facts(services)),
        FactsOfOurs(services, readers.expense_facts(services)),
        FactsOfOurs(services, readers.project_facts(services)),
        Facts(services, readers.LedgerFacts(services, "invoice")),
        Facts(services, readers.LedgerFacts(services, "revenue")),
        Facts(services, readers.WorkerFacts(services)),
    )


class Facts:
    """The stream of one kind of fact; an item's record is the fact as it is loaded."""

    workflow = "portfolio_reporting"
    flow = "reporting"
    hooks: tuple[Hook, ...] = ()
    channels: tuple[Channel, ...] = ()
    instants_s: tuple[float, ...] = ()
    batched = True

    def __init__(self, services: Services, reader: readers.Reader) -> None:
        self._services = services
        self._reader = reader
        self.name = f"facts.{reader.kind}"
        self.source = reader.source
        self.keys = readers.KEYS[reader.kind]

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """Nobody calls for reporting."""
        return None

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """It listens to the pipeline's own bus, not to a source's channel."""
        return None

    async def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Facts that changed."""
        async with aclosing(self._reader.changed(since_s, until_s)) as pages:
            async for page in pages:
                yield [self._item(fact) for fact in page]

    def _item(self, fact: Mapping[str, Any]) -> Item:
        key, version = str(fact["key"]), int(fact["version"])
        committed_s = self._services.settings.time.seconds(str(fact["committed_at"]))
        mark = f"{version}|{hash_of(fact)}"
        return Item(self.name, key, version, mark, key, fact, committed_s)

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Load one fact."""
        return (await self.apply_bulk([item]))[0]

    def shown(self, item: Item, refusal: str) -> Back | None:
        """None: no person saved it."""
        return None

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """Load facts, 1,000 a call; thin items are read first, by their keys."""
        whole = await self._read([item for item in items if item.record is None])
        found = [whole.get(item.key, item) if item.record is None else item for item in items]
        outcomes = [Outcome(item, "skipped", detail="no such record") for item in found if not item.record]
        full = [item for item in found if item.record]
        for start in range(0, len(full), _LOAD):
            part = full[start : start + _LOAD]
            for item in part:
                self._services.trail.step(self.flow, item.key, item.version, "sent")
            try:
                await self._services.warehouse.load([item.record for item in part if item.record])
                outcomes.extend(Outcome(item) for item in part)
            except RefusedError as refused:
                outcomes.extend(refused_outcome(item, refused) for item in part)
            except UnreachableError as failed:
                outcomes.extend(Outcome(item, "failed", failed.cause, failed.detail) for item in part)
        return outcomes

    async def _read(self, items: Sequence[Item]) -> dict[str, Item]:
        keys = [item.key for item in items]
        found: dict[str, Item] = {}
        for start in range(0, len(keys), _READ):
            for fact in await self._reader.of(keys[start : start + _READ]):
                found[str(fact["key"])] = self._item(fact)
        return found

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Facts that the warehouse does not hold in the source's version."""
        wanted: dict[str, readers.Fact] = {}
        async with aclosing(self._reader.changed(since_s, until_s)) as pages:
            async for page in pages:
                wanted.update((fact["key"], fact) for fact in page)
        return [self._item(fact) for fact in await self._lacking(wanted)]

    async def differing(self, keys: Sequence[str]) -> list[str]:
        """The same comparison by name."""
        wanted: dict[str, readers.Fact] = {}
        for start in range(0, len(keys), _READ):
            wanted.update((fact["key"], fact) for fact in await self._reader.of(keys[start : start + _READ]))
        return [str(fact["key"]) for fact in await self._lacking(wanted)]

    async def _lacking(self, wanted: dict[str, readers.Fact]) -> list[readers.Fact]:
        """Those that the warehouse does not hold as they are."""
        keys = list(wanted)
        for start in range(0, len(keys), _KEYS):
            asked = {"source": self.source, "keys": keys[start : start + _KEYS]}
            for held in (await self._services.warehouse.query(asked))["facts"]:
                if _holds(held, wanted[held["key"]]):
                    del wanted[held["key"]]
        return list(wanted.values())


class FactsOfOurs(Facts):
    """Facts that items of other workflows tell of, over the pipeline's own bus; it `hears` their streams."""

    def __init__(self, services: Services, reader: readers.PsaFacts) -> None:
        super().__init__(services, reader)
        self._told = reader.told
        self.hears = tuple(reader.told)

    def from_outcome(self, outcome: Outcome) -> Item:
        """The fact of an item that passed, whole or (read later) thin."""
        item = outcome.item
        told = self._told[item.stream](item)
        return Item(self.name, told, order=told) if isinstance(told, str) else self._item(told)


def hash_of(fact: Mapping[str, Any]) -> str:
    """A short text that differs where a fact's values do."""
    return "|".join(map(str, fact["values"].values()))


def _holds(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the warehouse's fact says all that the source says, at its version."""
    told: bool = wanted["values"].items() <= held["values"].items()
    return told and bool(held["version"] == wanted["version"])
