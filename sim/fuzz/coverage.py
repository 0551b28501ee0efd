"""What the worlds exercised: kinds of faults and releases, while which workflow ran by which pattern."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from measurements.facts import FLOWS, WORKFLOWS
from measurements.observed import TrailStep
from scenarios.known import FAULTS, RELEASES
from sim.fuzz.world import CANDIDATES


class Cell(NamedTuple):
    """A kind that was on while a workflow was moved by a pattern.

    `struck` where some write of the workflow was refused then, by whatever: a step tells no system.
    """

    kind: str
    workflow: str
    pattern: str
    struck: bool


class Span(NamedTuple):
    """A fault or release, from when to when."""

    kind: str
    from_s: float
    to_s: float


def exercised(
    spans: Iterable[Span], trail: Iterable[TrailStep], patterns: Mapping[str, str]
) -> frozenset[Cell]:
    """The cells of one world: a kind counts for a workflow that took a step while it was on."""
    steps: dict[tuple[str, bool], list[float]] = {}
    for step in trail:
        steps.setdefault((FLOWS.get(step.flow, ""), step.what == "refused"), []).append(step.at_s)
    ordered = {key: sorted(instants) for key, instants in steps.items()}
    return frozenset(_cells(tuple(spans), ordered, patterns))


def _cells(
    spans: Sequence[Span], steps: Mapping[tuple[str, bool], Sequence[float]], patterns: Mapping[str, str]
) -> Iterator[Cell]:
    for (workflow, refused), instants in steps.items():
        for span in spans:
            place = bisect_left(instants, span.from_s)
            if workflow and place < len(instants) and instants[place] <= span.to_s:
                yield Cell(span.kind, workflow, patterns[workflow], refused)


class Coverage:
    """Worlds by cell, over many worlds."""

    def __init__(self) -> None:
        self._worlds: Counter[Cell] = Counter()

    def add(self, cells: Iterable[Cell]) -> None:
        """The cells of one more world."""
        self._worlds.update(cells)

    def worlds(self, kind: str, workflow: str, pattern: str) -> int:
        """In how many worlds the kind was on while this pattern moved the workflow."""
        return max(self._worlds[Cell(kind, workflow, pattern, struck)] for struck in (False, True))

    def struck(self, kind: str, workflow: str, pattern: str) -> int:
        """In how many of them some write of the workflow was refused meanwhile, by whatever."""
        return self._worlds[Cell(kind, workflow, pattern, True)]

    def missing(self) -> list[tuple[str, str, str]]:
        """Cells that no world exercised."""
        return [
            (kind, workflow, pattern)
            for kind in (*FAULTS, *RELEASES)
            for workflow in WORKFLOWS
            for pattern in CANDIDATES
            if not self.worlds(kind, workflow, pattern)
        ]
