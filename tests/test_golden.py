"""Golden figures: what every model made of a small month-end. `make golden` rewrites them; read the diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_world import judged, ran, staged

from pipeline import models
from scenarios import catalogue

GOLDEN = Path(__file__).parent / "golden" / "month-end.json"
MODELS = ("batch", "api", "event", "hybrid", "point-to-point", "manual")


def figures(name: str) -> dict[str, Any]:
    """KPIs to six significant digits, findings and calls of one judged run."""
    run = judged(ran(staged(catalogue.load("month-end"), 3, days=16.0), models.load(name), 3))
    return {
        "kpis": {kpi: _short(figure.value) for kpi, figure in sorted(run.kpis.items())},
        "audit": dict(sorted(run.audit.items())),
        "calls": dict(sorted(run.calls.items())),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


@pytest.mark.slow
def test_the_figures_are_those_that_were_last_read(request: pytest.FixtureRequest) -> None:
    found = json.loads(json.dumps({name: figures(name) for name in MODELS}))
    if request.config.getoption("--rewrite-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
