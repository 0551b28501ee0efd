"""A player: one Locust process that plays its share of the people, and tells its runner what they did.

--host ──> call sheet ──> past, replayed ──> ready ──(the pace is told)──> people ──> acts, in batches
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from gevent.event import Event
from geventhttpclient.client import HTTPClientPool

from kernel.errors import InputError
from loadtests.acts import LATE_WALL_S, Act
from loadtests.call_sheet import CallSheet
from loadtests.desks import Desks, pool_of
from loadtests.foyer_client import FoyerClient
from loadtests.pace import MONOTONIC
from loadtests.past import Past, replay
from loadtests.people import TIMEOUT_S, LivePeople, share_of
from loadtests.shapes import Shape
from measurements.facts import Labour
from scenarios.script import PERSONAS, Persona
from wire.call import Reply

CPU_SHARE_MOST = 0.9
"""A process that was busy for more of the window has measured itself: Locust warns from there on, too."""

LATE_SHARE_MOST = 0.01
"""So many turns may begin more than LATE_WALL_S late; more of them would shift a p99."""

Acted = Callable[[Act, Reply | None], None]


class Player:
    """One share of the people, which begins where the past of the call sheet ends.

    It opens no connection before `take_place`, so that a process may be forked over a past that is replayed.
    """

    def __init__(self, address: str, remote: bool) -> None:
        """Fetch the call sheet and replay the past. `remote`: follow the wall's clock, not this machine's.

        Raises InputError where nobody answers.
        """
        visitor = FoyerClient(address)
        self.sheet: CallSheet = visitor.call_sheet()
        visitor.close()
        play, model = self.sheet.play()
        self.past: Past = replay(play, model, self.sheet.seed, self.sheet.from_s)
        self.rows: list[dict[str, Any]] = []
        self.failures: list[str] = []
        self.cpu_warned = False
        self.name = ""
        self._address = address
        self._remote = remote
        self._people: LivePeople | None = None
        self._left = set(PERSONAS)
        self._skew_wall_s: float | None = None
        self._held_back = 0
        self._told = Event()
        self._begun: tuple[float, float] | None = None

    def take_place(self, place: int, players: int, shape: Shape, fired: Acted) -> None:
        """Take the scripts of that place, and say that this player is ready. `fired` hears every act.

        Raises InputError where the members stand at another past.
        """
        self._foyer = FoyerClient(self._address)
        self.pool: HTTPClientPool = pool_of(TIMEOUT_S / self.sheet.speed)
        self.name = f"people {place + 1} of {players}"
        share = share_of(self.past.suspended, place, players)
        desks = {desk: self.sheet.desk_address(desk) for desk in self.past.desks}
        seed = self.sheet.seed
        window_s = self.sheet.until_s - self.past.at_s
        coming = [
            one for one in share if shape.comes(seed, one.root, (one.due_s - self.past.at_s) / window_s)
        ]
        self._held_back = len(share) - len(coming)
        self._people = LivePeople(
            self.name,
            coming,
            self.sheet.until_s,
            Desks(self.pool, desks).ask,
            self._acted(fired),
            self._spent,
            shape.on(self.past.play.calendar),
        )
        if place == 0:
            for labour in self.past.labour:
                self._spent(labour)
        self._foyer.ready(self.name, self.past.digest)
        gevent.spawn(self._await_pace, self._people)

    def _await_pace(self, people: LivePeople) -> None:
        """Stand still until the pace is told, then let everybody begin."""
        try:
            people.pace = pace = self._foyer.wait_for_pace(self._remote)
        except InputError as error:
            self.failures.append(str(error))
            return
        finally:
            self._told.set()
        self._begun = (MONOTONIC(), _cpu_s())
        gevent.sleep(pace.wall_s(people.until_s - pace.now_s()) / 2.0)
        with suppress(InputError):  # a member that is gone by then is no failure of who plays people
            self._skew_wall_s = self._foyer.skew_wall_s(pace)

    def play(self, persona: Persona) -> bool:
        """Play that persona until the window ends; whether it was the last one to end."""
        people = self._people
        if people is None or persona not in self._left:
            return False
        self._told.wait()
        if not self.failures:
            people.play(persona, self._failed)
        self._left.discard(persona)
        return not self._left

    def taken(self) -> list[dict[str, Any]]:
        """The rows since the last time."""
        rows, self.rows = self.rows, []
        return rows

    def close(self) -> None:
        """Close every connection."""
        if self.name:
            self._foyer.close()
            self.pool.close()

    def report(self) -> dict[str, Any]:
        """How well this player kept up: it is saturated where that shifts what it measured."""
        people, wall_s = self._people, 0.0
        cpu_share = 0.0
        if self._begun is not None:
            wall_s = MONOTONIC() - self._begun[0]
            cpu_share = (_cpu_s() - self._begun[1]) / wall_s if wall_s else 0.0
        turns, late = (people.turns, people.late_turns) if people else (0, 0)
        row = {
            "player": self.name,
            "turns": turns,
            "late_turns": late,
            "worst_lag_s": people.worst_lag_s if people else 0.0,
            "cpu_share": cpu_share,
            "skew_wall_s": self._skew_wall_s,
            "held_back": self._held_back,
            "failures": self.failures,
        }
        return {**row, "saturated": self._saturated(turns, late, cpu_share)}

    def _saturated(self, turns: int, late: int, cpu_share: float) -> list[str]:
        """Why; empty where it kept up."""
        reasons = []
        if late > LATE_SHARE_MOST * turns:
            reasons.append(f"{late} of {turns} turns began more than {LATE_WALL_S} real seconds late")
        if self.cpu_warned or cpu_share > CPU_SHARE_MOST:
            reasons.append(f"the process was busy for {cpu_share:.0%} of the window")
        return reasons

    def _acted(self, fired: Acted) -> Acted:
        def acted(act: Act, reply: Reply | None) -> None:
            self.rows.append(act.row(self.sheet.speed))
            fired(act, reply)

        return acted

    def _spent(self, labour: Labour) -> None:
        self.rows.append({"kind": "labour", **labour._asdict()})

    def _failed(self, error: BaseException) -> None:
        notes = "; ".join(getattr(error, "__notes__", ()))
        self.failures.append(f"{type(error).__name__}: {error} ({notes})")


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system
