"""Calibration: what a call costs over HTTP beside the service time that the system draws for it.

    overhead of a call = (from one write's start to the next one's, live) - (the same in the twin)

Both worlds draw the same service time for the same write, so the difference of a pair is what the wire, the
encoding and both processes took. Pairs come from the trail of a quiet run, where no write waits for another;
never from a run that is predicted with the result. What a message costs before its first write, beyond its
calls, is found in a second step, against a twin whose calls already cost their overhead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from statistics import median, stdev
from typing import NamedTuple

from measurements.observed import Observed, TrailStep
from measurements.percentiles import Timed, percentile

PAIRS_LEAST = 30
"""Pairs below which no overhead is told: the 90th percentile would rest on fewer than three of them."""

STRETCH = 10
"""Pairs of one stretch: of fewer the median is mostly chance."""

MESSAGES_LEAST = 10
"""What the median is of lies between the second and the ninth of ten in 98 of 100 cases: that is enough."""

FLOWS = ("time", "expense")
"""Documents, of which every write is one call. (What sets up a project is several under one step.)"""


_Unit = tuple[str, str, int]


class Calibration(NamedTuple):
    """Seconds of the play. A call costs `call_s` in the median and `call_p90_s` at the 90th percentile
    (lognormal), a message `message_s` besides; from so many `pairs` and `messages`.

    `run_spread` is the standard deviation of the median's logarithm from one stretch of a run to the next: so
    much the machine, and what was fitted, may differ from run to run.
    """

    call_s: float = 0.0
    call_p90_s: float = 0.0
    message_s: float = 0.0
    pairs: int = 0
    messages: int = 0
    run_spread: float = 0.0

    @property
    def typical(self) -> Calibration:
        """The same for a run like the one that it was fitted on."""
        return self._replace(run_spread=0.0)


def call_overhead(live: Observed, bare: Observed) -> Calibration:
    """The cost of a call, from a quiet live run and its twin without any; none is told of too few pairs."""
    held = _writes(bare)
    timed_pairs = sorted(
        (there.at_s, there.took_s - here.took_s)
        for unit, writes in _writes(live).items()
        for here, there in _paired(held.get(unit, ()), writes)
    )
    pairs = [overhead_s for _, overhead_s in timed_pairs]
    if len(pairs) < PAIRS_LEAST:
        return Calibration(pairs=len(pairs))
    ordered = sorted(Timed(pair, False) for pair in pairs)
    middle, high = (percentile(ordered, per_cent).value or 0.0 for per_cent in (50, 90))
    if middle <= 0.0:
        return Calibration(pairs=len(pairs))
    return Calibration(middle, max(middle, high), 0.0, len(pairs), run_spread=_spread(pairs))


def with_messages(fitted: Calibration, live: Observed, twin: Observed) -> Calibration:
    """The same with the cost of a message; `twin` is the quiet one whose calls cost what was fitted.

    Never below 0: a live run cannot need less than its calls and what the simulation has a message cost.
    """
    held = _first_writes(twin)
    spans = [there - held[unit] for unit, there in _first_writes(live).items() if unit in held]
    enough = len(spans) >= MESSAGES_LEAST
    return fitted._replace(message_s=max(0.0, median(spans)) if enough else 0.0, messages=len(spans))


def _spread(pairs: Sequence[float]) -> float:
    """Of the logarithms of medians of ten pairs, one stretch of the run after the other."""
    stretches = [median(pairs[at : at + STRETCH]) for at in range(0, len(pairs) - STRETCH + 1, STRETCH)]
    logs = [log(middle) for middle in stretches if middle > 0.0]
    return stdev(logs) if len(logs) > 1 else 0.0


class _Write(NamedTuple):
    at_s: float
    took_s: float


def _writes(observed: Observed) -> dict[_Unit, list[_Write]]:
    """Unit to its writes, each to the next one or to the target's yes."""
    return {
        unit: [
            _Write(before.at_s, after.at_s - before.at_s)
            for before, after in pairwise(steps)
            if before.what == "sent"
        ]
        for unit, steps in _smooth(observed).items()
    }


def _first_writes(observed: Observed) -> dict[_Unit, float]:
    """Unit to the seconds from its coming to its first write."""
    return {
        unit: steps[1].at_s - steps[0].at_s
        for unit, steps in _smooth(observed).items()
        if [step.what for step in steps[:2]] == ["taken", "sent"]
    }


def _smooth(observed: Observed) -> dict[_Unit, list[TrailStep]]:
    """Unit to its steps in the window, where the target said yes and nothing was refused or told anew."""
    from_s = observed.window_s[0]
    found: dict[_Unit, list[TrailStep]] = {}
    for step in sorted(observed.trail, key=lambda step: step.at_s):
        if step.flow in FLOWS:
            found.setdefault((step.flow, step.key, step.version), []).append(step)
    return {unit: steps for unit, steps in found.items() if steps[0].at_s >= from_s and _straight(steps)}


def _straight(steps: Sequence[TrailStep]) -> bool:
    words = [step.what for step in steps]
    return words[-1] == "confirmed" and set(words[:-1]) <= {"taken", "sent"}


def _paired(here: Sequence[_Write], there: Sequence[_Write]) -> Iterable[tuple[_Write, _Write]]:
    """Only where both worlds wrote equally often."""
    return zip(here, there, strict=True) if len(here) == len(there) else ()
