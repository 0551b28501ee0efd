"""The verdicts as the part `slo` of `summary.json`."""

from __future__ import annotations

import math
from typing import Any

from reports.slo.figure import entry_of
from reports.slo.judge import Judgement, Verdict, label
from reports.statistics import round9


def summary(judgement: Judgement) -> dict[str, Any]:
    """In sum, by model, and each verdict with what it rests on."""
    return {
        "title": judgement.title,
        "file": judgement.name,
        "sha256": judgement.sha256,
        "verdict": judgement.word,
        "models": judgement.by_model,
        "objectives": [_verdict(verdict) for verdict in judgement.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    objective = verdict.objective
    return {
        "objective": objective.name,
        "model": verdict.model,
        "verdict": verdict.word,
        "reason": verdict.reason,
        "measure": label(objective),
        "unit": entry_of(objective.measure).unit,
        "value": _rounded(verdict.value),
        "ci_low": _rounded(verdict.low),
        "ci_high": _rounded(verdict.high),
        "replications": verdict.replications,
        "n": verdict.items,
        "direction": objective.bound.direction,
        "threshold": round9(objective.bound.threshold),
        "margin": round9(objective.bound.tolerance),
        "source": objective.source,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round9(value)
