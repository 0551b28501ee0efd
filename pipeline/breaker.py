"""Circuit breaker: after so many failures in a row calls fail at once, until one probe comes through."""

from __future__ import annotations


class Breaker:
    """Closed, open, or half open (one probe at a time after `open_s`)."""

    __slots__ = ("_failures", "_limit", "_open_s", "_until_s", "opened")

    def __init__(self, failures: int, open_s: float) -> None:
        self._limit = failures
        self._open_s = open_s
        self._failures = 0
        self._until_s = 0.0
        self.opened = 0

    def admits(self, now_s: float) -> bool:
        """Whether a call may go out now; in the half-open state only the first one may, per `open_s`."""
        if self._failures < self._limit:
            return True
        if now_s < self._until_s:
            return False
        self._until_s = now_s + self._open_s
        return True

    def succeeded(self) -> None:
        """The system answered."""
        self._failures = 0

    def failed(self, now_s: float) -> None:
        """The system did not answer, or answered that it is down."""
        self._failures += 1
        if self._failures >= self._limit:
            if self._failures == self._limit:
                self.opened += 1
            self._until_s = now_s + self._open_s
