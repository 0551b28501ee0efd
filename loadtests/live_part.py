"""The part of a result that only a live run tells, from the acts file and from how it was played."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.time import HOUR_S
from loadtests.load import Played
from measurements.live import PEOPLE, Live

_COUNTS = ("due", "done", "late", "dropped")


def live_of(played: Played) -> Live:
    """What is told of the run: its pace, its acts, whether it may be believed."""
    sheet, summary = played.sheet, played.acts.summary
    return Live(
        acts=played.acts.lines,
        unfinished=_unfinished(played),
        saturated="; ".join(summary.get("saturated", ())),
        speed=sheet.speed,
        from_s=sheet.from_s,
        until_s=sheet.until_s,
        counts={name: summary[name] for name in _COUNTS if name in summary},
        errors=summary.get("errors", {}),
        lag_s=_lag_s(played),
        calls_per_s=_calls_per_s(played),
        counted_until_s=played.observed.window_s[1],
    )


def _unfinished(played: Played) -> str:
    """Why the run ended before its window did, or what of it is unknown."""
    summary = played.acts.summary
    if played.loss is not None:
        return f"{played.loss.name} {played.loss.why}"
    if not summary:
        return "the people told nothing of what they did"
    if summary["players_lost"]:
        return f"{summary['players_lost']} of those who played people were lost"
    return "; ".join(summary["failures"])


def _lag_s(played: Played) -> Mapping[str, float]:
    """How late each process ran at worst, those that play people included."""
    worst_s = played.acts.summary.get("worst_lag_s")
    return dict(played.lag_s) if worst_s is None else {**played.lag_s, PEOPLE: worst_s}


def _calls_per_s(played: Played) -> Mapping[str, float]:
    """Calls that systems counted, a real second: integration, people, others.

    Systems count by the hour, so it is from the full hour in which people began to where the run ended.
    """
    sheet = played.sheet
    first, until_s = int(sheet.from_s // HOUR_S), min(sheet.until_s, played.observed.end_s)
    found: dict[str, int] = {}
    for row in played.observed.books.traffic:
        if first <= row.hour and row.hour * HOUR_S < until_s:
            found[row.system] = found.get(row.system, 0) + row.calls
    wall_s = (until_s - first * HOUR_S) / sheet.speed
    return {system: calls / wall_s for system, calls in sorted(found.items())}
