"""Delays: each lot against its twin, the same lot in the same seed's world without faults.

So a model that is slow without faults as well earns nothing by it. Unfinished here and finished there: late
by its age at the end, at least. Unfinished there: early by what can be seen of it. Unfinished in both: no
fault's doing. A lot that only one of both worlds has (in one it was recalled before it stood, say) has no
twin: it counts for nothing, and is counted itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from measurements.backlog import Series, waiting
from measurements.billing import Billed, billed
from measurements.lots import Lot, Name, lots
from measurements.view import View

_LATE_S = 900.0
"""From a quarter of an hour on an item is late (assumption): less is the jitter of other calls."""


class Delay(NamedTuple):
    """One lot that both worlds have; `late_s` is negative where faults hurried it.

    It lived from `starts_s` to `ends_s`, in the world where it began earlier and that where it took longer.
    """

    workflow: str
    items: int
    usd: float
    late_s: float
    starts_s: float
    ends_s: float
    unfinished: bool

    @property
    def late(self) -> bool:
        """Whether it is an item that faults made late by more than jitter."""
        return bool(self.items) and self.late_s > _LATE_S


class World(NamedTuple):
    """The lots of one world by name, and the end of its observation."""

    lots: Mapping[Name, Lot]
    end_s: float


class Against(NamedTuple):
    """A run against its twin: the twin's backlog by flow, delays, and how many items only one of both has."""

    backlog: Mapping[str, Series]
    delays: Sequence[Delay]
    unpaired: int


def against(view: View, billing: Billed, twin: View) -> Against:
    """Compare a run with its fault-free twin of the same seed."""
    here = World(lots(view, billing), view.observed.end_s)
    calm = World(lots(twin, billed(twin)), twin.observed.end_s)
    return Against(waiting(twin.items, calm.end_s), delays(here, calm), unpaired(here, calm))


def delays(here: World, twin: World) -> list[Delay]:
    """Every lot of the population of either world that both have."""
    return [
        _delay(lot, other, here.end_s, twin.end_s)
        for name, lot in here.lots.items()
        if (other := twin.lots.get(name)) is not None and (lot.counted or other.counted)
    ]


def _delay(lot: Lot, other: Lot, end_s: float, twin_end_s: float) -> Delay:
    here_s = end_s if lot.finished_s is None else lot.finished_s
    there_s = twin_end_s if other.finished_s is None else other.finished_s
    late_s = here_s - there_s
    if lot.finished_s is None:
        late_s = 0.0 if other.finished_s is None else max(0.0, late_s)
    elif other.finished_s is None:
        late_s = min(0.0, late_s)
    unfinished = lot.finished_s is None and other.finished_s is not None
    starts_s = min(lot.starts_s, other.starts_s)
    return Delay(lot.workflow, lot.items, lot.usd, late_s, starts_s, max(here_s, there_s), unfinished)


def unpaired(here: World, twin: World) -> int:
    """Items of the population of one world that the other does not have."""
    sides = ((here.lots, twin.lots), (twin.lots, here.lots))
    return sum(
        lot.items for own, other in sides for name, lot in own.items() if lot.counted and name not in other
    )
