"""From what the systems hold to Observed: gathered, cut to what takes part, with the calendar beside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from measurements.facts import FLOWS, Books, Commitment, Labour
from measurements.items import Item
from measurements.observed import Observed, Released, Struck, TrailStep, gather
from measurements.view import view
from pipeline.trail import NEUTRAL, Step
from scenarios.expected import Expected, expected, told
from scenarios.play import Play

T = TypeVar("T")


class Look(NamedTuple):
    """What the systems' books told at one instant, and what should stand: a function of that alone."""

    told: Mapping[str, Books]
    wanted: Expected


class Named(NamedTuple):
    """Whose run it is."""

    model: str
    replication: int = 0


def held_once(system: str, books: Books, looked: Look | None) -> Books:
    """A system's books; each table that tells the same as at the last look is the look's own."""
    told_then = Books() if looked is None else looked.told.get(system, Books())
    return books._replace(
        commitments=_first(told_then.commitments, books.commitments),
        effects=_first(told_then.effects, books.effects),
        values=_first(told_then.values, books.values),
    )


def _first(old: T, new: T) -> T:
    """Of equals the first, so that the second can go."""
    return old if old == new else new


def wanted_by(play: Play, books: Mapping[str, Books], looked: Look | None = None) -> Expected:
    """What should stand: the last look's answer where the books still tell the same."""
    if looked is not None and looked.told == told(books):
        return looked.wanted
    return expected(play, books)


def observed(
    play: Play,
    books: Mapping[str, Books],
    wanted: Expected,
    labour: Sequence[Labour],
    named: Named,
    end_s: float,
    trail: Collection[TrailStep] = (),
) -> Observed:
    """What this run left behind, from the books of all systems; the trail feeds only the stages."""
    held, due = _taking_part(play.workflows, gather(books.values()), wanted.due)
    revenue = tuple(row for row in due if row.flow == "revenue")
    return Observed(
        model=named.model,
        replication=named.replication,
        books=held._replace(commitments=held.commitments + revenue),
        due=due,
        closes=play.closes,
        window_s=play.window_s,
        end_s=end_s,
        counts_from_s=play.calendar.counts_from_s,
        close_s=play.close_s,
        period=play.opening.period,
        rates=play.rates,
        report_instants_s=play.report_instants_s,
        truth=wanted.truth,
        labour=tuple(labour),
        faults=tuple(Struck(*span) for span in play.fault_spans),
        releases=tuple(Released(*release) for release in play.releases),
        trail=tuple(trail),
        targets=play.firm.targets,
    )


def neutral(steps: Iterable[Step]) -> list[TrailStep]:
    """The pipeline's steps in the words that every integration can use."""
    return [
        TrailStep(step.flow, step.key, step.version, NEUTRAL[step.what], step.at_s)
        for step in steps
        if step.what in NEUTRAL
    ]


def finished(
    play: Play, books: Mapping[str, Books], labour: Sequence[Labour], named: Named, look_s: float
) -> Look | list[Item]:
    """A look at the books: the items that are unfinished, or the look itself where none is."""
    # Revenue, which must be computed first, is asked of only where no other item is unfinished.
    left = _unfinished(play, books, Expected((), ()), labour, named, look_s)
    if left:
        return left
    wanted = expected(play, books)
    left = _unfinished(play, _of_revenue(books), wanted, labour, named, look_s)
    return left or Look(told(books), wanted)


def _unfinished(
    play: Play,
    books: Mapping[str, Books],
    wanted: Expected,
    labour: Sequence[Labour],
    named: Named,
    look_s: float,
) -> list[Item]:
    """Counted items that are unfinished."""
    rows = view(observed(play, books, wanted, labour, named, look_s)).counted.values()
    return [item for items in rows for item in items if item.finished_s is None]


def _of_revenue(books: Mapping[str, Books]) -> dict[str, Books]:
    """Only what finishes revenue: its effects."""
    return {
        name: Books(effects=tuple([row for row in held.effects if row.flow == "revenue"]))
        for name, held in books.items()
    }


def _taking_part(
    workflows: Collection[str], held: Books, due: Sequence[Commitment]
) -> tuple[Books, tuple[Commitment, ...]]:
    """Only the flows of workflows that take part in the play: nobody carries the others."""
    flows = {flow for flow, workflow in FLOWS.items() if workflow in workflows}
    if len(flows) == len(FLOWS):
        return held, tuple(due)
    kept = held._replace(
        commitments=tuple(row for row in held.commitments if row.flow in flows),
        effects=tuple(row for row in held.effects if row.flow in flows),
        sightings=held.sightings if "reporting" in flows else (),
    )
    return kept, tuple(row for row in due if row.flow in flows)
