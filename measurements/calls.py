"""What the integration sent and what the limits said to it.

Counted from the start (of a live run: of its window) to the end of the window: the end of observation may
differ by model, since a run stops when its counted items are finished, and a model must not pay for having to
be watched longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from measurements.facts import Traffic
from measurements.run import ERRORS, Figure
from measurements.view import View

_DELIVERIES = frozenset({"delivery", "deliveries", "event delivery", "event_delivery"})
"""Kinds of traffic that are events handed over, not requests."""


def own_calls(traffic: Iterable[Traffic]) -> dict[str, dict[str, int]]:
    """System to kind to the integration's own requests."""
    found: dict[str, dict[str, int]] = {}
    for row in traffic:
        if row.who == "integration" and row.kind not in _DELIVERIES:
            kinds = found.setdefault(row.system, {})
            kinds[row.kind] = kinds.get(row.kind, 0) + row.calls
    return {system: dict(sorted(kinds.items())) for system, kinds in sorted(found.items())}


def errors(traffic: Iterable[Traffic]) -> dict[str, dict[str, int]]:
    """System to class (`ERRORS`) to how many of the integration's own requests failed in that way."""
    found: dict[str, dict[str, int]] = {}
    for row in traffic:
        if row.who == "integration" and row.kind not in _DELIVERIES:
            classes = found.setdefault(row.system, dict.fromkeys(ERRORS, 0))
            other = row.errors - row.server_errors - row.unanswered
            counts = (row.throttled, row.unanswered, row.server_errors, other)
            for name, count in zip(ERRORS, counts, strict=True):
                classes[name] += count
    return dict(sorted(found.items()))


def calls(view: View) -> dict[str, Figure]:
    """Requests to the window's end: ours by system and kind, people's, background's, deliveries."""
    traffic = view.observed.counted_traffic
    own = own_calls(traffic)
    total, records = sum(sum(kinds.values()) for kinds in own.values()), _records(view)
    others = {"people": 0, "background": 0, "deliveries": 0}
    for row in traffic:
        who = "deliveries" if row.kind in _DELIVERIES else row.who
        if who in others:
            others[who] += row.calls
    return {
        "api_calls": Figure(float(total), total, by=_parts(own)),
        "api_calls_per_1000_records": Figure(1000.0 * total / records if records else None, records),
        "people_calls": _count(others["people"]),
        "background_calls": _count(others["background"]),
        "event_deliveries": _count(others["deliveries"]),
        "throttled_calls": _throttled(view, traffic),
    }


def _parts(own: Mapping[str, Mapping[str, int]]) -> dict[str, Figure]:
    return {
        system: Figure(
            float(sum(kinds.values())),
            sum(kinds.values()),
            by={kind: _count(calls) for kind, calls in kinds.items()},
        )
        for system, kinds in own.items()
    }


def _count(calls: int) -> Figure:
    return Figure(float(calls), calls)


def _records(view: View) -> int:
    """Business records: versions committed at sources while calls count; reports repeat them."""
    from_s, until_s = view.observed.counts_from_s, view.observed.window_s[1]
    return len(
        {
            (row.flow, row.key, row.version)
            for flow, rows in view.commitments.items()
            if flow != "reporting"
            for row in rows
            if from_s <= row.committed_at_s < until_s
        }
    )


def _throttled(view: View, traffic: Iterable[Traffic]) -> Figure:
    """Requests of the integration that a limit refused; by limit, all callers over the whole run."""
    refused = sum(row.throttled for row in traffic if row.who == "integration")
    parts = {
        f"{use.system}: {use.limit}": _count(use.refusals)
        for use in view.observed.books.limits
        if use.refusals
    }
    return Figure(float(refused), refused, by=parts)


def limits(view: View) -> dict[str, Figure]:
    """The fullest windowed limit with every limit's own peak; concurrency apart, as minutes saturated."""
    uses = view.observed.books.limits
    windowed = [use for use in uses if use.windowed]
    slots = [use for use in uses if not use.windowed]
    found: dict[str, Figure] = {}
    if windowed:
        fullest = max(windowed, key=lambda use: use.peak_share)
        parts = {
            f"{use.system}: {use.limit}": Figure(
                100.0 * use.peak_share, 1, by={"own share": Figure(100.0 * use.own_share, 1)}
            )
            for use in windowed
            if use.peak_share
        }
        parts["own share of the fullest"] = Figure(100.0 * fullest.own_share, 1)
        found["quota_peak_pct"] = Figure(100.0 * fullest.peak_share, len(windowed), by=parts)
    if slots:
        parts = {f"{use.system}: {use.limit}": Figure(use.saturated_min, 1) for use in slots}
        found["concurrency_saturated_min"] = Figure(
            max(use.saturated_min for use in slots), len(slots), by=parts
        )
    return found
