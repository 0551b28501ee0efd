"""The plan of a model: which background work, process APIs, hooks and channels its table asks for. No I/O.

batch        runs of the workflow by schedule
api          hooks -> process API; streams without a hook by poll
event        channels (one connection) -> backlog; streams without one by poll; reporting from the own bus
batch+api    batch, and process APIs for hooks where a person waits
batch+event  batch, and channels and the own bus, without polls
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipeline.bus import Bus
from pipeline.item import Outcome
from pipeline.patterns.api import Api
from pipeline.patterns.batch import Batch
from pipeline.patterns.event import Events
from pipeline.patterns.fixed_times import FixedTimes
from pipeline.patterns.overdue import Overdue
from pipeline.patterns.point_to_point import Script
from pipeline.patterns.poll_bridge import PollBridge, Take
from pipeline.patterns.polling import Watermarks
from pipeline.patterns.sweep import Sweep
from pipeline.processing import Processing
from pipeline.services import Services
from pipeline.settings import Settings
from pipeline.tasks import Tasks
from pipeline.workflows.stream import Channel, Hearing, Hook, Stream
from wire.call import Call, json_call

Work = Callable[[], Coroutine[Any, Any, None]]
Carried = Sequence[tuple[str, Stream]]


@dataclass(slots=True)
class Plan:
    """`work` runs in the background; `setup` is what an administrator registers at the systems first; `sweep`
    compares, where anything is kept.
    """

    apis: list[Api] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    setup: list[tuple[str, Call]] = field(default_factory=list)
    sweep: Sweep | None = None

    async def compare(self, stream: Stream) -> None:
        """The sweep of one stream, now."""
        if self.sweep is not None:
            await self.sweep.compare(stream)


def plan(carried: Carried, processing: Processing, scripts: Services, bus: Bus, tasks: Tasks) -> Plan:
    """The plan of streams, each under its pattern."""
    return _Planner(processing, scripts, bus, tasks).plan(carried)


class _Planner:
    def __init__(self, processing: Processing, scripts: Services, bus: Bus, tasks: Tasks) -> None:
        self._processing = processing
        self._scripts = scripts
        self._bus = bus
        self._settings: Settings = processing.services.settings
        self._watermarks = Watermarks(processing.services.store, self._settings.overlap_s)
        self._plan = Plan()
        self._events = Events(processing, tasks, self._plan.compare)

    def plan(self, carried: Carried) -> Plan:
        """Background work in a fixed order: fixed times, scripts, batch, api, event, sweep, overdue."""
        kept = [(pattern, stream) for pattern, stream in carried if pattern != "point-to-point"]
        for _, stream in kept:
            if stream.instants_s:
                self._plan.work.append(FixedTimes(stream, self._processing).run)
        moving = [(pattern, stream) for pattern, stream in carried if not stream.instants_s]
        scripts = [stream for pattern, stream in carried if pattern == "point-to-point"]
        for place, stream in enumerate(scripts):
            self._plan.work.append(Script(stream, self._scripts, place * 60.0).run)
        self._batch([(p, s) for p, s in moving if p.startswith("batch")])
        self._api([(p, s) for p, s in moving if p in {"api", "batch+api"}])
        self._event([(p, s) for p, s in moving if p in {"event", "batch+event"}])
        if kept:
            batch = {stream.name for pattern, stream in moving if _by_runs_only(pattern, stream)}
            sweep = Sweep([s for _, s in kept], self._processing, partial(self._judged, batch))
            self._plan.sweep = sweep
            self._plan.work.extend((sweep.run, Overdue(self._processing).run))
        return self._plan

    def _judged(self, batch: set[str], stream: Stream) -> float:
        """A stream of scheduled runs is judged up to its last run's hand-over, any other up to now."""
        return self._watermarks.of(stream.name) if stream.name in batch else float("inf")

    def _batch(self, carried: Carried) -> None:
        for workflow in dict.fromkeys(stream.workflow for _, stream in carried):
            own = [stream for _, stream in carried if stream.workflow == workflow]
            self._plan.work.append(Batch(workflow, own, self._processing, self._watermarks).run)

    def _api(self, carried: Carried) -> None:
        hooked = [(s, [h for h in s.hooks if p == "api" or h.mode == "sync"]) for p, s in carried]
        api = Api(self._processing, [(stream, hook) for stream, hooks in hooked for hook in hooks])
        if carried:
            self._plan.apis.append(api)
        for _, hooks in hooked:
            self._plan.setup.extend((hook.system, _hook(hook)) for hook in hooks)
        for pattern, stream in carried:
            if pattern == "api" and not stream.hooks:
                self._poll("api", stream, api.polled, ahead=False)

    def _event(self, carried: Carried) -> None:
        channels: dict[str, Channel] = {}
        for pattern, stream in carried:
            for channel in stream.channels:
                channels.setdefault(channel.name, channel)
                self._events.subscribe(channel, stream)
            if isinstance(stream, Hearing):
                self._bus.listen(partial(self._heard, stream), stream.hears)
                continue
            if pattern == "event" and not stream.channels and not _asked_only(stream):
                self._poll("event", stream, self._events.polled, ahead=True)
        self._plan.setup.extend((channel.system, _channel(channel)) for channel in channels.values())
        if channels:
            self._plan.work.append(self._events.listen)

    def _heard(self, stream: Hearing, outcome: Outcome) -> None:
        self._events.accept(stream, stream.from_outcome(outcome))

    def _poll(self, pattern: str, stream: Stream, take: Take, ahead: bool) -> None:
        interval_s = self._settings.interval_s(pattern, stream.workflow, stream.source)
        bridge = PollBridge(stream, interval_s, self._watermarks, self._processing, take, ahead)
        self._plan.work.append(bridge.run)


def _by_runs_only(pattern: str, stream: Stream) -> bool:
    """Whether nothing but scheduled runs carries the stream."""
    fed = bool(stream.channels) or isinstance(stream, Hearing)
    return pattern in {"batch", "batch+api"} or (pattern == "batch+event" and not fed)


def _asked_only(stream: Stream) -> bool:
    """Whether a stream only answers people (read-through): nothing of it waits to be polled."""
    return bool(stream.hooks) and all(hook.mode == "sync" for hook in stream.hooks)


def _hook(hook: Hook) -> Call:
    return json_call(
        "POST",
        "/control/hooks",
        {
            "hook": hook.name,
            "object": hook.object,
            "when": hook.when,
            "on": hook.on,
            "mode": hook.mode,
            "path": f"/hooks/{hook.name}",
            "own": hook.own,
            "fields": list(hook.fields),
        },
    )


def _channel(channel: Channel) -> Call:
    return json_call(
        "POST",
        "/control/channels",
        {
            "channel": channel.name,
            "object": channel.object,
            "when": channel.when or None,
            "fields": list(channel.fields),
        },
    )
