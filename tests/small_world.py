"""Small firms for the tests of mechanisms: one or two workflows carried, nobody re-keys the others.

month-end (or any scenario) + changes ──> Play of some acts only, which ends early ──> World ──> Run
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

import simpy

from measurements.assess import assess
from measurements.facts import WORKFLOWS
from measurements.run import Run
from mocks.assemble import assemble as assemble_systems
from mocks.system import System
from pipeline.assemble import assemble as assemble_pipeline
from pipeline.models import Model
from pipeline.settings import Settings
from run.settings_of import settings_of
from scenarios import catalogue, firm_file
from scenarios.acts import Workload
from scenarios.people import cast
from scenarios.play import Play, stage
from scenarios.scenario import Scenario, SystemChange
from scenarios.script import OPERATIONS, Ask, Script, Scripted, Until, desk_call
from sim.collector import collector_off
from sim.loop import SimulationLoop
from sim.people import People
from sim.world import World, observe, perform
from wire.call import Call
from wire.inprocess import InProcess

DAY_S = 86400.0
HOUR_S = 3600.0
TIME = "time_and_expense"
WINS = "quote_to_project"
BILLING = "billing_and_revenue"
WORKERS = "worker_alignment"
REPORTING = "portfolio_reporting"

FAULTLESS = {
    name: dict.fromkeys(kinds, 0.0)
    for name, kinds in {
        "salesforce": (
            *("lost_reply", "row_lock", "row_lock_parallel"),
            *("lost_event", "doubled_event", "late_event"),
        ),
        "netsuite": ("lost_reply", "missing_reference"),
    }.items()
}
"""Ambient faults that are on in every scenario, all at rate 0."""

ACTS: Mapping[str, tuple[str, ...]] = {
    TIME: ("weeks", "sittings", "holding", "shifts", "locks"),
    WINS: ("deals", "shifts"),
    WORKERS: ("changes", "shifts"),
}
"""What of the workload a workflow needs."""

HOURLY_MIN: Mapping[str, float] = dict.fromkeys(("netsuite", "workday"), 60.0)
"""Minutes from one poll to the next, for `polls_min` where a test is not about polls: most calls of a small
firm's month are polls that find nothing.
"""
HOURLY = """
title = "A month-end, polled hourly"
question = "Who is on time?"
decisions.time_posted_h_p95.absolute = 4
polls = { netsuite = 60, workday = 60 }
"""
"""The same as a scenario file, for what starts at the command line."""

Systems: TypeAlias = Mapping[str, System]
Guest: TypeAlias = Callable[[Systems], Coroutine[Any, Any, None]]
"""Somebody else in the landscape: starts when systems and pipeline are up."""


class Few(Play):
    """A play without clerks and reconcilers, that may end before its calendar does."""

    __slots__ = ("_until_s",)
    _until_s: float

    def clerks(self, workflows: Collection[str]) -> tuple[Scripted, ...]:
        """Nobody re-keys what the tested pipeline does not carry."""
        return ()

    def watchers(self, workflows: Collection[str]) -> tuple[Scripted, ...]:
        """Nobody repairs by hand what a mechanism breaks."""
        return ()

    @property
    def end_s(self) -> float:
        """The end of observation."""
        return self._until_s


def month_end(
    *,
    ambient: Mapping[str, Mapping[str, float]] | None = FAULTLESS,
    firm: Mapping[str, Any] | None = None,
    systems: Mapping[str, SystemChange] | None = None,
    name: str = "month-end",
    background: float = 1.0,
    **changes: Any,
) -> Scenario:
    """The shipped scenario without ambient faults (`ambient` None: as shipped), and with changes."""
    scenario = catalogue.load(name)
    changed = {
        system: replace(
            (systems or {}).get(system, SystemChange()),
            background=background,
            ambient={
                **(ambient or {}).get(system, {}),
                **(systems or {}).get(system, SystemChange()).ambient,
            },
        )
        for system in ("salesforce", "workday", "netsuite", "warehouse")
    }
    return replace(scenario, systems=changed, firm={**scenario.firm, **(firm or {})}, **changes)


def staged(
    scenario: Scenario,
    seed: int,
    *,
    consultants: int = 20,
    workflows: Sequence[str] = (),
    days: float = 0.0,
    people: Iterable[Scripted] | None = None,
    without: Collection[str] = (),
) -> Play:
    """The play; only the acts of these workflows (all where none is named), or only these `people`.

    `without` names acts that are left out, such as the `shifts` of the exception desk.
    """
    play = _play(scenario, consultants, seed)
    if people is None and workflows:
        kept = dict.fromkeys(act for workflow in workflows for act in ACTS[workflow] if act not in without)
        acts = type(play.workload)(**{act: getattr(play.workload, act) for act in kept})
        people = cast.people(acts, play.company)
    return peopled(play, play.people if people is None else people, days)


_PLAYS: dict[tuple[str, int, int], Play] = {}
_PLAYS_MOST = 24


def _play(scenario: Scenario, consultants: int, seed: int) -> Play:
    """The play as it is; the last few are kept, since a play is a value and models share it."""
    key = (repr(scenario), consultants, seed)
    play = _PLAYS.pop(key, None) or stage(scenario, firm_file.load(None, consultants), seed)
    _PLAYS[key] = play
    while len(_PLAYS) > _PLAYS_MOST:
        del _PLAYS[next(iter(_PLAYS))]
    return play


def peopled(play: Play, people: Iterable[Scripted], days: float = 0.0) -> Play:
    """The same play with other people, so that one that was staged serves several runs."""
    few = Few(**{one.name: getattr(play, one.name) for one in fields(play)})
    object.__setattr__(few, "people", tuple(people))
    object.__setattr__(few, "_until_s", days * DAY_S if days else play.end_s)
    return few


def model(name: str = "small", **patterns: str) -> Model:
    """A model that carries only the named workflows."""
    return Model(name, name, {workflow: patterns.get(workflow, "manual") for workflow in WORKFLOWS})


def ran(play: Play, carried: Model, seed: int, **settings: Any) -> World:
    """One run; settings that are named differ from the play's."""
    return perform(play, carried, seed, with_settings(play, **settings))


