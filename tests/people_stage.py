"""A stage for scripts without systems: a table of verbs answers, a heap of instants is the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

from mocks.opening import Opening
from scenarios.calendar import Place, around_period_end
from scenarios.people.company import Company
from scenarios.script import Act, Ask, Begin, Scripted, Spent, Until
from wire.call import Reply, json_reply

Answer = Reply | Callable[[dict[str, Any], float], Reply]
OK = json_reply(200, {})
REFUSED = json_reply(400, {"error": "not now"})

PLACES = {"US01": Place("America/New_York", "US")}


def company(seed: int = 1, consultants: int = 50, opening: Opening | None = None) -> Company:
    """A company in one place, around the end of April 2026."""
    calendar = around_period_end("2026-04", PLACES["US01"], PLACES, busy=True)
    nothing = Opening("2026-04", "America/New_York", (), (), (), (), (), (), (), (), (), ())
    return Company(seed, calendar, opening or nothing, consultants)


class Stage:
    """Runs scripts to their end. `asked` lists (instant, endpoint, verb, user, words), `spent` the labour."""

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[tuple[float, str, str, str, dict[str, Any]]] = []
        self.spent: list[tuple[float, Spent]] = []
        self.begun: list[str] = []
        self._heap: list[tuple[float, int, Any, Any]] = []
        self._turn = 0

    def play(self, people: Iterable[Scripted], until_s: float = float("inf")) -> Stage:
        """Acts everything out, in order of time."""
        for scripted in people:
            self._push(scripted.starts_s, scripted, None)
        while self._heap and self._heap[0][0] <= until_s:
            now_s, _, who, answer = heappop(self._heap)
            if isinstance(who, Scripted):
                self.begun.append(who.name)
                who = who.script()
            self._run(who, answer, now_s)
        return self

    def verbs(self) -> list[str]:
        """What was asked, in order."""
        return [verb for _, _, verb, _, _ in self.asked]

    def of(self, verb: str) -> list[tuple[float, dict[str, Any]]]:
        """Instant and words of each time that a verb was asked."""
        return [(at_s, words) for at_s, _, asked, _, words in self.asked if asked == verb]

    def _run(self, script: Any, answer: Any, now_s: float) -> None:
        while True:
            try:
                act: Act = script.send(answer)
            except StopIteration:
                return
            if isinstance(act, Until) and act.at_s > now_s:
                self._push(act.at_s, script, act.at_s)
                return
            answer = self._answer(act, now_s)

    def _answer(self, act: Act, now_s: float) -> Any:
        if isinstance(act, Until):
            return now_s
        if isinstance(act, Ask):
            verb, words = act.call.path.rpartition("/")[2], json.loads(act.call.body)
            self.asked.append((now_s, act.desk, verb, act.call.headers["x-user"], words))
            answer = self.answers.get(verb, OK)
            return answer if isinstance(answer, Reply) else answer(words, now_s)
        if isinstance(act, Begin):
            self._push(max(now_s, act.scripted.starts_s), act.scripted, None)
        else:
            self.spent.append((now_s, act))
        return None

    def _push(self, at_s: float, who: Any, answer: Any) -> None:
        self._turn += 1
        heappush(self._heap, (at_s, self._turn, who, answer))
