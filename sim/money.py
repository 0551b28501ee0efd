"""What the compared models cost a year, from the pipeline's own estimates, in the words of the report."""

from __future__ import annotations

from collections.abc import Mapping

from measurements.facts import WORKFLOWS
from pipeline import costs as estimates
from pipeline.models import PATTERNS, Model
from reports.inputs import CostRange


def pattern_costs() -> dict[str, dict[str, CostRange]]:
    """Workflow to pattern to yearly cost of building and running it."""
    return {
        workflow: {pattern: CostRange(*estimates.yearly_usd(workflow, pattern)) for pattern in PATTERNS}
        for workflow in WORKFLOWS
    }


def costs(models: tuple[Model, ...]) -> Mapping[str, Mapping[str, CostRange]]:
    """Model to line to yearly cost."""
    return {
        model.name: {line: CostRange(*cost) for line, cost in estimates.lines(model).items()}
        for model in models
    }
