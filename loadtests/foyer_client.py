"""What who takes part in a live run asks in the foyer (loadtests/foyer.py), from under gevent."""

from __future__ import annotations

from typing import Any

import gevent

from kernel.errors import InputError
from loadtests.call_sheet import CallSheet
from loadtests.desks import client_of, pool_of, sent
from loadtests.pace import WALL, Pace
from wire.call import Call, json_call

ASKED_AGAIN_WALL_S = 0.05
"""Real seconds between two looks at whether the pace was told: less than what one leaves people to start."""

PATIENCE_WALL_S = 30.0
"""Real seconds for which a member may be silent."""

SKEW_READINGS = 5


class FoyerClient:
    """One member's foyer. Everything raises InputError with the reason, in one line, where it fails."""

    def __init__(self, address: str) -> None:
        self._pool = pool_of(PATIENCE_WALL_S)
        self._client = client_of(self._pool, address)
        self._address = address

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def call_sheet(self) -> CallSheet:
        """What to play, and where everybody is."""
        return CallSheet.of(self._asked(Call("GET", "/live/call-sheet")))

    def ready(self, player: str, digest: str) -> None:
        """Say that this player stands at that past; fails where the run stands at another one."""
        self._asked(json_call("POST", "/live/ready", {"player": player, "digest": digest}))

    def pace(self, remote: bool) -> Pace | None:
        """The pace, by the wall's clock for who sits on another machine; None while the play stands still."""
        row = self._asked(Call("GET", "/live/pace"))
        if not row["told"]:
            return None
        if remote:
            return Pace(row["speed"], row["at_s"], row["wall_s"], WALL)
        return Pace(row["speed"], row["at_s"], row["epoch_s"])

    def wait_for_pace(self, remote: bool) -> Pace:
        """Stand still until the pace is told."""
        while True:
            pace = self.pace(remote)
            if pace is not None:
                return pace
            gevent.sleep(ASKED_AGAIN_WALL_S)

    def skew_wall_s(self, pace: Pace) -> float:
        """By how many real seconds the member is ahead of `pace`, from its quickest answer of several."""
        readings = []
        for _ in range(SKEW_READINGS):
            asked_s = pace.now_s()
            there_s = float(self._asked(Call("GET", "/live/health"))["at_s"])
            answered_s = pace.now_s()
            ahead_s = there_s - (asked_s + answered_s) / 2.0
            readings.append((answered_s - asked_s, pace.wall_s(ahead_s)))
        return min(readings)[1]

    def _asked(self, call: Call) -> dict[str, Any]:
        try:
            reply = sent(self._client, call)
        except (TimeoutError, ConnectionError) as error:
            raise InputError(self._address, f"no member answers ({error})", "name one by --host") from None
        try:
            answer: dict[str, Any] = reply.json()
        except ValueError:
            answer = {}
        if not reply.ok:
            what = answer.get("error", f"answers {reply.status} to {call.method} {call.path}")
            raise InputError(self._address, str(what), "name a member of a live run by --host")
        return answer
