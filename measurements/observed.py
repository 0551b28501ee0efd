"""Observed: everything that one run left behind, as facts, and the calendar by which it is judged.

books of every system ── gather ──> Books ─┐
scenarios.expected ─────> due, truth ──────┼──> Observed ──> assess ──> Run
people ─────────────────> labour ──────────┤
the play ───────────────> closes, window ──┘
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from kernel.time import HOUR_S
from measurements.facts import Books, Commitment, EntityClose, Labour, Snapshot, Traffic
from measurements.flow_tables import GRACE_S


class TrailStep(NamedTuple):
    """A neutral step in the life of one item, told by whoever moved it; `what` is one of:

    "taken" (in the integration's hands), "sent" (a write goes out), "refused" (by a limit or a fault, so that
    it waits again), "returned" (for its content: a person must act), "confirmed" (the target says yes).
    """

    flow: str
    key: str
    version: int
    what: str
    at_s: float


class Struck(NamedTuple):
    """A fault of the scenario as it struck."""

    name: str
    target: str
    start_s: float
    end_s: float


class Released(NamedTuple):
    """A release of the scenario: why, from when, and `by` whom and when it was answered (None = nobody).

    `told` is what a refusal because of it names: the rule's message, or the field; empty where it names none.
    """

    name: str
    system: str
    cause: str
    kind: str
    start_s: float
    answered_s: float | None
    by: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observed:
    """One run: facts of all systems (`books`), what should stand (`due`), the truth of reports (`truth`).

    `window_s` is the population, first instant in and last out; `end_s` the end of observation. Calls and
    labour count from `counts_from_s` on: what a live run only replays before its window does not. `rates`
    maps a currency to one unit's value in US dollars, as decimal text. `closes` plans the close, up to the
    last entity's ledger lock at `close_s`; when periods were really locked stands in the books.
    `period` is the accounting period observed (`YYYY-MM`). `trail` is optional and only feeds the stages.
    `targets` maps the stem of a latency to the firm's own target in its unit. `grace_s`: what was committed
    or recalled later than this before the end may still be under way.
    """

    model: str
    replication: int
    books: Books
    due: Sequence[Commitment]
    closes: Sequence[EntityClose]
    window_s: tuple[float, float]
    end_s: float
    close_s: float
    period: str
    rates: Mapping[str, str]
    report_instants_s: Sequence[float] = ()
    truth: Sequence[Snapshot] = ()
    labour: Sequence[Labour] = ()
    faults: Sequence[Struck] = ()
    releases: Sequence[Released] = ()
    trail: Sequence[TrailStep] = field(default=())
    targets: Mapping[str, float] = field(default_factory=dict)
    grace_s: float = GRACE_S
    counts_from_s: float = 0.0

    @property
    def counted_labour(self) -> list[Labour]:
        """People's work that counts: from where counting begins to the window's end."""
        return [row for row in self.labour if self.counts_from_s <= row.at_s < self.window_s[1]]

    @property
    def counted_traffic(self) -> list[Traffic]:
        """The tallies of the hours that count: from the one in which counting begins to the window's end."""
        first = int(self.counts_from_s // HOUR_S)
        return [
            row for row in self.books.traffic if first <= row.hour and row.hour * HOUR_S < self.window_s[1]
        ]


def gather(books: Iterable[Books]) -> Books:
    """The books of several systems as one, each table in the order of the systems."""
    columns = zip(*books, strict=True)
    return Books(*(tuple(chain.from_iterable(column)) for column in columns))
