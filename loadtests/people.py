"""People over real HTTP: one player's share of the scripts under gevent, played as sim/people.py plays them.

    heap a persona ──due──> turn, a greenlet ──> Until later: back on the heap
                                             ──> Ask: the call, and what it took   Begin: on the other's heap

The workload is open: an act is due at its instant whether or not the system keeps up. The instant for which a
script waits is the due time of what it does then, also where that instant passed while the person still
waited for an earlier answer; what follows an answer at once is due when the answer came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import gevent
from gevent.event import Event
from gevent.pool import Group

from kernel.time import tick_up
from loadtests.acts import DROPPED, LATE_WALL_S, Act, outcome_of
from loadtests.pace import Pace
from measurements.facts import Labour
from scenarios.people.asking import PATIENCE_S
from scenarios.script import PERSONAS, Ask, Begin, Persona, Scripted, Spent, Until
from sim.people import Playing
from wire.call import Call, Reply

TIMEOUT_S = PATIENCE_S
"""How long a person waits for an answer, in seconds of the play: after as long they would come again."""

LEAVE_WALL_S = 1.0
"""Real seconds after the window's end for which calls that are under way may still be answered."""

Turn = tuple[float, int, Playing]


def share_of(scripts: Iterable[Playing], place: int, players: int) -> list[Playing]:
    """The scripts of one player: those of one root share state, so they stay together."""
    return [one for one in scripts if one.root % players == place]


class LivePeople:
    """Everyone of one share. Each persona is played by a greenlet of its own that calls `play`.

    `ask` sends a call to a desk and waits for the reply; `acted` and `spent` hear each act and each note of
    labour; `due_s` says when a persona comes who would come at an instant, never earlier. `turns` of scripts
    were begun, `late_turns` of them more than LATE_WALL_S after they were due.
    """

    def __init__(
        self,
        player: str,
        share: Sequence[Playing],
        until_s: float,
        ask: Callable[[str, Call], Reply],
        acted: Callable[[Act, Reply | None], None],
        spent: Callable[[Labour], None],
        due_s: Callable[[Persona, float], float] = lambda _, at_s: at_s,
    ) -> None:
        self.turns = 0
        self.late_turns = 0
        self.worst_lag_s = 0.0
        self.pace = Pace()
        self._player = player
        self.until_s = until_s
        self._ask_desk = ask
        self._acted = acted
        self._spent = spent
        self._registered = max((one.number for one in share), default=0)
        self._heaps: dict[Persona, list[Turn]] = {persona: [] for persona in PERSONAS}
        self._changed = {persona: Event() for persona in PERSONAS}
        self._under_way = {persona: Group() for persona in PERSONAS}
        self._due_s = due_s
        for one in share:
            self.wait(one, one.due_s)

    def play(self, persona: Persona, failed: Callable[[BaseException], None]) -> None:
        """Play that persona's scripts as they fall due, until the window ends; then count what is left.

        `failed` hears of an exception out of a script, which is a bug.
        """
        heap, changed, under_way = self._heaps[persona], self._changed[persona], self._under_way[persona]
        try:
            while (now_s := self.pace.now_s()) < self.until_s:
                changed.clear()
                while heap and heap[0][0] <= now_s:
                    turn = under_way.spawn(self._turn, heappop(heap)[2])
                    turn.link_exception(lambda greenlet: failed(greenlet.exception))
                next_s = min(heap[0][0] if heap else self.until_s, self.until_s)
                changed.wait(max(0.0, self.pace.wall_s(next_s - self.pace.now_s())))
            under_way.join(timeout=LEAVE_WALL_S)
        finally:
            under_way.kill()
            self._leave(heap)

    def _turn(self, playing: Playing) -> None:
        """Play on from where the script stands until it waits again or ends."""
        lag_s = self._started(playing.due_s)
        try:
            _Turn(self, playing, lag_s).play()
        except StopIteration:
            pass
        except Exception as error:
            error.add_note(f"in the script of {playing.scripted.name}, at {self.pace.now_s()} s")
            raise

    def _started(self, due_s: float) -> float:
        """Note how late the generator itself is."""
        lag_s = max(0.0, self.pace.now_s() - due_s)
        self.turns += 1
        self.late_turns += self.pace.wall_s(lag_s) > LATE_WALL_S
        self.worst_lag_s = max(self.worst_lag_s, lag_s)
        return lag_s

    def due_s(self, playing: Playing, at_s: float) -> float:
        """When somebody comes who would come then."""
        return tick_up(self._due_s(playing.scripted.persona, at_s))

    def wait(self, playing: Playing, until_s: float) -> None:
        """A script goes on then."""
        playing.due_s = self.due_s(playing, until_s)
        persona = playing.scripted.persona
        heappush(self._heaps[persona], (playing.due_s, playing.number, playing))
        self._changed[persona].set()

    def begin(self, scripted: Scripted, root: int) -> None:
        """A script that another one begins, on the heap of whoever plays it."""
        self._registered = number = self._registered + 1
        due_s = max(scripted.starts_s, self.pace.now_s())
        self.wait(Playing(scripted, number, root, due_s), due_s)

    def spend(self, spent: Spent) -> None:
        """Labour, at this instant."""
        self._spent(Labour(self.pace.now_s(), *spent))

    def ask(self, playing: Playing, act: Ask, due_s: float, lag_s: float) -> Reply | None:
        """Act at a desk; None where the window ended before it could be sent."""
        verb = act.call.path.rpartition("/")[2]
        who = (self._player, playing.scripted.persona, playing.scripted.name, act.desk, verb, due_s)
        sent_s = self.pace.now_s()
        if sent_s >= self.until_s:
            if due_s < self.until_s:
                self._acted(Act(*who, None, None, sent_s, None, DROPPED, lag_s), None)
            return None
        try:
            reply = self._ask_desk(act.desk, act.call)
        except gevent.GreenletExit:
            self._acted(Act(*who, sent_s, None, self.pace.now_s(), None, DROPPED, lag_s), None)
            raise
        done_s = self.pace.now_s()
        self._acted(Act(*who, sent_s, done_s, None, reply.status, outcome_of(reply), lag_s), reply)
        return reply

    def _leave(self, heap: list[Turn]) -> None:
        """Count what is still due, one act a script: nobody knows what else it would have done."""
        left_s = min(self.until_s, self.pace.now_s())
        for due_s, _, playing in heap:
            if due_s < left_s:
                who = (self._player, playing.scripted.persona, playing.scripted.name, "", "", due_s)
                self._acted(Act(*who, None, None, left_s, None, DROPPED, 0.0), None)
        heap.clear()


