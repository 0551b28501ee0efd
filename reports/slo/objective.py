"""An objective: what is measured, on which side of which threshold it should lie, by what margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from measurements.kpi_table import Margin

Direction = Literal["at_most", "at_least"]
ANY = "any"
"""Of findings and of errors: all of them together."""


class KpiMeasure(NamedTuple):
    """A KPI by its name in the table."""

    kpi: str


class FindingMeasure(NamedTuple):
    """What an audit counts in the worst replication, of all workflows or of one."""

    finding: str
    workflow: str = ""


class ErrorMeasure(NamedTuple):
    """The share, in per cent, of the integration's calls that failed in one way, of all systems or of one."""

    errors: str
    system: str = ""


class ActMeasure(NamedTuple):
    """A percentile of the response or service time of one verb of one persona, in seconds; live runs only."""

    persona: str
    verb: str
    time: str
    percentile: float


class ActErrorMeasure(NamedTuple):
    """The share, in per cent, of people's acts due that failed in one way, were late or dropped; live only.

    `errors` is a class of `measurements.live.ERRORS`, `late`, `dropped`, or `any`: all failures and drops,
    without what the business refused (`client`).
    """

    errors: str


Measure = KpiMeasure | FindingMeasure | ErrorMeasure | ActMeasure | ActErrorMeasure


class Bound(NamedTuple):
    """A threshold with its side, and the practical margin: what lies beyond it by less does not matter."""

    direction: Direction
    threshold: float
    margin: Margin = Margin(0)

    @property
    def tolerance(self) -> float:
        """The margin in the measure's unit; its relative part is of the threshold."""
        return self.margin.around(self.threshold)


@dataclass(frozen=True, slots=True)
class Objective:
    """`models` are those that it is asked of (empty = all that could be an answer); `items_least` how many
    items, calls or acts must stand behind the figure; `source` says whose threshold it is.
    """

    name: str
    measure: Measure
    bound: Bound
    source: str
    models: Sequence[str] = ()
    items_least: int = 1


class GivenSlo(NamedTuple):
    """A file of objectives as it was given: its name without the folder, its digest and its table."""

    name: str
    sha256: str
    table: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slo:
    """Objectives under one title; `replications_least` runs of a model are needed for any verdict."""

    title: str
    objectives: Sequence[Objective]
    replications_least: int = 1
