"""Retry: full jitter that honours Retry-After, and a budget that keeps retries a small share of all calls."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from kernel.luck import luck
from kernel.time import BusinessTime
from wire.call import Reply

_DOUBLINGS = 60
"""Beyond any ceiling; who waits for a slot may ask a thousand times."""


class Backoff:
    """The wait before the next attempt: uniform in [0, min(most, base * 2^attempt)), after Retry-After.

    Source of the formula: "full jitter", exponential backoff and jitter, AWS architecture blog (2015).
    """

    __slots__ = ("_base_s", "_most_s", "_purpose", "_seed", "attempts")

    def __init__(self, seed: int, system: str, attempts: int, base_s: float, most_s: float) -> None:
        self._seed = seed
        self._purpose = f"pipeline.jitter.{system}"
        self.attempts = attempts
        self._base_s = base_s
        self._most_s = most_s

    def wait_s(self, key: str, attempt: int, retry_after_s: float = 0.0) -> float:
        """The wait after the given attempt (0 = the first); luck is keyed by call and attempt."""
        ceiling = min(self._most_s, self._base_s * 2.0 ** min(attempt, _DOUBLINGS))
        return retry_after_s + ceiling * luck(self._seed, self._purpose, f"{key}|{attempt}")


class RetryBudget:
    """At most `floor` retries a minute, and a `share` of that minute's calls."""

    __slots__ = ("_calls", "_floor", "_minute", "_retries", "_share", "refused")

    def __init__(self, share: float, floor: int) -> None:
        self._share = share
        self._floor = floor
        self._minute = -1
        self._calls = 0
        self._retries = 0
        self.refused = 0

    def call(self, now_s: float) -> None:
        """Count a call."""
        minute = int(now_s // 60.0)
        if minute != self._minute:
            self._minute, self._calls, self._retries = minute, 0, 0
        self._calls += 1

    def take(self) -> bool:
        """Whether one more retry fits; counts it."""
        if self._retries >= self._floor + self._share * self._calls:
            self.refused += 1
            return False
        self._retries += 1
        return True


def retry_after_s(reply: Reply | None, time: BusinessTime, now_s: float) -> float:
    """How long the system asks to wait, told in seconds or as a date (RFC 9110, 10.2.3); 0 = it does not."""
    text = "" if reply is None else reply.headers.get("retry-after", "").strip()
    if not text:
        return 0.0
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    at_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - time.start).total_seconds()
    return max(0.0, at_s - now_s)
