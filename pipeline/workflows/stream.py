"""Stream: what a workflow offers to the patterns; the same few verbs whichever pattern carries it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from math import inf
from typing import Any, NamedTuple, Protocol, runtime_checkable

from pipeline.item import Back, Item, Outcome

NOTHING: Mapping[str, Sequence[Any]] = {}


class Hook(NamedTuple):
    """A call-out that the API pattern asks the source's administrator for; `mode` sync = a person waits.

    `own`: also for what the pipeline itself saves, where another workflow of it makes such records. `fields`
    are told with each call-out, changed or not, so that a renamed one cannot pass for an unchanged one.
    """

    name: str
    object: str
    when: Mapping[str, Sequence[Any]] = NOTHING
    on: str = "any"
    mode: str = "async"
    system: str = "salesforce"
    own: bool = False
    fields: tuple[str, ...] = ()


class Channel(NamedTuple):
    """A filtered change channel that the event pattern asks for; `fields` are enriched into each event.

    `own`: the pipeline's own changes are taken too, since another workflow of it makes such records.
    """

    name: str
    object: str
    when: Mapping[str, Sequence[Any]] = NOTHING
    fields: tuple[str, ...] = ()
    system: str = "salesforce"
    own: bool = False


class Stream(Protocol):
    """One kind of item of a workflow. Where it has no hook (API) or channel (event), its source is polled.

    `instants_s` non-empty: every pattern starts it at these instants only (revenue runs).
    """

    @property
    def name(self) -> str:
        """Unique over all workflows; also the `stream` of its items."""
        ...

    @property
    def workflow(self) -> str:
        """One of measurements.facts.WORKFLOWS."""
        ...

    @property
    def flow(self) -> str:
        """The flow of measurements.facts, for exception records and the trail."""
        ...

    @property
    def source(self) -> str:
        """The system where work arises; poll intervals belong to it."""
        ...

    @property
    def keys(self) -> str:
        """The shape of its business keys (DESIGN.md) as globs: how people are told of a whole stream."""
        ...

    @property
    def hooks(self) -> tuple[Hook, ...]:
        """Call-outs it is started by under the API pattern."""
        ...

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Channels it is fed by under the event pattern."""
        ...

    @property
    def instants_s(self) -> tuple[float, ...]:
        """Fixed run times, the same in every pattern; empty for what follows changes."""
        ...

    def from_hook(self, hook: str, body: Mapping[str, Any]) -> Item | None:
        """The item of a call-out {hook, object, id, key, record, fields, user, …}, if ours."""
        ...

    def from_event(self, payload: Mapping[str, Any]) -> Item | None:
        """The item of a change event's payload (with ChangeEventHeader); None = none of ours."""
        ...

    def changed(self, since_s: float, until_s: float) -> AsyncGenerator[list[Item], None]:
        """Pages of what changed in [since, until), with records; future-dated ones carry `not_before_s`."""
        ...

    async def apply(self, item: Item, deadline_s: float = inf) -> Outcome:
        """Carry one item over and return when the targets confirmed; idempotent.

        Raises RefusedError and UnreachableError.
        """
        ...

    def shown(self, item: Item, refusal: str) -> Back | None:
        """The row that shows a refusal on the record that its owner saved; None where nobody saved one."""
        ...

    async def apply_bulk(self, items: Sequence[Item]) -> list[Outcome]:
        """Carry many over by the vendors' bulk means; one outcome per item, in any order."""
        ...

    async def sweep(self, since_s: float, until_s: float) -> list[Item]:
        """Due items whose effect is absent or different, by keys, counts and sums of source and target."""
        ...

    async def differing(self, keys: Sequence[str]) -> Collection[str]:
        """Of these keys, those whose due effect is absent or different: the sweep's comparison, by name.

        Raises RefusedError and UnreachableError.
        """
        ...


@runtime_checkable
class Hearing(Stream, Protocol):
    """A stream that the event pattern feeds from the pipeline's own bus, with items of others that passed."""

    @property
    def hears(self) -> tuple[str, ...]:
        """The streams whose items it is told of."""
        ...

    def from_outcome(self, outcome: Outcome) -> Item:
        """The item that such an item makes due."""
        ...


def fits(stream: Stream, key: str) -> bool:
    """Whether a key has the shape of the stream's: other streams of its flow cannot read it."""
    return any(fnmatchcase(key, shape) for shape in stream.keys.split(","))


def error_on(object_: str, field: str, key: str, refusal: str) -> Back:
    """What a vendor's own call-out writes where it was refused."""
    return Back(object_, field, key, {"Integration_Error__c": refusal[:1000]})


def batched(stream: Stream) -> bool:
    """Whether its target takes collections only, so that polls and micro-batches use `apply_bulk`."""
    return bool(getattr(stream, "batched", False))
