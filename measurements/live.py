"""What only a live run tells: how long people's acts took, and whether the run may be believed.

Response time counts from the instant at which an act was due, service time from its sending. Percentiles are
of raw values, never of rounded buckets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

PERCENTILES = (50.0, 95.0, 99.0, 99.9)
"""Those that a live run tells of each act."""
TIMES = ("response", "service")


class ActLine(NamedTuple):
    """One verb of one persona: how many were done, and seconds at each of `PERCENTILES`."""

    persona: str
    verb: str
    acts: int
    response_s: Sequence[float]
    service_s: Sequence[float]

    def at(self, time: str, percentile: float) -> float:
        """The seconds at a percentile of `response` or `service` time. Raises ValueError for another one."""
        held = self.response_s if time == "response" else self.service_s
        return held[PERCENTILES.index(percentile)]


class Live(NamedTuple):
    """`unfinished` says why the run ended before its window did, `saturated` how the generator fell behind.

    Both are empty where nothing is wrong. A run of which one is not tells nothing about its system.
    `speed` is seconds of the play in one of the wall; people acted between the instants `from_s` and
    `until_s`. `counts` are acts due, done, late and dropped; `errors` class to acts; `lag_s` process to its
    worst lag in seconds of the play; `calls_per_s` system to calls in a real second.
    """

    acts: Sequence[ActLine] = ()
    unfinished: str = ""
    saturated: str = ""
    speed: float = 1.0
    from_s: float = 0.0
    until_s: float = 0.0
    counts: Mapping[str, int] = {}
    errors: Mapping[str, int] = {}
    lag_s: Mapping[str, float] = {}
    calls_per_s: Mapping[str, float] = {}
