"""One run: a play on the mock systems with one pipeline between them, in virtual time.

play ──> systems (opening loaded) <── calls, events ──> pipeline (one model)
     └─> people ── desk calls ──┘                            │
afterwards: books of all systems, what should stand, labour ─┴─> Observed
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import simpy

from measurements.facts import FLOWS, WORKFLOWS, Books, Commitment
from measurements.items import Item
from measurements.observed import Observed, Released, Struck, TrailStep, gather
from measurements.view import view
from mocks.assemble import assemble as assemble_systems
from mocks.system import System
from pipeline.assemble import Pipeline
from pipeline.assemble import assemble as assemble_pipeline
from pipeline.models import Model
from pipeline.settings import Settings
from pipeline.trail import NEUTRAL
from scenarios.expected import Expected, expected, told
from scenarios.play import Play
from scenarios.script import OPERATIONS, Scripted, administration
from sim.collector import collector_off
from sim.loop import SimulationLoop
from sim.people import People
from sim.settings_of import settings_of
from sim.witness import Witness
from wire.call import Endpoint
from wire.inprocess import InProcess

T = TypeVar("T")

DAY_S = 86400.0


class Look(NamedTuple):
    """What the systems' books told at one instant, and what should stand: a function of that alone."""

    told: Mapping[str, Books]
    wanted: Expected


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


def perform(
    play: Play, model: Model, seed: int, settings: Settings | None = None, traced: bool = False
) -> World:
    """Run the play until every counted item is finished, or to the end of observation.

    `traced`: the journals keep each write and what it changed, and the trail its details, for who reads the
    life of one record.
    """
    with collector_off():
        env = simpy.Environment()
        loop = SimulationLoop(env)
        intake = InProcess()
        systems = assemble_systems(
            play.landscape, play.opening, play.time, seed, intake, keeps_entries=traced
        )
        transports = {name: InProcess(system.api) for name, system in systems.items()}
        pipeline = assemble_pipeline(
            model, transports, settings or settings_of(play), seed, keeps_details=traced
        )
        intake.endpoint = pipeline.intake
        people = People(env, loop, _desks(systems, pipeline))
        people.start(cast_of(play, model))
        outcome = loop.play(_main(play, systems, pipeline, people, model))
        loop.close()
    return World(play, model, systems, pipeline, people, outcome.at_s, outcome.value)


def cast_of(play: Play, model: Model) -> tuple[Scripted, ...]:
    """Everyone who acts: clerks where nothing integrates, watchers where nothing monitors."""
    keyed = carried_by(model, "manual", play.workflows)
    unwatched = carried_by(model, "point-to-point", play.workflows)
    return (*play.people, *play.clerks(keyed), *play.watchers(unwatched))


def carried_by(model: Model, pattern: str, workflows: Collection[str] = WORKFLOWS) -> tuple[str, ...]:
    """Those of the workflows that a model carries by this pattern."""
    return tuple(name for name in workflows if model.workflows.get(name) == pattern)


def observe(world: World, replication: int, end_s: float | None = None) -> Observed:
    """What this run left behind, from the systems' books; the pipeline's trail feeds only the stages."""
    end_s = world.end_s if end_s is None else end_s
    books = _books(world, end_s)
    wanted = _wanted(world, books)
    trail = _trail(world.pipeline)
    return _observed(world.play, books, wanted, world.people, world.model, replication, end_s, trail)


def _books(world: World, end_s: float) -> dict[str, Books]:
    """The books of all systems at the end, system by system: what the last look read already is held once."""
    looked = {} if world.looked is None else world.looked.told
    return {
        name: _held_once(system.books(end_s), looked.get(name, Books()))
        for name, system in world.systems.items()
    }


def _held_once(books: Books, looked: Books) -> Books:
    """The books; each table that tells the same as at the look is the look's own."""
    return books._replace(
        commitments=_first(looked.commitments, books.commitments),
        effects=_first(looked.effects, books.effects),
        values=_first(looked.values, books.values),
    )


def _first(old: T, new: T) -> T:
    """Of equals the first, so that the second can go."""
    return old if old == new else new


