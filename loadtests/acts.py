"""What people did in a live run: one flat row an act, and the tally of them all.

    Act ──> JSON line of the acts file ──> reports            response = done - due      service = done - sent
        └─> Tally ──> the file's last line

An act that never got an answer, or was still due when the window ended, is dropped: a row of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from measurements.live import ERRORS, LATE_WALL_S
from wire.call import Reply
from wire.inprocess import LOST, NEVER

OK, DROPPED = "ok", "dropped"
LIMIT, TIMEOUT, SERVER, CONNECTION, CLIENT = ERRORS

_LIMIT = "x-rehearsal-limit"


class Act(NamedTuple):
    """One act. Instants are seconds of the play; `lag_s` of them is how late the generator itself was.

    `sent_s` and `done_s` are None where it was not sent, not answered; `status` then is None.
    """

    player: str
    persona: str
    name: str
    desk: str
    verb: str
    due_s: float
    sent_s: float | None
    done_s: float | None
    status: int | None
    outcome: str
    lag_s: float

    def row(self, speed: float) -> dict[str, Any]:
        """As JSON, with both times in seconds of the play and in real milliseconds, nothing rounded."""
        return {"kind": "act", **self._asdict(), **self.times(speed)}

    def times(self, speed: float) -> dict[str, float]:
        """How long it took, from its due time and from its sending; empty where it has no answer."""
        if self.done_s is None or self.sent_s is None:
            return {}
        response_s, service_s = self.done_s - self.due_s, self.done_s - self.sent_s
        return {
            "response_s": response_s,
            "service_s": service_s,
            "response_ms": response_s / speed * 1000.0,
            "service_ms": service_s / speed * 1000.0,
        }


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
    """Counts rows as they come, whoever played them."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._outcomes: Counter[str] = Counter()
        self._late = 0
        self._labour = 0
        self._worst_lag_s = 0.0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of the acts file."""
        if row["kind"] == "labour":
            self._labour += 1
        elif row["kind"] == "act":
            self._outcomes[row["outcome"]] += 1
            sent_s = row["sent_s"]
            self._late += sent_s is not None and sent_s - row["due_s"] > LATE_WALL_S * self._speed
            self._worst_lag_s = max(self._worst_lag_s, row["lag_s"])

    def row(self) -> dict[str, Any]:
        """Acts due = done + dropped; late ones are among the done, errors too."""
        due, dropped = self._outcomes.total(), self._outcomes[DROPPED]
        return {
            "due": due,
            "done": due - dropped,
            "late": self._late,
            "dropped": dropped,
            "errors": {name: self._outcomes[name] for name in ERRORS},
            "worst_lag_s": self._worst_lag_s,
            "labour": self._labour,
        }
