"""A run as it was measured: one model, one replication, judged. This is what the run file holds.

Hours are counted from the scenario's start (BD-10 00:00, head-quarters zone). Nothing here knows a wall
clock, a path or a host, so what is built from it is the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

STAGES = ("people", "schedule wait", "throttle and queue", "processing", "exception rework", "unfinished")
"""Where an item's time can go."""
ERRORS = ("refused", "timeout", "server_error", "other")
"""Classes of calls that fail: refused by a limit; unanswered, which a caller meets as its time-out or as a
broken connection; 5xx; and all other refusals."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One KPI of one replication: `value` is None where nothing was due; `by` holds its parts."""

    value: float | None
    n: int = 0
    censored_pct: float = 0.0
    at_least: bool = False
    by: Mapping[str, Figure] = field(default_factory=dict)


class LimitLine(NamedTuple):
    """How far one limit of one system was used; shares are of the limit, `series` is (hour, peak share)."""

    system: str
    limit: str
    size: float
    windowed: bool
    peak_share: float
    own_share: float
    saturated_min: float
    refusals: int
    series: Sequence[tuple[int, float]]


class FaultSpan(NamedTuple):
    """One fault as it struck, its part of the delays against the fault-free twin, and when no item was late.

    `recovered_h` is the hour at which no item was late because of it any more, or the last one seen where
    some still were (`at_least`); None where there was no twin. Faults that overlap share delays.
    """

    name: str
    target: str
    start_h: float
    end_h: float
    recovered_h: float | None
    at_least: bool = False
    delay_item_h: float = 0.0
    delay_usd_days: float = 0.0


class ReleaseLine(NamedTuple):
    """One release: what and why, when it was answered and `by` whom (None and "" = nobody), whom it struck.

    `waited` counts the items that waited for it, `still` those that did so at the end; `until_h` is when the
    last of the others stood (None = none waited).
    """

    name: str
    system: str
    cause: str
    kind: str
    start_h: float
    answered_h: float | None
    by: str
    workflows: Sequence[str]
    waited: int
    still: int
    until_h: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """A count with its hours and money (reporting currency, minor units)."""

    count: int
    hours: float
    amount_minor: int


class SignOff(NamedTuple):
    """One line of the close sign-off sheet; `gaps` explains each difference as (key, reason)."""

    entity: str
    period: str
    kind: str
    approved: Tally
    posted: Tally
    invoiced: Tally
    gaps: Sequence[tuple[str, str]]


class Balance(NamedTuple):
    """The identity of one workflow: due = effected + open exceptions + pending + overtaken + lost.

    `conflicts` counts units that stand in two terms, or that no act made due.
    """

    due: int
    effected: int
    open_exceptions: int
    pending: int
    lost: int
    overtaken: int = 0
    conflicts: int = 0

    @property
    def holds(self) -> bool:
        """Whether both sides, each counted from its own table, are equal, and nothing breaks the sum."""
        terms = self.effected + self.open_exceptions + self.pending + self.overtaken + self.lost
        return self.due == terms and not self.conflicts


class FindingLine(NamedTuple):
    """One audit finding by key; `kind` is a finding's name, or identity for a unit that breaks the sum."""

    kind: str
    flow: str
    key: str
    part: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Run:
    """One model, one replication.

    `audit` is finding to flow to count; `samples` flow to the hours of finished items; `backlog` flow to
    (hour, items waiting), a line where the count changed; `exceptions` cause to count; `calls` system to kind
    to count, the integration's own; `identity` workflow to its balance; `stages` flow to stage to mean hours;
    `labour` cause to hours; `errors` system to class (all of `ERRORS`) to count of the integration's own
    calls, None in files of before they were told apart; `undrained` counted items still unfinished at the
    end; `findings` the first of what the audit found wrong, by key.
    """

    model: str
    replication: int
    kpis: Mapping[str, Figure]
    audit: Mapping[str, Mapping[str, int]]
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    unfinished: Mapping[str, int] = field(default_factory=dict)
    backlog: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    limits: Sequence[LimitLine] = ()
    faults: Sequence[FaultSpan] = ()
    releases: Sequence[ReleaseLine] = ()
    exceptions: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sign_off: Sequence[SignOff] = ()
    identity: Mapping[str, Balance] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    labour: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, Mapping[str, int]] | None = None
    undrained: int = 0
    findings: Sequence[FindingLine] = ()
