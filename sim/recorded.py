"""The model "as recorded": when work really arrived, by the firm's own log, beside the modelled ones."""

from __future__ import annotations

from collections.abc import Sequence

from measurements.items import Item
from measurements.latencies import LATENCIES
from measurements.percentiles import figures_of
from measurements.run import Run
from scenarios.history.cases import HOUR_S
from scenarios.history.runs import report_key
from scenarios.play import Play
from sim.plan import Plan

RECORDED = "as recorded"


def recorded(plan: Plan, play: Play) -> list[Run]:
    """The log's hand-overs and payments as runs; the past is the same in every replication."""
    if plan.history is None:
        return []
    start, end_s = play.time.start_unix_s, play.end_s
    items = [
        Item(
            "expense",
            report_key(case),
            1,
            "",
            case.handed_over_at - start,
            None if case.paid_at is None else case.paid_at - start,
        )
        for case in plan.history.cases
    ]
    kpis = figures_of(LATENCIES["expense_posted_h"], items, end_s, play.firm.targets)
    samples = {"expense": _hours(items)}
    unfinished = {"expense": sum(item.finished_s is None for item in items)}
    unapproved = sum(case.approved_at is None for case in plan.history.paid)
    audit = {"unauthorised": {"expense": unapproved} if unapproved else {}}
    return [Run(RECORDED, number, kpis, audit, samples, unfinished) for number in range(plan.replications)]


def _hours(items: Sequence[Item]) -> list[float]:
    return sorted((item.finished_s - item.starts_s) / HOUR_S for item in items if item.finished_s is not None)
