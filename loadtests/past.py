"""The past of a live run: the play in virtual time, everything in one process, up to a quiet instant.

    replay ──> Past ──(fork)──> one process a system, one for the pipeline: leaves the rest, goes live
                    └─────────> people: their scripts as they stand (loadtests/people.py)

Every process that replays the same play with the same seed and code has the same past; `digest` says so.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from hashlib import sha256
from typing import NamedTuple

from kernel.errors import InputError
from kernel.time import HOUR_S
from loadtests.live_loop import LiveLoop
from measurements.facts import Labour
from pipeline.models import Model
from run.settings_of import settings_of
from scenarios.play import Play
from scenarios.script import OPERATIONS, administration
from sim.collector import collector_off
from sim.people import Playing
from sim.world import Assembled, assembled
from wire.call import Call

SEARCHED_S = 2 * HOUR_S
"""How far after the instant asked for a quiet one is looked for."""

PIPELINE = "pipeline"
"""The name of the member that is no system."""

_POLL = "/events/"


class Past(NamedTuple):
    """A run that stands at a quiet instant: nobody waits for an answer, but for events to come."""

    play: Play
    model: Model
    loop: LiveLoop
    made: Assembled
    at_s: float
    up: AsyncExitStack
    """What keeps it up; whoever parts closes what is not its own."""

    @property
    def labour(self) -> list[Labour]:
        """What people have spent so far."""
        return self.made.people.labour

    @property
    def suspended(self) -> list[Playing]:
        """The scripts that go on, in the order of their registration."""
        return list(self.made.people.playing.values())

    @property
    def desks(self) -> dict[str, str]:
        """Desk to the member that has it."""
        systems = self.made.systems
        desks = {role: name for name, system in systems.items() for role in system.roles}
        return {**desks, **{administration(name): name for name in systems}, OPERATIONS: PIPELINE}

    @property
    def digest(self) -> str:
        """The same wherever the past is the same: who waits for what, and how much was written and asked."""
        told = [
            f"{self.at_s!r}",
            *(f"{one.number} {one.due_s!r} {one.scripted.name}" for one in self.suspended),
        ]
        for name, system in self.made.systems.items():
            told.append(f"{name} {system.journal.writes} {system.journal.calls()}")
        return sha256("\n".join(told).encode()).hexdigest()[:16]


def replay(play: Play, model: Model, seed: int, from_s: float) -> Past:
    """Play up to the first quiet instant from `from_s` on. Raises InputError where none comes in 2 hours."""
    loop = LiveLoop()
    made = assembled(loop, play, model, seed, settings_of(play))
    with collector_off():
        stack = AsyncExitStack()
        entered = loop.create_task(made.enter(stack), name="past")
        loop.advance(entered.done, from_s)
        entered.result()
        loop.advance(lambda: False, from_s)
        if not loop.advance(lambda: quiet(made), from_s + SEARCHED_S):
            raise InputError(
                f"from {play.time.stamp(from_s)}",
                "somebody waits for an answer at every instant of the two hours after it",
                "start the window at a quieter hour",
            )
    return Past(play, model, loop, made, loop.time(), stack)


def quiet(made: Assembled) -> bool:
    """Whether nobody waits for an answer: no person, no call-out, no call but readers of events."""
    if made.people.asking or made.intake.under_way:
        return False
    return all(
        _waits_for_events(call) for transport in made.transports.values() for call in transport.under_way
    )


def _waits_for_events(call: Call) -> bool:
    return call.method == "GET" and call.path.startswith(_POLL)
