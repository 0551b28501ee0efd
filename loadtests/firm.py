"""The firm as Locust users: a class of users a persona, one user of each in every process that plays.

    worker, or all in one   Player: plays its share ──> "acts", "ended", "failed" ──┐
    master, or all in one   Curtain: gathers them ──> the acts file, the end <──────┘

Importing this module imports Locust, which patches the process: only Locust files do it.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, LoadTestShape, events, task
from locust.argument_parser import LocustArgumentParser
from locust.dispatch import UsersDispatcher
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner

from kernel.errors import InputError
from loadtests.acts import OK, Act
from loadtests.curtain import Curtain
from loadtests.player import Player
from loadtests.shapes import Shape
from scenarios.script import Persona
from wire.call import Reply

BATCH_WALL_S = 0.5
"""Real seconds between two batches of acts on their way to the file."""

FAILED = 2
"""Exit code where the driver itself failed; what a system answered is a result."""

log = logging.getLogger(__name__)


class Person(FastHttpUser):
    """Plays one persona's scripts until the window ends."""

    abstract = True
    persona: ClassVar[Persona]
    player: ClassVar[Player]

    @task
    def play(self) -> None:
        """All that this persona does in the window."""
        if self.player.play(self.persona):
            runner: Any = self.environment.runner
            _hand_over(self.environment, self.player)
            runner.send_message("ended", self.player.report())
        raise StopUser


class AccountExecutive(Person):
    """Creates and decides opportunities."""

    persona = "account executive"


class HrPartner(Person):
    """Enters hires, leavers, transfers and rates."""

    persona = "HR partner"


class ProjectManager(Person):
    """Completes milestones, approves changes, staffs projects."""

    persona = "project manager"


class Consultant(Person):
    """Hands in time and expenses."""

    persona = "consultant"


class Approver(Person):
    """Clears what waits, in sittings."""

    persona = "approver"


class BillingManager(Person):
    """Runs billing and releases what waits."""

    persona = "billing manager"


class FinanceController(Person):
    """Reviews invoices and locks periods."""

    persona = "finance controller"


class ExceptionDesk(Person):
    """Takes open exceptions, one by one."""

    persona = "exception desk"


class Operator(Person):
    """Watches the integration."""

    persona = "operator"


class Administrator(Person):
    """Repairs rules of a system."""

    persona = "administrator"


class Clerk(Person):
    """Keys by hand what nothing integrates."""

    persona = "clerk"


class Reconciler(Person):
    """Compares two systems on paper."""

    persona = "reconciler"


PEOPLE = (
    *(AccountExecutive, HrPartner, ProjectManager, Consultant, Approver, BillingManager),
    *(FinanceController, ExceptionDesk, Operator, Administrator, Clerk, Reconciler),
)


class OneOfEach(UsersDispatcher):
    """Every process gets one user of each class: workers take users in turn, so each class comes as often
    as there are workers. (Locust's own order would give one worker two of a class and another none.)
    """

    def _user_gen(self) -> Iterator[str | None]:
        for user_class in self._user_classes:
            for _ in self._worker_nodes:
                yield user_class.__name__
        while True:
            yield None


class CalendarShape(LoadTestShape):
    """One user of each persona in every process, for as long as the window lasts."""

    abstract = True
    shape: ClassVar[Shape] = Shape()
    curtain: ClassVar[Curtain]

    def tick(self) -> tuple[int, float] | None:
        """How many users there are, and how many start in a second; None when everybody has ended."""
        if self.curtain.fallen():
            return None
        return len(PEOPLE) * self.curtain.players, 100.0


@events.init_command_line_parser.add_listener
def options(parser: LocustArgumentParser) -> None:
    """What a run of people is told beside Locust's own options; whoever will play replays the past now.

    Later would be too late: a worker that has met its master and is then silent for some seconds is given up
    (a thread would not do, since it met locks that Locust has patched). Workers of `--processes` are forked
    from here, over one past.
    """
    add = partial(parser.add_argument, include_in_web_ui=False)
    add("--acts", default="", metavar="FILE", help="Write each act to this file (JSON lines)")
    add("--remote", action="store_true", help="Follow the wall's clock: another machine")
    given, _ = parser.parse_known_args()
    if given.host and (given.processes or not given.master) and not hasattr(Person, "player"):
        with _told_in_one_line():
            Person.player = Player(given.host, given.remote)


