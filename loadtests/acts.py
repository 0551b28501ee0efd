"""What people did in a live run: one flat row an act, and the tally of them all.

    Act ──> JSON line of the acts file ──> reports            response = done - due      service = done - sent
        └─> Tally ──> the file's last line

An act that had no answer when the window ended is dropped; it enters with the time that it had waited then
(`left_s`), as at least so long. One that could not even be sent by then has no service time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from loadtests.shapes import Shape
from wire.call import Reply
from wire.inprocess import LOST, NEVER

OK, LIMIT, TIMEOUT, SERVER, CONNECTION, CLIENT = "ok", "limit", "timeout", "server", "lost", "client"
DROPPED = "dropped"
ERRORS = (LIMIT, TIMEOUT, SERVER, CONNECTION, CLIENT)
"""Classes of errors: refused by a limit, no answer in time, 5xx, connection lost, any other 4xx."""

LATE_WALL_S = 0.1
"""An act is late when it is sent so many real seconds after it was due: a tenth is what people notice."""

_LIMIT = "x-rehearsal-limit"


class Act(NamedTuple):
    """One act. Instants are seconds of the play; `lag_s` of them is how late the generator itself was.

    `sent_s` and `done_s` are None where it was not sent, not answered; `status` then is None. `left_s` is
    when it was given up, None where it was answered.
    """

    player: str
    persona: str
    name: str
    desk: str
    verb: str
    due_s: float
    sent_s: float | None
    done_s: float | None
    left_s: float | None
    status: int | None
    outcome: str
    lag_s: float

    def row(self, speed: float) -> dict[str, Any]:
        """As JSON, with both times in seconds of the play and in real milliseconds, nothing rounded."""
        return {"kind": "act", **self._asdict(), **self.times(speed)}

    def times(self, speed: float) -> dict[str, float]:
        """How long it took, from its due time and from its sending; at least so long where given up."""
        ended_s = self.left_s if self.done_s is None else self.done_s
        if ended_s is None or not self.verb:
            return {}
        times = {"response": ended_s - self.due_s}
        if self.sent_s is not None:
            times["service"] = ended_s - self.sent_s
        paced = {f"{name}_s": time_s for name, time_s in times.items()}
        real = {f"{name}_ms": time_s / speed * 1000.0 for name, time_s in times.items()}
        return {**paced, **real}


def outcome_of(reply: Reply) -> str:
    """Which class an answer belongs to."""
    status = reply.status
    if status == 429 or _LIMIT in reply.headers:
        return LIMIT
    if status == NEVER:
        return TIMEOUT
    if status == LOST:
        return CONNECTION
    if status >= 500:
        return SERVER
    return CLIENT if status >= 400 else OK


class Tally:
    """Counts rows as they come, whoever played them; `window_s` is divided by the shape's steps."""

    def __init__(self, speed: float, shape: Shape, window_s: tuple[float, float]) -> None:
        self._speed = speed
        self._shape = shape
        self._window_s = window_s
        self._outcomes: Counter[str] = Counter()
        self._late = 0
        self._labour = 0
        self._worst_lag_s = 0.0
        self._due_by_step: Counter[int] = Counter()
        self._bad_by_step: Counter[int] = Counter()

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of the acts file."""
        if row["kind"] == "labour":
            self._labour += 1
        elif row["kind"] == "act":
            self._act(row)

    def _act(self, row: Mapping[str, Any]) -> None:
        outcome, due_s, sent_s = row["outcome"], row["due_s"], row["sent_s"]
        late = sent_s is not None and sent_s - due_s > LATE_WALL_S * self._speed
        self._outcomes[outcome] += 1
        self._late += late
        self._worst_lag_s = max(self._worst_lag_s, row["lag_s"])
        from_s, until_s = self._window_s
        step = self._shape.step((due_s - from_s) / (until_s - from_s))
        self._due_by_step[step] += 1
        self._bad_by_step[step] += late or outcome not in {OK, CLIENT}

    def row(self) -> dict[str, Any]:
        """Acts due = done + dropped; late ones are among the done, errors too.

        `steps`: which share of the people came, how many acts were due, and how many of these were late,
        dropped or failed (a refusal by the business, any other 4xx, is no failure of a system).
        """
        due, dropped = self._outcomes.total(), self._outcomes[DROPPED]
        return {
            "due": due,
            "done": due - dropped,
            "late": self._late,
            "dropped": dropped,
            "errors": {name: self._outcomes[name] for name in ERRORS},
            "worst_lag_s": self._worst_lag_s,
            "labour": self._labour,
            "steps": [
                {"people": self._shape.share(step), "due": count, "bad": self._bad_by_step[step]}
                for step, count in sorted(self._due_by_step.items())
            ],
        }
