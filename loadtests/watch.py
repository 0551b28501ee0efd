"""Watches a live run: what is to be seen meanwhile, who was lost, what the systems held at an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from loadtests.external import Connection
from loadtests.messenger import UnansweredError, ask
from loadtests.pace import MONOTONIC, Pace
from loadtests.past import PIPELINE
from loadtests.standing import Standing, standing
from loadtests.troupe import Loss, Troupe
from measurements import books_json
from measurements.facts import Books
from pipeline.trail import Step
from scenarios.play import Play

LEAVE_WALL_S = 20.0
"""Wall seconds that people may take to tell what they did after the end of the play."""

_LOOK_WALL_S = 0.5
_STANDING_WALL_S = 10.0
"""How often the books are read meanwhile: it takes a fork of each system and some tenths of a second."""


class Sight(NamedTuple):
    """What is to be seen while it runs; `connection` once, when an external integration can call."""

    state: str
    at_s: float = 0.0
    until_s: float = 0.0
    acts: int = 0
    lag_s: Mapping[str, float] = {}
    standing: Standing | None = None
    connection: Connection | None = None


class Look(NamedTuple):
    """What all systems held at one instant."""

    at_s: float
    books: Mapping[str, Books]


Told = Callable[[Sight], None]
"""Hears what is to be seen."""


def watched(
    troupe: Troupe, pace: Pace, play: Play, acts: Path, told: Told
) -> tuple[Loss | None, Look | None]:
    """Watch until the play is over and the people have ended; who ended before that, and the last look."""
    end_s, look, stands = play.end_s, None, None
    looked_wall_s, count = MONOTONIC(), _Count(acts)
    last_wall_s = pace.epoch_s + pace.wall_s(end_s - pace.at_s) + LEAVE_WALL_S
    while True:
        wait(troupe.sentinels, _LOOK_WALL_S)
        loss, over = _over(troupe, pace.now_s() < end_s, MONOTONIC() > last_wall_s)
        if over:
            return loss, look
        if MONOTONIC() > looked_wall_s + _STANDING_WALL_S:
            look = look_at(troupe, pace.now_s()) or look
            stands = None if look is None else _standing(troupe, play, look)
            looked_wall_s = MONOTONIC()
        told(Sight("playing", min(pace.now_s(), end_s), end_s, count.lines(), lags(troupe), stands))


def _over(troupe: Troupe, early: bool, overdue: bool) -> tuple[Loss | None, bool]:
    """Whether the play is over, and who ended it."""
    for loss in troupe.losses():
        return loss, True
    code = troupe.ended("people")
    if code is not None:
        return (Loss("people", f"ended with exit code {code}") if early or code else None), True
    if overdue:
        return Loss("people", f"did not end within {LEAVE_WALL_S:.0f} s"), True
    return None, False


def _standing(troupe: Troupe, play: Play, look: Look) -> Standing | None:
    """How the firm stands, where all systems answer."""
    systems = {name: one for name, one in troupe.sheet.addresses.items() if name != PIPELINE}
    try:
        budgets = {name: ask(address, "/control/budget") for name, address in systems.items()}
    except UnansweredError:
        return None
    return standing(play, look.books, budgets, look.at_s)


class _Count:
    """How many lines a growing file has: each look reads only what is new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._lines = 0

    def lines(self) -> int:
        """Up to now."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            self._read += len(new)
            self._lines += new.count(b"\n")
        return self._lines


def lags(troupe: Troupe) -> dict[str, float]:
    """How late each member ran at worst, of those who answer."""
    found = {}
    for name, address in troupe.sheet.addresses.items():
        try:
            found[name] = float(ask(address, "/live/health", timeout_s=2.0)["lag"]["worst_s"])
        except UnansweredError:
            continue
    return found


def look_at(troupe: Troupe, at_s: float) -> Look | None:
    """What all systems hold at that instant; None where one of them does not answer."""
    books = {}
    for name, address in troupe.sheet.addresses.items():
        if name != PIPELINE:
            try:
                books[name] = books_json.read(ask(address, f"/live/books?at_s={at_s!r}")["books"])
            except UnansweredError:
                return None
    return Look(at_s, books)


def trail_of(troupe: Troupe) -> list[Step]:
    """The pipeline's, which feeds only the stages; nothing where it is gone, or there is none."""
    if PIPELINE not in troupe.sheet.addresses:
        return []
    try:
        rows = ask(troupe.sheet.addresses[PIPELINE], "/operations/trail?after=0")
    except UnansweredError:
        return []
    return [Step(*row) for row in rows]
