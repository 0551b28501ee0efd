"""`validation.json`: all that was found, for machines. The same runs give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from reports.inputs import Experiment
from reports.statistics import round9
from validation.campaign import Validation
from validation.comparison import Comparison, Errors, Told, compared
from validation.distances import BIN_S
from validation.gates import Judged
from validation.regimes import REGIMES


def encoded(found: Validation, base: Experiment) -> bytes:
    """The file's bytes."""
    option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(_rounded(summary(found, base)), option=option)


def summary(found: Validation, base: Experiment) -> dict[str, Any]:
    """Provenance, calibration, verdicts, errors of every live run, and what became of wrong simulations."""
    asked = found.asked
    names = ("scenario", "firm", "consultants", "seed", "version", "commit", "command")
    return {
        **{name: getattr(base, name) for name in names},
        "window": {
            "from": asked.play.time.stamp(asked.window.from_s),
            "until": asked.play.time.stamp(asked.window.until_s),
            "drain_min": asked.drain_s / 60.0,
        },
        "resolution_s": asked.resolution_s,
        "bin_s": BIN_S,
        "verdict": found.word,
        "calibration": found.calibration._asdict(),
        "gates": [gate._asdict() for gate in found.gates],
        "regimes": {regime.name: {"title": regime.title, "why": regime.why} for regime in REGIMES},
        "runs": [_judged(one) for one in found.judged],
        "wrong_simulations": {
            "rejected_by": found.rejected,
            "power": [one._asdict() for one in found.powers],
        },
    }


def _judged(one: Judged) -> dict[str, Any]:
    return {
        "regime": one.regime.name,
        "model": one.model,
        "verdict": one.word,
        "live_runs": len(one.live),
        "twins": len(one.twins),
        "errors": [_comparison(compared(run, one.twins[0])) for run in one.live],
        "twins_told": [_comparison(compared(twin, one.twins[0])) for twin in one.twins[1:]],
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "workflows": {name: _errors(errors) for name, errors in one.workflows.items()},
        "counts": {
            table: {name: {"live": live, "simulated": twin} for name, (live, twin) in rows.items()}
            for table, rows in one.counts.items()
        },
        "same_audit": one.same_audit,
        "findings_only_live": [list(row) for row in one.only_live],
        "findings_only_simulated": [list(row) for row in one.only_twin],
        "unfinished_everywhere": dict(one.unjudged),
    }


def _errors(errors: Errors) -> dict[str, Any]:
    told = {"live": _told(errors.live), "simulated": _told(errors.twin)}
    return {**told, **{name: getattr(errors, name) for name in Errors._fields[2:]}}


def _told(told: Told) -> dict[str, Any]:
    """Without the single items, which are many."""
    return {name: getattr(told, name) for name in Told._fields if name != "took_s"}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round9(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _rounded(held) for name, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rounded(held) for held in value]
    return value
