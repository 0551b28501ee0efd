"""The simulated manual baseline beside published figures; nothing is tuned to agree.

A figure is an *input* where it was set, and *emergent* where it came out of the run: only the latter are
evidence. What follows from one input alone is *derived from an input*. Figures and their
sources are those of domain.md §1.2 and §5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from reports.baselines import by_hand
from reports.estimates import Estimate, Estimates
from reports.inputs import Experiment, Run
from reports.numbers import number


class Comparison(NamedTuple):
    """One published figure beside the simulated one; `kind` is input or emergent."""

    measure: str
    published: str
    source: str
    simulated: str
    kind: str
    agreement: str


class _Published(NamedTuple):
    measure: str
    low: float
    high: float
    unit: str
    source: str
    kpi: str
    convert: Callable[[float], float]


def _days(hours: float) -> float:
    return hours / 24


def _errors(accuracy_pct: float) -> float:
    return 100 - accuracy_pct


def _same(value: float) -> float:
    return value


_EMERGENT = (
    _Published(
        "Won deal to bookable project, median",
        7,
        math.inf,
        "calendar days",
        "5 business days (7 calendar days): a handover target (Algorcomp); 10+ days by hand: unsourced",
        "project_setup_h_p50",
        _days,
    ),
    _Published(
        "Period end to invoice, median",
        10,
        15,
        "days",
        "vendor figures: Octayne, Projectworks, Insight Vector",
        "days_to_invoice_p50",
        _same,
    ),
    _Published(
        "Invoices not right the first time",
        2,
        12,
        "%",
        "APQC first-time error-free documents, bottom 88 % to top 98 % (quoted by Medius)",
        "invoice_accuracy_pct",
        _errors,
    ),
)


class _Setting(NamedTuple):
    """A published figure that was an input, and the assumption that says what was really set."""

    measure: str
    low: float
    high: float
    published: str
    source: str
    assumption: str


_INPUTS = (
    _Setting(
        "Keying error per field",
        0.5,
        5,
        "1 % trained, 3 % busy",
        "laboratory 0.5–5 % (Panko); practice 1–4 % (Lido)",
        "clerks.field_errors",
    ),
    _Setting(
        "Minutes to key a project",
        20,
        60,
        "30 (20–60)",
        "keying 4.7 min (from Rossum’s measurement); look-up and chase unsourced",
        "clerks.project_min",
    ),
    _Setting(
        "Minutes to key a worker change",
        8,
        8,
        "8",
        "keying 2.6 min (from Rossum’s measurement); the rest unsourced",
        "clerks.worker_min",
    ),
    _Setting(
        "Minutes to key an invoice",
        8,
        30,
        "8 simple, 20–30 by time",
        "8 min: Bytequix; time and material unsourced",
        "clerks.invoice_min",
    ),
)
RECONCILIATION_H_PER_1000 = 60.0


def comparisons(experiment: Experiment, found: Estimates) -> list[Comparison]:
    """Emergent figures first; empty where the manual baseline did not run."""
    model = by_hand(experiment.models, found)
    if model is None:
        return []
    kpis = found[model]
    rows = [_emergent(published, kpis) for published in _EMERGENT]
    rows += [_manual_hours(experiment, kpis), _keyed_wrong(experiment.of(model))]
    return [*rows, *(_set(experiment, setting) for setting in _INPUTS), _close(experiment)]


def _set(experiment: Experiment, setting: _Setting) -> Comparison:
    """What was set, as the experiment's assumptions tell it, and what it is made of."""
    held = next((one for one in experiment.assumptions if one.name == setting.assumption), None)
    told = "–" if held is None else held.value
    agreement = "not told"
    if held is not None:
        agreement = f"{_within(float(held.value.split()[0]), setting.low, setting.high)}; {held.source}"
    return Comparison(setting.measure, setting.published, setting.source, told, "input", agreement)


def _close(experiment: Experiment) -> Comparison:
    """From the period's end to the lock of its ledger, which the calendar sets."""
    hours = {mark.label: mark.hour for mark in experiment.marks}
    told, agreement = "–", "not told"
    if "period end" in hours and "ledger lock" in hours:
        days = (hours["ledger lock"] - hours["period end"]) / 24
        told, agreement = f"{number(days)} days", _within(days, 4.8, 10)
    source = "APQC 2018, n about 2,300; the calendar is set, not found"
    return Comparison("Month close", "6.4 days median, 4.8–10", source, told, "input", agreement)


def _within(value: float, low: float, high: float) -> str:
    if low <= value <= high:
        return "set within what is published"
    return f"set {'below' if value < low else 'above'} what is published"


def _emergent(published: _Published, kpis: Mapping[str, Estimate]) -> Comparison:
    span = f"{number(published.low, 0)}–{_end(published.high)} {published.unit}"
    estimate = kpis.get(published.kpi)
    if estimate is None or estimate.mean is None:
        return Comparison(published.measure, span, published.source, "–", "emergent", "nothing to compare")
    value = published.convert(estimate.mean)
    return Comparison(
        published.measure,
        span,
        published.source,
        f"{'≥ ' if estimate.at_least else ''}{number(value)} {published.unit}",
        "emergent",
        _agreement(value, published.low, published.high),
    )


def _end(high: float) -> str:
    return number(high, 0) if math.isfinite(high) else "10+"


def _agreement(value: float, low: float, high: float) -> str:
    if low <= value <= high:
        return "agrees"
    side, edge = ("below", low) if value < low else ("above", high)
    return f"disagrees: {number(abs(value - edge))} {side} the published range"


def _keyed_wrong(runs: Sequence[Run]) -> Comparison:
    """Wrong amounts that the audit found, of all that was due: what the keying errors came to."""
    due = sum(balance.due for run in runs for balance in run.identity.values())
    wrong = sum(sum(run.audit.get("wrong_amount", {}).values()) for run in runs)
    share = 100.0 * wrong / due if due else None
    return Comparison(
        "Records of wrong amount at the end",
        "0.5–5 %",
        "simple actions done by people (Panko, laboratory), before most are caught",
        "–" if share is None else f"{number(share, 2)} %",
        "derived from an input",
        "nothing to compare" if share is None else f"no evidence; {_agreement(share, 0.5, 5.0)}",
    )


def _manual_hours(experiment: Experiment, kpis: Mapping[str, Estimate]) -> Comparison:
    """The survey counts reconciliation only, so more hours are expected, and fewer would be odd."""
    due = RECONCILIATION_H_PER_1000 * experiment.consultants / 1000
    estimate = kpis.get("manual_hours")
    shown = "–" if estimate is None or estimate.mean is None else f"{number(estimate.mean)} h"
    agreement = "nothing to compare"
    if estimate is not None and estimate.mean is not None:
        agreement = "agrees" if estimate.mean >= due else "disagrees: less than reconciliation alone"
    return Comparison(
        "Work of people for integration",
        f"at least {number(due)} h a month",
        "60 h a month per 1,000 consultants for reconciliation alone, unsourced",
        shown,
        "emergent",
        agreement,
    )
