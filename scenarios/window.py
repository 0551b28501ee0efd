"""The window of a live run, as instants: from where people act over HTTP, and until when items count."""

from __future__ import annotations

from typing import NamedTuple

from kernel.errors import InputError
from kernel.time import HOUR_S
from scenarios.instants import seconds_of
from scenarios.play import Play


class Window(NamedTuple):
    """Seconds since the start of the play."""

    from_s: float
    until_s: float


def window_of(play: Play, begins: str | None, ends: str | None, hours: float | None = None) -> Window:
    """What was typed, else what the scenario says; `hours` in place of an end. Raises InputError."""
    own = play.scenario.live or ("", "")
    from_s = _instant(play, "from", begins, own[0])
    window = Window(
        from_s, _instant(play, "until", ends, own[1]) if hours is None else from_s + hours * HOUR_S
    )
    if hours is not None and ends is not None:
        raise InputError("--hours", "stands beside --until", "give one of them")
    last = play.calendar.end_s
    if not 0.0 < window.from_s < window.until_s <= last:
        span = f"{play.time.stamp(window.from_s)} to {play.time.stamp(window.until_s)}"
        remedy = f"give --from before --until, within {play.time.stamp(0.0)} and {play.time.stamp(last)}"
        raise InputError("the live window", f"{span} is none of this scenario", remedy)
    return window


def _instant(play: Play, name: str, typed: str | None, own: str) -> float:
    where = f"--{name}" if typed is not None else f"{play.scenario.source}: live.{name}"
    text = own if typed is None else typed
    if not text:
        remedy = f"give --{name}, such as --{name} 'BD-1 14:00'"
        raise InputError(f"scenario {play.scenario.name}", "says no live window", remedy)
    try:
        return seconds_of(text, play.calendar)
    except ValueError as error:
        raise InputError(where, str(error), "write it as scenarios/README.md shows") from None