def with_settings(play: Play, **settings: Any) -> Settings:
    """The play's settings, with those that are named."""
    return replace(settings_of(play), **settings)


def ran_among(
    play: Play,
    carried: Model,
    seed: int,
    *,
    registered: Callable[[Call], Call] = lambda call: call,
    guests: Sequence[Guest] = (),
) -> World:
    """As `ran`, but the administrator registers other hooks and channels, or guests are there too."""
    with collector_off():
        env = simpy.Environment()
        loop = SimulationLoop(env)
        intake = InProcess()
        systems = assemble_systems(play.landscape, play.opening, play.time, seed, intake)
        transports = {name: InProcess(system.api) for name, system in systems.items()}
        pipeline = assemble_pipeline(carried, transports, settings_of(play), seed)
        intake.endpoint = pipeline.intake
        desks = {role: system.desk for system in systems.values() for role in system.roles}
        people = People(env, loop, {**desks, OPERATIONS: pipeline.operations})
        people.start(play.people)

        async def main() -> None:
            async with AsyncExitStack() as stack:
                for system in systems.values():
                    await stack.enter_async_context(system)
                for name, call in pipeline.setup:
                    reply = await systems[name].control.serve(registered(call))
                    assert reply.ok, reply.body
                await stack.enter_async_context(pipeline)
                here = [asyncio.ensure_future(guest(systems)) for guest in guests]
                await asyncio.sleep(play.end_s)
                for one in here:
                    assert not one.done(), one.exception()
                    one.cancel()

        outcome = loop.play(main())
        loop.close()
    return World(play, carried, systems, pipeline, people, outcome.at_s)


def judged(world: World, twin: World | None = None) -> Run:
    """The run as it is measured."""
    return assess(observe(world, 0), None if twin is None else observe(twin, 0))


def value(run: Run, kpi: str) -> float:
    """A KPI that must have one."""
    found = run.kpis[kpi].value
    assert found is not None, f"{kpi} has no value: nothing was due"
    return found


def count(run: Run, finding: str, *flows: str) -> int:
    """How many of an audit finding, in these flows (all where none is named)."""
    counts = run.audit[finding]
    return sum(found for flow, found in counts.items() if not flows or flow in flows)


def calls(run: Run, system: str = "", *kinds: str) -> int:
    """The integration's own requests, at one system and of some kinds where they are named."""
    return sum(
        found
        for name, counted in run.calls.items()
        for kind, found in counted.items()
        if system in {"", name} and (not kinds or kind in kinds)
    )


def asking(at_s: float, *asks: Ask) -> Script:
    """A script that asks one thing after the other at one instant; nothing may be refused."""
    yield Until(at_s)
    for one in asks:
        reply = yield one
        assert reply.ok, f"{one.call.path} was refused: {reply.body.decode()}"


def approvals(play: Play, instants_s: Sequence[float]) -> list[Scripted]:
    """At each instant one timecard of its own is saved, submitted and approved, a week of 40 h."""
    return [_approval(play, place, at_s) for place, at_s in enumerate(instants_s)]


def corrections(play: Play, instants_s: Sequence[float], approved_after_s: float = 0.0) -> list[Scripted]:
    """At each instant the same timecards are recalled, and approved again with one hour more a day."""
    found = []
    for place, at_s in enumerate(instants_s):
        recall = desk_call("psa", "timecard.recall", _worker(play, place), timecard=card_of(play, place))
        found.append(Scripted("consultant", f"recall {place}", at_s, partial(asking, at_s, recall)))
        found.append(_approval(play, place, at_s + approved_after_s, hours_centi=900))
    return found


def _worker(play: Play, place: int) -> str:
    return play.opening.assignments[place].worker


def locks(play: Play) -> tuple[Scripted, ...]:
    """Finance, locking periods as the calendar says."""
    return cast.people(Workload(locks=play.workload.locks), play.company)


def card_of(play: Play, place: int) -> str:
    """The timecard of the assignment at this place."""
    one, first = play.opening.assignments[place], play.calendar.first_day
    return f"T-{one.worker}-{one.project}-{first + timedelta(days=7 - first.weekday())}"


def _approval(play: Play, place: int, at_s: float, hours_centi: int = 800) -> Scripted:
    one, key = play.opening.assignments[place], card_of(play, place)
    manager = next(row.project_manager for row in play.opening.projects if row.project == one.project)
    approver = manager if manager != one.worker else "finance"
    words = {"worker": one.worker, "project": one.project, "week_start": key[-10:], "approver": approver}
    hours = [hours_centi] * 5 + [0, 0]
    decision = {"approver": approver, "timecards": [key], "expenses": [], "rejected": []}
    asks = (
        desk_call("psa", "timecard.save", one.worker, timecard=key, hours_centi=hours, **words),
        desk_call("psa", "timecard.submit", one.worker, timecard=key),
        desk_call("psa", "approvals.decide", approver, **decision),
    )
    return Scripted("approver", f"approval {key}", at_s, partial(asking, at_s, *asks))
