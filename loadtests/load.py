"""A live rehearsal: the past replayed, the members forked, Locust for people, the pace told, the books read.

    stage ──> replay ──> members ──> people ready ──> go ──> window, drain ──> books, trail, acts ──> Played

Nothing of the integration is asked for what it did but its trail, which feeds only the stages.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from kernel.errors import InputError
from loadtests import acts_file
from loadtests.acts_file import Acts
from loadtests.call_sheet import CallSheet
from loadtests.external import NAME, External, connection, handed_over, without_inherited
from loadtests.messenger import UnansweredError, ask
from loadtests.pace import MONOTONIC, Pace
from loadtests.past import Past, replay
from loadtests.troupe import Loss, Troupe, gathered
from loadtests.watch import Sight, Told, lags, look_at, trail_of, watched
from measurements.observed import Observed
from pipeline.models import Model
from run.observing import Named, neutral, observed, wanted_by
from scenarios.play import Play
from scenarios.script import OPERATIONS
from scenarios.window import Window

START_WALL_S = 120.0
"""Wall seconds within which every process must be ready."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: names and paths as typed. `drain_s` is observed after the window.

    With `external` the model carries the past only. `correlation`: None = the convention.
    """

    scenario: str
    firm: Path | None
    consultants: int | None
    model: str
    seed: int
    speed: float
    workers: int
    drain_s: float
    correlation: Path | None = None
    external: External | None = None


class Inherited(NamedTuple):
    """Items that were not done at the hand-over to an external integration: then, and still at the end."""

    then: int
    left: int


class Played(NamedTuple):
    """A live run that has ended. `loss` is who ended before it was told to.

    `observed` ends where the play did; where a system was lost, at the last look at all of them.
    """

    observed: Observed
    acts: Acts
    sheet: CallSheet
    lag_s: Mapping[str, float]
    loss: Loss | None
    inherited: Inherited = Inherited(0, 0)


def play_live(order: Order, play: Play, model: Model, window: Window, out: Path, told: Told) -> Played:
    """Do it. `out` gets the logs and the acts. Raises InputError, UnansweredError where it cannot begin."""
    external = order.external
    told(Sight("replaying the past"))
    past = replay(play, model, order.seed, window.from_s)
    inherited = handed_over(past) if external else frozenset()
    end_s = min(window.until_s + order.drain_s, play.calendar.end_s)
    if past.at_s >= window.until_s:
        raise InputError("the live window", "no quiet instant comes before its end", "give a later --until")
    with gathered(past, _sheet(order, past, end_s), out / "logs", external) as troupe:
        told(Sight("starting the processes"))
        _answering(troupe)
        troupe.start("people", _people(order, troupe.sheet, out / "acts.jsonl"))
        _ready(troupe, order)
        if external:
            stands = connection(past, troupe.sheet.addresses, external, order.speed, end_s)
            told(Sight("waiting for the first call of your integration", connection=stands))
            _called(troupe, external)
        pace = _go(troupe, order, past)
        counted = play.within((past.at_s, window.until_s), end_s)
        loss, last = watched(troupe, pace, counted, out / "acts.jsonl", told)
        at_s = end_s if loss is None else min(end_s, pace.now_s())
        told(Sight("reading the books", at_s, end_s))
        look, trail, lag_s = look_at(troupe, at_s) or last, trail_of(troupe), lags(troupe)
    if look is None:
        who = f"{loss.name} {loss.why}" if loss else "a system does not answer"
        raise UnansweredError(f"{who}, before anything was seen")
    counted = play.within((past.at_s, min(window.until_s, look.at_s)), look.at_s)
    acts = acts_file.read(out / "acts.jsonl")
    wanted = wanted_by(counted, look.books)
    name = Named(NAME if external else model.name)
    left = observed(counted, look.books, wanted, acts.labour, name, look.at_s, neutral(trail))
    still = 0
    if external:
        left, still = without_inherited(replace(left, grace_s=external.grace_s), inherited)
    return Played(left, acts, troupe.sheet, lag_s, loss, Inherited(len(inherited), still))


def _sheet(order: Order, past: Past, end_s: float) -> CallSheet:
    return CallSheet(
        scenario=order.scenario,
        firm=str(order.firm or ""),
        consultants=order.consultants,
        model=order.model,
        seed=order.seed,
        from_s=past.at_s,
        until_s=end_s,
        speed=order.speed,
        addresses={},
        desks=past.desks if order.external is None else {**past.desks, OPERATIONS: past.desks["erp"]},
        digest=past.digest,
        callouts=order.external.callouts if order.external else "",
        correlation=str(order.correlation or ""),
    )


def _people(order: Order, sheet: CallSheet, acts: Path) -> list[str]:
    """Locust's command line."""
    host = sheet.addresses[next(iter(sheet.addresses))]
    return [
        *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("month_end.py"))),
        *("--headless", "--host", host, "--acts", str(acts)),
        *("--loglevel", "WARNING", "--only-summary"),
        *(("--processes", str(order.workers)) if order.workers > 1 else ()),
    ]


def _answering(troupe: Troupe) -> None:
    """Wait until every member answers. Raises UnansweredError."""
    end_s = MONOTONIC() + START_WALL_S
    for name, address in troupe.sheet.addresses.items():
        while True:
            try:
                ask(address, "/live/health", timeout_s=START_WALL_S)
                break
            except UnansweredError:
                _patient(troupe, end_s, f"{name} does not answer")


def _ready(troupe: Troupe, order: Order) -> None:
    """Wait until everybody who plays people stands at the same past. Raises UnansweredError."""
    end_s = MONOTONIC() + START_WALL_S
    host = next(iter(troupe.sheet.addresses.values()))
    while len(ask(host, "/live/health")["ready"]) < order.workers:
        _patient(troupe, end_s, "the people are not ready")
        if troupe.ended("people") is not None:
            raise UnansweredError(f"the people ended before they began; see {troupe.logs / 'people.log'}")


def _called(troupe: Troupe, external: External) -> None:
    """Wait until somebody calls a system as an integration does. Raises UnansweredError."""
    end_s = MONOTONIC() + external.patience_wall_s
    while not any(ask(address, "/live/health")["called"] for address in troupe.sheet.addresses.values()):
        if MONOTONIC() > end_s:
            raise UnansweredError(f"no integration called within {external.patience_wall_s / 60.0:g} minutes")
        _patient(troupe, end_s, "no integration called")


def _go(troupe: Troupe, order: Order, past: Past) -> Pace:
    """Tell all the pace."""
    epoch_s = MONOTONIC() + 0.5
    for address in troupe.sheet.addresses.values():
        ask(address, "/live/pace", {"epoch_s": epoch_s})
    return Pace(order.speed, past.at_s, epoch_s)


def _patient(troupe: Troupe, end_s: float, what: str) -> None:
    """Wait a little. Raises UnansweredError where a member is gone or it takes too long."""
    for loss in troupe.losses():
        raise UnansweredError(f"{loss.name} {loss.why}; see {troupe.logs / f'{loss.name}.log'}")
    if MONOTONIC() > end_s:
        raise UnansweredError(f"{what} within {START_WALL_S:.0f} s; see {troupe.logs}")
    wait(troupe.sentinels, 0.05)
