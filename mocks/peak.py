"""How far a limit was used: its peak and whose that was, the peak of every hour, and how long it was full."""

from __future__ import annotations


class Peak:
    """Shares are of the limit's size (1.0 = full)."""

    __slots__ = ("_full_minutes", "_held_s", "_held_since_s", "_hours", "own_share", "refusals", "share")

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.share = 0.0
        self.own_share = 0.0
        self.refusals = 0
        self._hours: dict[int, float] = {}
        self._full_minutes: set[int] = set()
        self._held_since_s: float | None = None
        self._held_s = 0.0

    def restart(self, now_s: float) -> None:
        """Forget what was; a limit that is full now is full from now on."""
        held = self._held_since_s is not None
        self._begin()
        if held:
            self._held_since_s = now_s

    def observe(self, now_s: float, share: float, own_share: float) -> None:
        """The limit is used so far now, of which so much by the integration under test."""
        if share > self.share:
            self.share, self.own_share = share, own_share
        hour = int(now_s // 3600.0)
        hours = self._hours
        if share > hours.get(hour, -1.0):
            hours[hour] = share

    def full(self, now_s: float) -> None:
        """No room at this instant (counted as this minute; for limits whose room comes back unseen)."""
        self._full_minutes.add(int(now_s // 60.0))

    def hold(self, now_s: float) -> None:
        """All places are taken from now on."""
        if self._held_since_s is None:
            self._held_since_s = now_s

    def let_go(self, now_s: float) -> None:
        """A place became free."""
        if self._held_since_s is not None:
            self._held_s += now_s - self._held_since_s
            self._held_since_s = None

    def saturated_min(self, until_s: float) -> float:
        """Minutes in which there was no room."""
        held_s = self._held_s
        if self._held_since_s is not None:
            held_s += max(0.0, until_s - self._held_since_s)
        return held_s / 60.0 + len(self._full_minutes)

    def series(self) -> tuple[tuple[int, float], ...]:
        """The peak share of each hour that had any use."""
        return tuple(sorted(self._hours.items()))
