"""A live run in sentences: which hours were played at what speed, what people did, what is to be believed."""

from __future__ import annotations

from kernel.time import HOUR_S
from measurements.live import ERRORS, FAILURES, LATE_WALL_S, Live
from reports.figures.moments import clock_label
from reports.numbers import listing, number

ERROR_WORDS = dict(
    zip(
        ERRORS,
        (
            "refused by a limit",
            "no answer in time",
            "server error",
            "lost connection",
            "client error (refused by the business)",
        ),
        strict=True,
    )
)


def seconds(value: float) -> str:
    """A time in the unit that fits its size, from milliseconds to hours."""
    if value >= HOUR_S:
        return f"{number(value / HOUR_S)} h"
    if value >= 60.0:
        return f"{number(value / 60.0)} min"
    if value >= 1.0:
        return f"{number(value)} s"
    return f"{number(value * 1000.0, 0 if value >= 0.01 else 1)} ms"


def doubt(live: Live) -> str:
    """That nothing it tells is to be believed, and why; empty where nothing is wrong."""
    if not live.doubt:
        return ""
    return f"INCONCLUSIVE: {live.doubt}. Its figures tell nothing of the integration and are not judged."


def window(live: Live, first_day: str) -> str:
    """The hours that were played, and how long that took."""
    begun, counted, ended = (
        clock_label(first_day, at_s / HOUR_S) for at_s in (live.from_s, live.counted_until_s, live.until_s)
    )
    watched = f", observed until {ended}" if 0.0 < live.counted_until_s < live.until_s else ""
    shown = f"{begun} to {counted if watched else ended}{watched}, head-quarters time"
    length_s = live.until_s - live.from_s
    return f"{shown}: {seconds(length_s)} of the play in {seconds(length_s / live.speed)}"


def speed(live: Live) -> str:
    """The speed, the resolution that it leaves, and what latencies are worth at it."""
    text = (
        f"speed {live.speed:g}: one real millisecond is {seconds(live.speed / 1000.0)} of the play, and no "
        "latency is finer"
    )
    return f"{text}; above 120 latencies are indicative" if live.indicative else text


def acts(live: Live) -> str:
    """Acts due, done, late and dropped."""
    return ", ".join(f"{number(count, 0)} {name}" for name, count in live.counts.items()) or "none was told"


def acts_meaning(live: Live) -> str:
    """What late and dropped mean at this speed."""
    return (
        f"late: sent more than {LATE_WALL_S:g} real seconds ({seconds(LATE_WALL_S * live.speed)} of the "
        "play) after they were due; dropped: without an answer when the play ended, or not even sent"
    )


def errors(live: Live) -> str:
    """Acts that failed by class, those that happened; what the business refused is no failure, and apart."""
    happened = [(name, live.errors.get(name, 0)) for name in FAILURES]
    told = listing([f"{number(count, 0)} {ERROR_WORDS[name]}" for name, count in happened if count])
    refused = sum(count for name, count in live.errors.items() if name not in FAILURES)
    apart = f"; apart from them {number(refused, 0)} refused by the business" if refused else ""
    return f"{told or 'none'}{apart}"


def generator(live: Live) -> str:
    """Whether the processes that play people kept up."""
    return f"saturated: {live.saturated}" if live.saturated else "kept up"