class _Turn:
    """One script from a wait to the next: what it does, and when that is due."""

    __slots__ = ("_due_s", "_lag_s", "_last_due_s", "_people", "_playing")

    def __init__(self, people: LivePeople, playing: Playing, lag_s: float) -> None:
        self._people = people
        self._playing = playing
        self._lag_s = lag_s
        self._due_s = self._last_due_s = playing.due_s

    def play(self) -> None:
        """Raises StopIteration where the script ends."""
        people, playing = self._people, self._playing
        answer: Any = people.pace.now_s()
        if playing.script is None:
            playing.script, answer = playing.scripted.script(), None
        while True:
            act = playing.script.send(answer)
            answer = None
            if isinstance(act, Ask):
                answer = self._ask(act)
                if answer is None:
                    return
            elif isinstance(act, Until):
                answer, at_s = people.pace.now_s(), people.due_s(playing, act.at_s)
                if at_s > answer:
                    people.wait(playing, act.at_s)
                    return
                if at_s > self._last_due_s:  # it passed while an answer was awaited
                    self._due_s = at_s
            elif isinstance(act, Begin):
                people.begin(act.scripted, playing.root)
            elif isinstance(act, Spent):
                people.spend(act)
            else:
                raise TypeError(f"a script may not yield {act!r}")

    def _ask(self, act: Ask) -> Reply | None:
        reply = self._people.ask(self._playing, act, self._due_s, self._lag_s)
        self._last_due_s, self._due_s = self._due_s, self._people.pace.now_s()
        self._lag_s = 0.0
        return reply
