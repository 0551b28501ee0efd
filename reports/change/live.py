"""Two live runs of one model side by side: people's acts by verb; no verdict, since each ran once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from measurements.live import ActLine, Live
from reports.cells import Cell, Row
from reports.change.changes import Changed, ModelChange
from reports.live import words
from reports.numbers import NOTHING

COLUMNS = ("Acts", "Response p50", "Response p95", "Response p99", "Response p99.9", "Service p95")
_TIMES = (("response", 50.0), ("response", 95.0), ("response", 99.0), ("response", 99.9), ("service", 95.0))


class ActChange(NamedTuple):
    """One verb of one persona, before and after; None where it was not done."""

    persona: str
    verb: str
    before: ActLine | None
    after: ActLine | None

    @property
    def slower_s(self) -> float:
        """By how much the 95th percentile of its response time rose; 0 where there is nothing to compare."""
        if self.before is None or self.after is None:
            return 0.0
        return self.after.at("response", 95.0) - self.before.at("response", 95.0)


def both(found: Changed, model: ModelChange) -> tuple[Live, Live] | None:
    """The live parts of a model before and after; None where one of the results has none."""
    before, after = found.before.live.get(model.before), found.after.live.get(model.after)
    return None if before is None or after is None else (before, after)


def act_changes(before: Live, after: Live) -> list[ActChange]:
    """Every verb that was done in one of the two."""
    sides = [{(line.persona, line.verb): line for line in live.acts} for live in (before, after)]
    return [ActChange(*who, sides[0].get(who), sides[1].get(who)) for who in sorted({*sides[0], *sides[1]})]


def act_rows(before: Live, after: Live) -> list[Row]:
    """One row a verb: after, and small beneath it before."""
    return [
        Row(
            f"{one.persona}: {one.verb}",
            "",
            (
                _cell(str(one.before.acts) if one.before else "", str(one.after.acts) if one.after else ""),
                *(
                    _cell(_time(one.before, time, percentile), _time(one.after, time, percentile))
                    for time, percentile in _TIMES
                ),
            ),
        )
        for one in act_changes(before, after)
    ]


def _cell(before: str, after: str) -> Cell:
    return Cell(f"{before or NOTHING} → {after or NOTHING}")


def _time(line: ActLine | None, time: str, percentile: float) -> str:
    return "" if line is None else words.seconds(line.at(time, percentile))


def sentences(before: Live, after: Live) -> list[str]:
    """Whether both may be believed, at which speeds they ran, what people did, and what it is worth."""
    return [*_doubts(before, after), *_speeds(before, after), _acts(before, after)]


def _doubts(before: Live, after: Live) -> Iterator[str]:
    for name, live in (("Before", before), ("After", after)):
        if live.doubt:
            yield f"{name}: {words.doubt(live)}"


def _speeds(before: Live, after: Live) -> Iterator[str]:
    if before.speed != after.speed:
        yield (
            f"Speed {before.speed:g} → {after.speed:g}: the machine's own milliseconds count differently, so "
            "times of acts do not compare."
        )
    elif before.indicative:
        yield f"Both ran at speed {before.speed:g}: latencies are indicative."


def _acts(before: Live, after: Live) -> str:
    return (
        f"People’s acts before: {words.acts(before)}; failed: {words.errors(before)}. "
        f"After: {words.acts(after)}; failed: {words.errors(after)}."
    )
