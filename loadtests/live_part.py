"""The part of a result that only a live run tells, from the acts file and from how it was played."""

from __future__ import annotations

from collections.abc import Mapping

from loadtests.load import Played
from measurements.live import Live

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
        lag_s=played.lag_s,
        calls_per_s=_calls_per_s(played),
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


def _calls_per_s(played: Played) -> Mapping[str, float]:
    """Calls that systems counted in the hours of the window, a real second: integration, people, others."""
    sheet = played.sheet
    first, last = int(sheet.from_s // 3600.0), int(sheet.until_s // 3600.0)
    found: dict[str, int] = {}
    for row in played.observed.books.traffic:
        if first <= row.hour <= last:
            found[row.system] = found.get(row.system, 0) + row.calls
    wall_s = (last - first + 1) * 3600.0 / sheet.speed
    return {system: calls / wall_s for system, calls in found.items()}
