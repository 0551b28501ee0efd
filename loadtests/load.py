"""A live rehearsal: the past replayed, the members forked, Locust for people, the pace told, the books read.

    stage ──> replay ──> members ──> people ready ──> go ──> window, drain ──> books, trail, acts ──> Played

Nothing of the integration is asked for what it did but its trail, which feeds only the stages.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NamedTuple

from kernel.errors import InputError
from loadtests.call_sheet import CallSheet
from loadtests.messenger import UnansweredError, ask
from loadtests.pace import MONOTONIC, Pace
from loadtests.past import PIPELINE, Past, replay
from loadtests.troupe import Loss, Troupe, gathered
from measurements import books_json
from measurements.facts import Books
from measurements.observed import Observed
from pipeline.models import Model
from pipeline.trail import Step
from run.observing import Named, neutral, observed, wanted_by
from scenarios.play import Play
from scenarios.window import Window

START_WALL_S = 120.0
"""Wall seconds within which every process must be ready."""

LEAVE_WALL_S = 20.0
"""Wall seconds that people may take to tell what they did after the end of the play."""

_LOOK_WALL_S = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: names and paths as typed. `drain_s` is observed after the window."""

    scenario: str
    firm: Path | None
    consultants: int | None
    model: str
    seed: int
    speed: float
    workers: int
    drain_s: float


class Sight(NamedTuple):
    """What is to be seen while it runs."""

    state: str
    at_s: float = 0.0
    until_s: float = 0.0
    acts: int = 0
    lag_s: Mapping[str, float] = {}


class Played(NamedTuple):
    """A live run that has ended. `loss` is who ended before it was told to."""

    observed: Observed
    sheet: CallSheet
    lag_s: Mapping[str, float]
    loss: Loss | None


Told = Callable[[Sight], None]
"""Hears what is to be seen."""


def play_live(order: Order, play: Play, model: Model, window: Window, out: Path, told: Told) -> Played:
    """Do it. `out` gets the logs and the acts. Raises InputError, UnansweredError where it cannot begin."""
    told(Sight("replaying the past"))
    past = replay(play, model, order.seed, window.from_s)
    end_s = min(window.until_s + order.drain_s, play.calendar.end_s)
    if past.at_s >= window.until_s:
        raise InputError("the live window", "no quiet instant comes before its end", "give a later --until")
    with gathered(past, _sheet(order, past, end_s), out / "logs") as troupe:
        told(Sight("starting the processes"))
        _answering(troupe)
        troupe.start("people", _people(order, troupe.sheet, out / "acts.jsonl"))
        pace = _go(troupe, order, past)
        loss = _watched(troupe, pace, end_s, out / "acts.jsonl", told)
        at_s = end_s if loss is None else min(end_s, pace.now_s())
        told(Sight("reading the books", at_s, end_s))
        books, trail, lag_s = _left(troupe, play, at_s)
    counted = play.within((past.at_s, window.until_s), at_s)
    left = observed(
        counted, books, wanted_by(counted, books), past.labour, Named(model.name), at_s, neutral(trail)
    )
    return Played(left, troupe.sheet, lag_s, loss)


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
        desks=past.desks,
        digest=past.digest,
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


def _go(troupe: Troupe, order: Order, past: Past) -> Pace:
    """Wait until everybody who plays people stands at the same past, then tell all the pace."""
    end_s = MONOTONIC() + START_WALL_S
    host = next(iter(troupe.sheet.addresses.values()))
    while len(ask(host, "/live/health")["ready"]) < order.workers:
        _patient(troupe, end_s, "the people are not ready")
        if troupe.ended("people") is not None:
            raise UnansweredError(f"the people ended before they began; see {troupe.logs / 'people.log'}")
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


def _watched(troupe: Troupe, pace: Pace, end_s: float, acts: Path, told: Told) -> Loss | None:
    """Watch until the play is over and the people have ended; who ended before that, if anybody."""
    last_wall_s = pace.epoch_s + pace.wall_s(end_s - pace.at_s) + LEAVE_WALL_S
    while True:
        wait(troupe.sentinels, _LOOK_WALL_S)
        for loss in troupe.losses():
            return loss
        code = troupe.ended("people")
        if code is not None:
            early = pace.now_s() < end_s
            return Loss("people", f"ended with exit code {code}") if early or code else None
        if MONOTONIC() > last_wall_s:
            return Loss("people", f"did not end within {LEAVE_WALL_S:.0f} s")
        told(Sight("playing", min(pace.now_s(), end_s), end_s, _lines(acts), _lags(troupe)))


def _lines(acts: Path) -> int:
    return acts.read_bytes().count(b"\n") if acts.exists() else 0


def _lags(troupe: Troupe) -> dict[str, float]:
    """How late each member ran at worst, of those who answer."""
    found = {}
    for name, address in troupe.sheet.addresses.items():
        try:
            found[name] = float(ask(address, "/live/health", timeout_s=2.0)["lag"]["worst_s"])
        except UnansweredError:
            continue
    return found


def _left(troupe: Troupe, play: Play, at_s: float) -> tuple[dict[str, Books], list[Step], dict[str, float]]:
    """What everybody holds at that instant; whoever is gone holds nothing."""
    books, trail = {}, []
    for name, address in troupe.sheet.addresses.items():
        try:
            if name == PIPELINE:
                trail = [Step(*row) for row in ask(address, "/operations/trail?after=0")]
            else:
                told: Any = ask(address, f"/live/books?at_s={at_s!r}")
                books[name] = books_json.read(told["books"])
        except UnansweredError:
            books.setdefault(name, Books())
    books.pop(PIPELINE, None)
    return books, trail, _lags(troupe)
