"""A tiny firm on the real mocks with one pipeline between them: for tests of workflows, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from vendor_opening import OPENING, TIME
from vendor_world import QUIET, Client

from measurements.facts import Effect
from mocks.assemble import assemble as assemble_systems
from mocks.landscape import Landscape, SystemSettings
from mocks.opening import Opening
from mocks.system import System
from pipeline.assemble import Pipeline, assemble
from pipeline.models import Model
from pipeline.settings import EntitySetting, Settings
from sim.loop import run
from wire.call import Call, Reply, Transport
from wire.inprocess import InProcess

DAY_S = 86400.0
NAMES = ("salesforce", "workday", "netsuite", "warehouse")

SETTINGS = Settings(
    time=TIME,
    hq_zone=OPENING.hq_zone,
    entities={row.entity: EntitySetting(row.zone, row.currency) for row in OPENING.entities},
    rates={rate.currency: rate.to_usd for rate in OPENING.rates},
    period=OPENING.period,
    processing_s=0.0,
    write_back_s=1.0,
)


class Spoilt:
    """A transport on which a test loses replies (`lose`: the server acted) or whole calls (`refuse`), or has
    its own reply given in the server's place (`instead`).
    """

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.calls: list[Call] = []
        self.lose: Callable[[Call], bool] = lambda call: False
        self.refuse: Callable[[Call], bool] = lambda call: False
        self.instead: Callable[[Call], Reply | None] = lambda call: None

    async def send(self, call: Call, timeout_s: float) -> Reply:
        """The server acts; whether the client learns of it is the test's choice."""
        self.calls.append(call)
        if self.refuse(call):
            raise ConnectionError("refused")
        reply = self.instead(call) or await self._inner.send(call, timeout_s)
        if self.lose(call):
            raise ConnectionError("reply lost")
        return reply

    def sent(self, method: str, part: str) -> int:
        """How many calls of this method had `part` in their path."""
        return sum(call.method == method and part in call.path for call in self.calls)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a test plays on: people's clients, the pipeline, its transports and the systems."""

    clients: Mapping[str, Client]
    pipeline: Pipeline
    wires: Mapping[str, Spoilt]
    systems: Mapping[str, System]

    def effects(self, system: str, flow: str) -> list[Effect]:
        """What a target's books say now."""
        now_s = asyncio.get_running_loop().time()
        return [row for row in self.systems[system].books(now_s).effects if row.flow == flow]

    async def act(self, system: str, verb: str, user: str = "person", **given: Any) -> Any:
        """One act of a person; the answer as JSON."""
        reply = await self.clients[system].act(verb, user, **given)
        assert reply.ok, reply.body.decode()
        return reply.json()


def play(
    test: Callable[[Stage], Awaitable[None]],
    workflow: str,
    pattern: str,
    *,
    opening: Opening = OPENING,
    settings: Mapping[str, SystemSettings] = QUIET,
    also: Mapping[str, str] = {},
    **set_: Any,
) -> None:
    """Run the test with one workflow under one pattern (`also`: others under theirs), for at most 40 days."""

    async def main() -> None:
        intake = InProcess()
        systems = assemble_systems(Landscape(settings, None), opening, TIME, 1, intake, NAMES)
        wires = {name: Spoilt(InProcess(system.api)) for name, system in systems.items()}
        model = Model("test", "test", {workflow: pattern, **also})
        pipeline = assemble(model, wires, replace(SETTINGS, **set_), 1)
        intake.endpoint = pipeline.intake
        async with AsyncExitStack() as stack:
            clients = {}
            for name, system in systems.items():
                await stack.enter_async_context(system)
                doors = (InProcess(system.api), InProcess(system.desk), InProcess(system.control))
                clients[name] = Client(name, *doors)
            for name, call in pipeline.setup:
                reply = await systems[name].control.serve(call)
                assert reply.ok, reply.body.decode()
            await stack.enter_async_context(pipeline)
            await test(Stage(clients, pipeline, wires, systems))

    run(main(), horizon_s=40 * DAY_S)


async def until(at_s: float) -> None:
    """Wait for an instant."""
    await asyncio.sleep(max(0.0, at_s - asyncio.get_running_loop().time()))
