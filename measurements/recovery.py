"""What faults delayed, and when that was over, from delays against the fault-free twin.

fault_delay_item_h     Σ over items of finished − finished in the twin, hours
fault_delay_usd_days   Σ over lots of the same, in days, times the money that waits
                       (and of each workflow, whose answer it decides too)
recovery_h             last fault's end → no item is late because of faults
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from measurements.delays import Against, Delay
from measurements.facts import WORKFLOWS
from measurements.kpi_table import delay_of
from measurements.observed import Struck
from measurements.percentiles import Timed, percentile
from measurements.run import FaultSpan, Figure

_HOUR_S, _DAY_S = 3600.0, 86400.0
_BOUNDED_FROM = 0.05
"""From this share of unfinished lots' part on, a sum of delays is only a lower bound."""


def recovery(faults: Sequence[Struck], found: Against) -> dict[str, Figure]:
    """The KPIs of a run with faults and a twin, with their parts by workflow."""
    end_s = max(fault.end_s for fault in faults)
    items = [one for one in found.delays if one.items]
    money = [one for one in found.delays if one.usd]
    late = _parted(items, lambda rows: _sum(rows, _item_h))
    return {
        "fault_delay_item_h": late,
        **{delay_of(workflow): late.by.get(workflow, Figure(None)) for workflow in WORKFLOWS},
        "fault_delay_usd_days": _parted(money, lambda rows: _sum(rows, _usd_days)),
        "recovery_h": _parted(items, lambda rows: _recovered(rows, end_s)),
        "fault_unpaired_items": Figure(float(found.unpaired), found.unpaired + len(items)),
    }


def _item_h(one: Delay) -> float:
    return one.items * one.late_s / _HOUR_S


def _usd_days(one: Delay) -> float:
    return one.usd * one.late_s / _DAY_S


def _parted(rows: Sequence[Delay], figure: Callable[[Sequence[Delay]], Figure]) -> Figure:
    whole = figure(rows)
    parts = {flow: figure([one for one in rows if one.workflow == flow]) for flow in WORKFLOWS}
    return replace(whole, by={**whole.by, **{flow: part for flow, part in parts.items() if part.n}})


def _sum(rows: Sequence[Delay], weigh: Callable[[Delay], float]) -> Figure:
    """Signed, so that chance cancels out: what one item lost another may have won."""
    late = math.fsum(max(0.0, weigh(one)) for one in rows)
    still = math.fsum(weigh(one) for one in rows if one.unfinished)
    total = math.fsum(map(weigh, rows)) + 0.0  # a sum of nothing late is 0, never −0
    return Figure(total, len(rows), _censored(rows), still > _BOUNDED_FROM * late)


def _recovered(rows: Sequence[Delay], end_s: float) -> Figure:
    """From the faults' end to the last late item, and to nineteen of twenty of them."""
    late = sorted(Timed(max(0.0, one.ends_s - end_s) / _HOUR_S, one.unfinished) for one in rows if one.late)
    most = {"19 of 20 late items": percentile(late, 95)} if late else {}
    took = late[-1].took if late else 0.0
    return Figure(took, len(rows), _censored(rows), any(one.unfinished for one in late), most)


def _censored(rows: Sequence[Delay]) -> float:
    return 100.0 * sum(one.unfinished for one in rows) / len(rows) if rows else 0.0


def spans(faults: Sequence[Struck], found: Sequence[Delay] | None) -> list[FaultSpan]:
    """Each fault with its part of the delays and its recovery; without a twin (None) nobody knows them."""
    if found is None:
        return [_span(fault, None, ()) for fault in faults]
    parts: list[list[tuple[Delay, float]]] = [[] for _ in faults]
    for one in found:
        places = blamed(faults, one)
        for place in places:
            parts[place].append((one, 1.0 / len(places)))
    return [_span(fault, _last_s(fault, part), part) for fault, part in zip(faults, parts, strict=True)]


def blamed(faults: Sequence[Struck], one: Delay) -> list[int]:
    """Places of the faults that share a delay, in equal parts: those on at any moment of the lot's life.

    Where none was, the last that was over before it began: its backlog is what the lot met.
    """
    on = [n for n, fault in enumerate(faults) if fault.start_s < one.ends_s and fault.end_s > one.starts_s]
    if on:
        return on
    over = [n for n, fault in enumerate(faults) if fault.end_s <= one.starts_s]
    last_s = max((faults[n].end_s for n in over), default=0.0)
    return [n for n in over if faults[n].end_s == last_s]


def _last_s(fault: Struck, part: Sequence[tuple[Delay, float]]) -> float:
    return max([fault.end_s, *(one.ends_s for one, _ in part if one.late)])


def _span(fault: Struck, recovered_s: float | None, part: Sequence[tuple[Delay, float]]) -> FaultSpan:
    return FaultSpan(
        name=fault.name,
        target=fault.target,
        start_h=fault.start_s / _HOUR_S,
        end_h=fault.end_s / _HOUR_S,
        recovered_h=None if recovered_s is None else recovered_s / _HOUR_S,
        at_least=any(one.late and one.unfinished for one, _ in part),
        delay_item_h=math.fsum(share * _item_h(one) for one, share in part),
        delay_usd_days=math.fsum(share * _usd_days(one) for one, share in part),
    )
