"""One run: a play on the mock systems with one pipeline between them, in virtual time.

play ──> systems (opening loaded) <── calls, events ──> pipeline (one model)
     └─> people ── desk calls ──┘                            │
afterwards: books of all systems, what should stand, labour ─┴─> Observed
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NamedTuple

import simpy

from measurements.observed import Observed
from mocks.assemble import assemble as assemble_systems
from mocks.system import System
from pipeline.assemble import Pipeline
from pipeline.assemble import assemble as assemble_pipeline
from pipeline.models import Model
from pipeline.settings import Settings
from run.cast import cast_of
from run.observing import Look, Named, finished, held_once, neutral, observed, wanted_by
from run.settings_of import settings_of
from scenarios.play import Play
from scenarios.script import OPERATIONS, administration
from sim.collector import collector_off
from sim.loop import SimPyLoop, SimulationLoop
from sim.people import People
from sim.witness import Witness
from wire.call import Endpoint
from wire.inprocess import InProcess

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class World:
    """A run that has ended: its systems and pipeline can still be asked; `end_s` ends its observation.

    `looked` is the look that ended it, where one did.
    """

    play: Play
    model: Model
    systems: Mapping[str, System]
    pipeline: Pipeline
    people: People
    end_s: float
    looked: Look | None = None

    @property
    def calls(self) -> int:
        """All calls that the systems counted, people's desk calls included."""
        return sum(system.journal.calls() for system in self.systems.values())

    def let_go(self) -> None:
        """Empty the systems' stores. A world is full of cycles, and would else keep its records until the
        garbage collector comes by.
        """
        for system in self.systems.values():
            if system.store is not None:
                system.store.clear()


class Assembled(NamedTuple):
    """A run that has not begun: everything in one process, each system behind the transport of its name.

    `intake` is the transport of the systems' call-outs to the pipeline.
    """

    systems: Mapping[str, System]
    pipeline: Pipeline
    people: People
    transports: Mapping[str, InProcess]
    intake: InProcess

    async def enter(self, stack: AsyncExitStack) -> None:
        """Start everything, the systems first; what the pipeline needs is set up in them before it starts."""
        for system in self.systems.values():
            await stack.enter_async_context(system)
        for name, call in self.pipeline.setup:
            reply = await self.systems[name].control.serve(call)
            if not reply.ok:
                raise RuntimeError(f"{name} refused {call.path}: {reply.body.decode()}")
        await stack.enter_async_context(self.pipeline)


def perform(
    play: Play, model: Model, seed: int, settings: Settings | None = None, traced: bool = False
) -> World:
    """Run the play until every counted item is finished, or to the end of observation.

    `traced`: the journals keep each write and what it changed, and the trail its details, for who reads the
    life of one record.
    """
    with collector_off():
        loop = SimulationLoop(simpy.Environment())
        made = assembled(loop, play, model, seed, settings or settings_of(play), traced)
        outcome = loop.play(_main(play, made, model))
        loop.close()
    return World(play, model, made.systems, made.pipeline, made.people, outcome.at_s, outcome.value)


def assembled(
    loop: SimPyLoop, play: Play, model: Model, seed: int, settings: Settings, traced: bool = False
) -> Assembled:
    """Systems, pipeline and people of one run, on that loop; the people are on their marks."""
    intake = InProcess()
    systems = assemble_systems(play.landscape, play.opening, play.time, seed, intake, keeps_entries=traced)
    transports = {name: InProcess(system.api) for name, system in systems.items()}
    pipeline = assemble_pipeline(model, transports, settings, seed, keeps_details=traced)
    intake.endpoint = pipeline.intake
    people = People(loop.env, loop, _desks(systems, pipeline))
    people.start(cast_of(play, model))
    return Assembled(systems, pipeline, people, transports, intake)


def observe(world: World, replication: int, end_s: float | None = None) -> Observed:
    """What this run left behind, from the systems' books; the pipeline's trail feeds only the stages."""
    end_s = world.end_s if end_s is None else end_s
    books = {
        name: held_once(name, system.books(end_s), world.looked) for name, system in world.systems.items()
    }
    wanted = wanted_by(world.play, books, world.looked)
    named = Named(world.model.name, replication)
    trail = neutral(world.pipeline.trail)
    return observed(world.play, books, wanted, world.people.labour, named, end_s, trail)


async def _main(play: Play, made: Assembled, model: Model) -> Look | None:
    async with AsyncExitStack() as stack:
        await made.enter(stack)
        return await _until_finished(play, made.systems, made.people, model)


async def _until_finished(
    play: Play, systems: Mapping[str, System], people: People, model: Model
) -> Look | None:
    """After the window, look every second day; stop where no counted item is unfinished, with that look."""
    loop = asyncio.get_running_loop()
    witness = Witness(systems)
    look_s = play.window_s[1] + DAY_S
    while look_s < play.end_s:
        await asyncio.sleep(look_s - loop.time())
        if not witness.stands():
            books = {name: system.books(look_s) for name, system in systems.items()}
            looked = finished(play, books, people.labour, Named(model.name), look_s)
            if isinstance(looked, Look):
                return looked
            witness.choose(looked)
        look_s += 2 * DAY_S
    await asyncio.sleep(play.end_s - loop.time())
    return None


def _desks(systems: Mapping[str, System], pipeline: Pipeline) -> dict[str, Endpoint]:
    desks = {role: system.desk for system in systems.values() for role in system.roles}
    control = {administration(name): system.control for name, system in systems.items()}
    return {**desks, **control, OPERATIONS: pipeline.operations}