def _wanted(world: World, books: Mapping[str, Books]) -> Expected:
    """What should stand: the last look's answer where the books still tell the same."""
    looked = world.looked
    if looked is not None and looked.told == told(books):
        return looked.wanted
    return expected(world.play, books)


def _observed(
    play: Play,
    books: Mapping[str, Books],
    wanted: Expected,
    people: People,
    model: Model,
    replication: int,
    end_s: float,
    trail: Collection[TrailStep] = (),
) -> Observed:
    held, due = _taking_part(play.workflows, gather(books.values()), wanted.due)
    revenue = tuple(row for row in due if row.flow == "revenue")
    return Observed(
        model=model.name,
        replication=replication,
        books=held._replace(commitments=held.commitments + revenue),
        due=due,
        closes=play.closes,
        window_s=play.window_s,
        end_s=end_s,
        close_s=play.close_s,
        period=play.opening.period,
        rates=play.rates,
        report_instants_s=play.report_instants_s,
        truth=wanted.truth,
        labour=tuple(people.labour),
        faults=tuple(Struck(*span) for span in play.fault_spans),
        releases=tuple(Released(*release) for release in play.releases),
        trail=tuple(trail),
        targets=play.firm.targets,
    )


def _taking_part(
    workflows: Collection[str], held: Books, due: Sequence[Commitment]
) -> tuple[Books, tuple[Commitment, ...]]:
    """Only the flows of workflows that take part in the play: nobody carries the others."""
    flows = {flow for flow, workflow in FLOWS.items() if workflow in workflows}
    if len(flows) == len(FLOWS):
        return held, tuple(due)
    kept = held._replace(
        commitments=tuple(row for row in held.commitments if row.flow in flows),
        effects=tuple(row for row in held.effects if row.flow in flows),
        sightings=held.sightings if "reporting" in flows else (),
    )
    return kept, tuple(row for row in due if row.flow in flows)


async def _main(
    play: Play, systems: Mapping[str, System], pipeline: Pipeline, people: People, model: Model
) -> Look | None:
    async with AsyncExitStack() as stack:
        for system in systems.values():
            await stack.enter_async_context(system)
        for name, call in pipeline.setup:
            reply = await systems[name].control.serve(call)
            if not reply.ok:
                raise RuntimeError(f"{name} refused {call.path}: {reply.body.decode()}")
        await stack.enter_async_context(pipeline)
        return await _until_finished(play, systems, people, model)


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
            # Revenue, which must be computed first, is asked of only where no other item is unfinished.
            unfinished = _unfinished(play, books, Expected((), ()), people, model, look_s)
            if not unfinished:
                wanted = expected(play, books)
                unfinished = _unfinished(play, _of_revenue(books), wanted, people, model, look_s)
                if not unfinished:
                    return Look(told(books), wanted)
            witness.choose(unfinished)
        look_s += 2 * DAY_S
    await asyncio.sleep(play.end_s - loop.time())
    return None


def _unfinished(
    play: Play,
    books: Mapping[str, Books],
    wanted: Expected,
    people: People,
    model: Model,
    look_s: float,
) -> list[Item]:
    """Counted items that are unfinished."""
    rows = view(_observed(play, books, wanted, people, model, 0, look_s)).counted.values()
    return [item for items in rows for item in items if item.finished_s is None]


def _of_revenue(books: Mapping[str, Books]) -> dict[str, Books]:
    """Only what finishes revenue: its effects."""
    return {
        name: Books(effects=tuple([row for row in held.effects if row.flow == "revenue"]))
        for name, held in books.items()
    }


def _desks(systems: Mapping[str, System], pipeline: Pipeline) -> dict[str, Endpoint]:
    desks = {role: system.desk for system in systems.values() for role in system.roles}
    control = {administration(name): system.control for name, system in systems.items()}
    return {**desks, **control, OPERATIONS: pipeline.operations}


def _trail(pipeline: Pipeline) -> list[TrailStep]:
    return [
        TrailStep(step.flow, step.key, step.version, NEUTRAL[step.what], step.at_s)
        for step in pipeline.trail
        if step.what in NEUTRAL
    ]
