"""An integration of one's own in the place of the pipeline: what it must know, what it need not answer for.

    past, carried by a built-in model ──> systems and people only ──> the first call to one begins the play
    not done at the hand-over ──> inherited: a finding only where somebody takes it up and does it wrong

Nothing of it is ever asked: it is judged by what the systems hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from loadtests.past import Past
from measurements.assess import audit_of
from measurements.facts import Books
from measurements.observed import Observed
from run.observing import Named, observed, wanted_by
from scenarios.play import Play

NAME = "external"
"""How reports call it, and the pattern of each of its workflows."""

Unit = tuple[str, str, str, int]
"""Flow, key, part and version."""

_ABSENT = frozenset({"pending", "lost", "open_exceptions"})


@dataclass(frozen=True, slots=True)
class External:
    """`callouts`: base URL of whoever hears call-outs ("" = nobody). `port_base`: port of the first system
    (0 = any free ones). `patience_wall_s`: how long its first call is awaited. `grace_s`: how long after its
    hand-over an item may be absent before it is lost.
    """

    callouts: str
    port_base: int
    patience_wall_s: float
    grace_s: float


class Connection(NamedTuple):
    """What to configure on the other side. Instants are ISO 8601 in UTC, of the play."""

    addresses: Mapping[str, str]
    access: Mapping[str, list[str]]
    callouts: str
    hooks: list[str]
    channels: list[str]
    begins: str
    ends: str
    speed: float

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return self._asdict()


def connection(
    past: Past, addresses: Mapping[str, str], external: External, speed: float, end_s: float
) -> Connection:
    """What stands at the hand-over."""
    time, setup = past.play.time, past.made.pipeline.setup
    bodies = [(system, call.path, call.json()) for system, call in setup]
    return Connection(
        addresses=addresses,
        access={name: list(past.made.systems[name].access()) for name in addresses},
        callouts=external.callouts,
        hooks=[
            f"{system}: {body['object']} to {body.get('path') or '/hooks/' + body['hook']}"
            for system, path, body in bodies
            if path.endswith("/hooks")
        ],
        channels=[
            f"{system}: {body['channel']}" for system, path, body in bodies if path.endswith("/channels")
        ],
        begins=time.stamp(past.at_s),
        ends=time.stamp(end_s),
        speed=speed,
    )


def absent(left: Observed) -> frozenset[Unit]:
    """What is due and does not stand."""
    findings = audit_of(left).findings
    return frozenset((one.flow, one.key, one.part, one.version) for one in findings if one.kind in _ABSENT)


def handed_over(past: Past) -> frozenset[Unit]:
    """What the built-in pipeline leaves undone where it is left behind."""
    play: Play = past.play.within((past.play.window_s[0], past.at_s), past.at_s)
    books: dict[str, Books] = {name: system.books(past.at_s) for name, system in past.made.systems.items()}
    return absent(observed(play, books, wanted_by(play, books), (), Named(""), past.at_s))


def without_inherited(left: Observed, inherited: Collection[Unit]) -> tuple[Observed, int]:
    """Less what was undone at the hand-over and still is, and how much that is; less what the pipeline of the
    past told people, and the work that it made them.
    """
    from_s = left.window_s[0]
    told = tuple(row for row in left.books.problems if row.opened_at_s >= from_s)
    worked = tuple(row for row in left.labour if row.at_s >= from_s)
    left = replace(left, books=left.books._replace(problems=told), labour=worked)
    spared = absent(left).intersection(inherited)
    due = tuple(row for row in left.due if (row.flow, row.key, row.part, row.version) not in spared)
    return replace(left, due=due), len(spared)
