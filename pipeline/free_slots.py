"""Free slots: how many calls an account lets in beside those of others, learnt from what it refuses.

    refused, k under way (1)   cap = at least 1, at most k - 1 and 0.7 of the cap (multiplicative decrease)
    in full use and let in (2) cap + 1 (additive increase), up to the account's slots - 1

(1) The refused call goes first again, as soon as one of the others ends. Where it was alone the account is
full: it keeps its place, so that those behind it do not ask in vain too, and tries again after 1 ... 30 s;
whoever comes next goes on in that row.
(2) Not sooner than 10 s after the last change; after a refusal 60 s, doubled up to 15 min for as long as
what was tried is refused, so that many calls beside a full account cost a few refusals an hour.

Source of the rule: Chiu and Jain, Analysis of the increase and decrease algorithms, 1989. Its figures: the
factor as in CUBIC (RFC 9438), the waits an assumption.
"""

from __future__ import annotations

from math import ceil

from pipeline.slots import Slots

_DECREASE = 0.7
_STEP_S = 10.0
_WAIT_S = 60.0
_WAIT_MOST_S = 900.0
_PAUSE_MOST_S = 30.0


class FreeSlots(Slots):
    """Slots whose size follows what the account lets in; it begins at `most` and never passes it."""

    __slots__ = ("_alone", "_next_s", "_pause_until_s", "_tried", "_wait_s", "most")

    def __init__(self, most: int, what: str) -> None:
        super().__init__(max(1, most), what)
        self.most = self.size
        self._next_s = 0.0
        self._wait_s = _WAIT_S
        self._tried = False
        self._alone = 0
        self._pause_until_s = 0.0

    def pause_s(self, now_s: float) -> float:
        """How long the account is taken to be full."""
        return max(0.0, self._pause_until_s - now_s)

    def admitted(self, now_s: float, under_way: int) -> None:
        """A call was let in while so many were under way."""
        self._alone = 0
        if under_way < self.size:
            return
        if self._tried:
            self._tried = False
            self._wait_s = _WAIT_S
        if self.size < self.most and now_s >= self._next_s:
            self._tried = True
            self._next_s = now_s + _STEP_S
            self.resize(self.size + 1)

    def refused(self, now_s: float, under_way: int) -> None:
        """A call was refused while so many were under way, itself among them."""
        self.size = max(1, min(under_way - 1, ceil(_DECREASE * self.size), self.size))
        if self._tried:
            self._tried = False
            self._wait_s = min(_WAIT_MOST_S, 2.0 * self._wait_s)
        self._next_s = now_s + self._wait_s
        if under_way == 1:
            self._pause_until_s = now_s + min(_PAUSE_MOST_S, 2.0 ** min(self._alone, 10))
            self._alone += 1
