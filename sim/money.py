"""What the compared models cost a year, by the pipeline's estimates or the firm's own, in report words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from measurements.facts import WORKFLOWS
from pipeline import costs as estimates
from pipeline.costs import SHIPPED, Estimates, Range
from pipeline.models import PATTERNS, Model
from reports.inputs import CostRange


def estimates_of(own: Mapping[str, Any]) -> Estimates:
    """The shipped estimates with those that the firm's `[costs]` names in their place."""
    changes: dict[str, Any] = {name: own[name] for name in ("years",) if name in own}
    if "day_usd" in own:
        changes["day_usd"] = Range(*own["day_usd"])
    for name in ("build_days", "run_days", "platform_usd"):
        ranges = {pattern: Range(*figures) for pattern, figures in own.get(name, {}).items()}
        changes[name] = {**getattr(SHIPPED, name), **ranges}
    return SHIPPED._replace(**changes)


def pattern_costs(own: Mapping[str, Any]) -> dict[str, dict[str, CostRange]]:
    """Workflow to pattern to yearly cost of building and running it."""
    given = estimates_of(own)
    return {
        workflow: {
            pattern: CostRange(*estimates.yearly_usd(workflow, pattern, given)) for pattern in PATTERNS
        }
        for workflow in WORKFLOWS
    }


def costs(models: tuple[Model, ...], own: Mapping[str, Any]) -> Mapping[str, Mapping[str, CostRange]]:
    """Model to line to yearly cost."""
    given = estimates_of(own)
    return {
        model.name: {line: CostRange(*cost) for line, cost in estimates.lines(model, given).items()}
        for model in models
    }
