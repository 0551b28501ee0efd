"""A judged result as verdicts need it: one model's figures, audit, calls and live part; no simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from measurements.live import Live
from reports.estimates import Estimate, Estimates
from reports.inputs import Experiment, Run


@dataclass(frozen=True, slots=True)
class Result:
    """One model: its runs, and its KPIs over them. `live` is None of a virtual run.

    `interrupted`: fewer runs were completed than were asked for; those that stand here are whole.
    """

    model: str
    runs: Sequence[Run]
    kpis: dict[str, Estimate]
    live: Live | None = None
    interrupted: bool = False


def results_of(experiment: Experiment, found: Estimates) -> dict[str, Result]:
    """Model to its result, of every model of the experiment; one that completed no run has none in it."""
    return {
        model: Result(
            model,
            experiment.of(model),
            dict(found.get(model, {})),
            experiment.live.get(model),
            experiment.interrupted,
        )
        for model in experiment.models
    }
