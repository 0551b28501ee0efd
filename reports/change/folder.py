"""The folder of two results: change.json for machines, change.html for people."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import orjson

from reports.cells import Row
from reports.change import live, rows, words
from reports.change.changes import Change, Changed, ModelChange
from reports.inputs import FINDINGS, Experiment
from reports.live.summary import summary as live_part
from reports.page import environment
from reports.run_list import put
from reports.statistics import round9


def write(found: Changed, out: Path) -> None:
    """Write both files into `out` (made if absent). Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    put(out / "change.json", encoded(found))
    put(out / "change.html", html(found).encode())


def html(found: Changed) -> str:
    """The page: styles inside, no script, nothing fetched."""
    return (
        environment()
        .get_template("change.html.j2")
        .render(
            before=found.before,
            after=found.after,
            headline=words.headline(found),
            compared=words.compared(found),
            left_out=words.left_out(found),
            differing=words.differing(found),
            columns=rows.COLUMNS,
            act_columns=live.COLUMNS,
            models=[
                (
                    model.name,
                    words.tally(model),
                    rows.groups(model),
                    words.audit_sentence(model),
                    _live(found, model),
                )
                for model in found.models
            ],
        )
    )


def _live(found: Changed, model: ModelChange) -> tuple[list[str], list[Row]] | None:
    """Sentences and rows of people's acts, where both results were played live."""
    both = live.both(found, model)
    return None if both is None else (live.sentences(*both), live.act_rows(*both))


def encoded(found: Changed) -> bytes:
    """The bytes of `change.json`: no path, no clock; the same two results are the same bytes."""
    option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(summary(found), option=option)


def summary(found: Changed) -> dict[str, Any]:
    """Both results' provenance, how they were compared, and every change."""
    return {
        "before": _provenance(found.before),
        "after": _provenance(found.after),
        "paired": found.match.paired,
        "unpaired_since": found.match.why or None,
        "differing": words.differing(found),
        "models": {model.name: _model(found, model) for model in found.models},
    }


def _provenance(experiment: Experiment) -> dict[str, Any]:
    names = ("scenario", "firm", "consultants", "seed", "version", "commit", "command", "replications")
    return {name: getattr(experiment, name) for name in names}


def _model(found: Changed, model: ModelChange) -> dict[str, Any]:
    both = live.both(found, model)
    lived = None if both is None else {"before": live_part(both[0]), "after": live_part(both[1])}
    return {
        **({"live": lived} if lived else {}),
        "before": model.before,
        "after": model.after,
        "kpis": {one.kpi: _change(one) for one in model.changes},
        "audit": {
            name: {"before": model.audits[0][name].sum, "after": model.audits[1][name].sum}
            for name in FINDINGS
        },
    }


def _change(one: Change) -> dict[str, Any]:
    found = one.found
    return {
        "before": _rounded(one.before.mean),
        "after": _rounded(one.after.mean),
        "difference": _rounded(found.mean if found else None),
        "ci_low": _rounded(found.low if found else None),
        "ci_high": _rounded(found.high if found else None),
        "margin": _rounded(one.margin),
        "replications": one.count,
        "verdict": one.word or None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round9(value)
