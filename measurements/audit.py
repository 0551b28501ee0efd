"""The audit: what should stand against what stands, flow by flow. It knows no vendor, model or pipeline.

    acts ────────> due ─────────┐
    source books > commitments ─┤
    target books > effects ─────┼─> findings (each key, part and version in the first that applies)
    desk ────────> problems ────┘   and the identity  due = effected + open + pending + overtaken + lost

It judges the end of observation, net of reversals, against the last approved version: being late is a KPI,
being wrong at the end is a finding (semantics.md §6).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from measurements.facts import FLOWS, Commitment, Effect, PeriodLock, Problem, Receipt
from measurements.flow_tables import GRACE_S, FlowFacts
from measurements.identity import Identity
from measurements.judgement import FINDINGS, KINDS, Finding, judge
from measurements.periods import Periods

_Row = TypeVar("_Row", Commitment, Effect, Problem, Receipt)


class Listed(NamedTuple):
    """The findings of one flow, its identity, and what was recalled too late to be reversed in time."""

    findings: tuple[Finding, ...]
    identity: Identity
    corrections: int


@dataclass(frozen=True, slots=True)
class Audit:
    """All findings, in the order of FLOWS, then kind, key, part and version; `identity` by flow.

    `corrections` counts, by flow, effects whose version was recalled less than 26 h before the end and which
    are not yet reversed: no finding, since the sweep that would do it was not due.
    """

    findings: tuple[Finding, ...]
    identity: Mapping[str, Identity]
    corrections: Mapping[str, int]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Finding to flow to count; every finding is there, flows only where they have some."""
        counts: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        for found in self.findings:
            flows = counts[found.kind]
            flows[found.flow] = flows.get(found.flow, 0) + found.count
        return counts

    @property
    def totals(self) -> dict[str, int]:
        """Finding to count over all flows."""
        return {kind: sum(flows.values()) for kind, flows in self.counts.items()}

    @property
    def clean(self) -> bool:
        """Nothing lost, duplicated, unauthorised or wrong, and every identity holds."""
        wrong = any(found.kind in FINDINGS for found in self.findings)
        return not wrong and all(identity.holds for identity in self.identity.values())


def audit(
    due: Sequence[Commitment],
    commitments: Sequence[Commitment],
    effects: Sequence[Effect],
    problems: Sequence[Problem],
    end_s: float,
    periods: Sequence[PeriodLock],
    horizon_s: float = math.inf,
    receipts: Sequence[Receipt] | None = None,
    grace_s: float = GRACE_S,
) -> Audit:
    """Compare what should finally stand (`due`) with what the targets hold at `end_s`.

    What sources were told of it (`receipts`) is judged too, unless they keep none (None). What was handed
    over after `horizon_s`, which is the same for all models (`population.py`), is not. What was committed or
    recalled less than `grace_s` before the end may still be under way.

    `commitments` are all versions that the sources ever committed: they say what was authorised, and when it
    was recalled. Flows without rows in any table are left out.
    """
    locks = Periods(periods)
    wanted, committed, stands = _by_flow(due), _by_flow(commitments), _by_flow(effects)
    open_for, told = _by_flow(problems), _by_flow(receipts or ())
    listed: dict[str, Listed] = {}
    for flow in (*FLOWS, *sorted((wanted.keys() | stands.keys()) - FLOWS.keys())):
        if flow in wanted or flow in stands:
            rows = committed.get(flow, []), stands.get(flow, []), open_for.get(flow, [])
            written = None if receipts is None else told.get(flow, [])
            facts = FlowFacts(flow, wanted.get(flow, []), *rows, written, end_s, locks, horizon_s, grace_s)
            listed[flow] = Listed(*judge(facts))
    return Audit(
        tuple(finding for flow in listed.values() for finding in flow.findings),
        {flow: found.identity for flow, found in listed.items()},
        {flow: found.corrections for flow, found in listed.items() if found.corrections},
    )


def _by_flow(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    flows: dict[str, list[_Row]] = {}
    for row in rows:
        held = flows.get(row.flow)
        if held is None:
            held = flows[row.flow] = []
        held.append(row)
    return flows