@events.init.add_listener
def prepare(environment: Environment, **_: object) -> None:
    """Be ready to gather acts, in whoever is asked by `--acts`."""
    runner: Any = environment.runner
    given: Any = environment.parsed_options
    environment.dispatcher_class = OneOfEach
    # Locust itself hears SIGTERM only after a run by its shape has ended.
    gevent.signal_handler(signal.SIGTERM, runner.quit)
    with _told_in_one_line():
        if not environment.host:
            raise InputError("--host", "is missing", "give the address of any member of a live run")
        if not isinstance(runner, WorkerRunner):
            players = given.expect_workers if isinstance(runner, MasterRunner) else 1
            CalendarShape.curtain = _curtain(environment, players)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(FAILED) from None


def _shape(environment: Environment) -> Shape:
    shape: Shape = getattr(environment.shape_class, "shape", Shape())
    return shape


def _curtain(environment: Environment, players: int) -> Curtain:
    runner: Any = environment.runner
    given: Any = environment.parsed_options
    curtain = Curtain(
        environment.host or "", players, Path(given.acts) if given.acts else None, _shape(environment)
    )
    for name, hear in (("acts", curtain.acts), ("ended", curtain.ended), ("failed", curtain.failed)):
        runner.register_message(name, lambda msg, hear=hear, **_: hear(msg.data))
    return curtain


@events.test_start.add_listener
def take_places(environment: Environment, **_: object) -> None:
    """Everybody who plays learns which share is theirs, and says that they are ready."""
    runner: Any = environment.runner
    given: Any = environment.parsed_options
    if isinstance(runner, MasterRunner) or Person.player.name:
        return  # a play is played once; started anew from the web page, it is over at once
    players = given.expect_workers if isinstance(runner, WorkerRunner) else 1
    try:
        Person.player.take_place(runner.worker_index, players, _shape(environment), _fired(environment))
    except InputError as error:
        runner.send_message("failed", str(error))
        return
    Person.client_pool = Person.player.pool
    gevent.spawn(_hand_over_for_ever, environment, Person.player)


def _fired(environment: Environment) -> Any:
    """Tells Locust of each act: response time from its due time, in real milliseconds."""

    def fired(act: Act, reply: Reply | None) -> None:
        times = act.times(Person.player.sheet.speed)
        environment.events.request.fire(
            request_type=act.persona,
            name=act.verb or act.name,
            response_time=times.get("response_ms"),
            response_length=len(reply.body) if reply else 0,
            exception=None if act.outcome == OK else RuntimeError(act.outcome),
            context={**act._asdict(), **times},
        )

    return fired


def _hand_over_for_ever(environment: Environment, player: Player) -> None:
    while True:
        gevent.sleep(BATCH_WALL_S)
        _hand_over(environment, player)


def _hand_over(environment: Environment, player: Player) -> None:
    runner: Any = environment.runner
    rows = player.taken()
    if rows:
        runner.send_message("acts", rows)


@events.cpu_warning.add_listener
def warned(environment: Environment, **_: object) -> None:
    """Locust found the process busy for more than nine tenths of ten seconds."""
    if not isinstance(environment.runner, MasterRunner):
        Person.player.cpu_warned = True


@events.test_stop.add_listener
def close(environment: Environment, **_: object) -> None:
    """Hand over what is left; the file ends with its summary, however the run ended."""
    runner = environment.runner
    if not isinstance(runner, MasterRunner):
        _hand_over(environment, Person.player)
    if not isinstance(runner, WorkerRunner):
        log.info("acts: %s", CalendarShape.curtain.close())


@events.quitting.add_listener
def leave(environment: Environment, **_: object) -> None:
    """Where a signal ended it, people are stopped first, and what they did not get to is counted."""
    runner: Any = environment.runner
    runner.stop()
    if not isinstance(runner, MasterRunner):
        Person.player.close()
    if not isinstance(runner, WorkerRunner):
        failures = CalendarShape.curtain.close()["failures"]
        for failure in failures:
            log.error("%s", failure)
        environment.process_exit_code = FAILED if failures else 0
