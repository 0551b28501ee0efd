"""Paired differences against the best model, per KPI, Holm-corrected, with "~" where there is none.

All models meet the same people and the same bad luck in a replication, so replications are paired. A
difference smaller than the practical margin does not matter even where it is certain. Where the answer
decided a comparison (`reports/claims.py`), its word stands here too; the others are exploratory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.answer import Answer
from reports.baselines import candidates
from reports.claims import Decisions, margin_of
from reports.estimates import Estimate, Estimates, comparable, difference, paired
from reports.inputs import Experiment
from reports.kpis import UNCOMPARED, Kpi, kpi
from reports.sequential import Claim
from reports.sight import ON_CALLS, blind
from reports.statistics import Interval, holm, paired_difference, verdict

INDICATIVE = "indicative"
_WORDS = {"behind": "worse", "within": "~", "open": "open"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One model minus the best one. `correlation` is what pairing achieved; None where it has no meaning."""

    model: str
    best: str
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    p_holm: float | None
    verdict: str
    correlation: float | None


def differences(
    experiment: Experiment, found: Estimates, answers: Sequence[Answer] = ()
) -> dict[str, dict[str, Difference]]:
    """KPI to model to its difference against the best model; baselines compare, but are never the best."""
    names = sorted({name for held in found.values() for name in held if name not in UNCOMPARED})
    decided = {claim: one for answer in answers for claim, one in answer.decisions.items()}
    each = {name: _of_kpi(experiment, found, decided, kpi(name)) for name in names}
    return {name: rows for name, rows in each.items() if rows}


def best_model(experiment: Experiment, found: Estimates, entry: Kpi) -> str | None:
    """The model that leads on a KPI: never one that only has a lower bound, and none that ran alone.

    It is the one whose largest deficit against any other is smallest, each over the replications that both
    completed: with equally many of all models simply the one with the best mean.
    """
    rivals = candidates(experiment.models, _seeing(experiment, found, entry), entry.workflow)
    if len(rivals) < 2:
        return None
    able = [model for model in rivals if comparable(found[model].get(entry.name))]
    return min(able, key=lambda model: _deficit(found, able, model, entry), default=None)


def _deficit(found: Estimates, able: Sequence[str], model: str, entry: Kpi) -> float:
    sign = 1.0 if entry.better == "low" else -1.0
    gaps = [
        difference(found[model][entry.name], found[rival][entry.name]) for rival in able if rival != model
    ]
    return max((sign * gap for gap in gaps if gap is not None), default=0.0)


def _seeing(experiment: Experiment, found: Estimates, entry: Kpi) -> list[str]:
    """The models that can be compared on a KPI: where it is observed on calls, those that call alike."""
    without = blind(experiment, found) if entry.name in ON_CALLS else set()
    return [model for model in found if model not in without]


def _of_kpi(
    experiment: Experiment, found: Estimates, decided: Decisions, entry: Kpi
) -> dict[str, Difference]:
    best = best_model(experiment, found, entry)
    if best is None:
        return {}
    top = found[best][entry.name]
    others = [
        model for model in _seeing(experiment, found, entry) if model != best and entry.name in found[model]
    ]
    raw = [_paired(found[model][entry.name], top) for model in others]
    corrected = holm([1.0 if pair is None else pair.p for pair in raw])
    margin = margin_of(experiment, entry).around(top.mean or 0.0)
    rows: dict[str, Difference] = {}
    for model, pair, p_holm in zip(others, raw, corrected, strict=True):
        estimate = found[model][entry.name]
        if pair is None:
            rows[model] = Difference(model, best, None, None, None, None, "not comparable", None)
            continue
        word = INDICATIVE if experiment.indicative else verdict(pair, p_holm, margin, entry.better)
        if estimate.at_least:
            # A lower bound shows "worse" only where it is behind by itself, and lower is better.
            shows = word == "worse" and entry.better == "low"
            bounded = "worse (at least)" if shows else "not comparable (at least)"
            word = INDICATIVE if experiment.indicative else bounded
        elif (ruling := decided.get(Claim(model, best, entry.name))) is not None:
            word = _WORDS[ruling.status]
        rows[model] = Difference(
            model,
            best,
            pair.mean,
            pair.low,
            pair.high,
            p_holm,
            word,
            correlation(*paired(estimate, top)),
        )
    return rows


def _paired(estimate: Estimate, top: Estimate) -> Interval | None:
    values, best = paired(estimate, top)
    return paired_difference(values, best) if values else None


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's r over paired replications; None below three of them or without variance."""
    if len(left) != len(right) or len(left) < 3:
        return None
    middle_left, middle_right = math.fsum(left) / len(left), math.fsum(right) / len(right)
    a = [value - middle_left for value in left]
    b = [value - middle_right for value in right]
    spread = math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / spread if spread > 0 else None
