"""`--workload`: a firm's own log in place of generated acts, and what of a model then takes part."""

from __future__ import annotations

from pathlib import Path

from measurements.facts import WORKFLOWS
from pipeline.models import Model
from scenarios.history.cases import History
from scenarios.history.load import load
from scenarios.scenario import Scenario

_PLAYED = ("time_and_expense",)
"""The workflow that a log of declarations tells of."""


def history_of(workload: Path | None, scenario: Scenario) -> History | None:
    """The log's history, None where none was given. Raises InputError."""
    return None if workload is None else load(workload, scenario.activities)


def taking_part(model: Model, history: History | None) -> Model:
    """The model; with a log, nothing of it but the workflow that the log tells of."""
    return model if history is None else only(model, _PLAYED)


def only(model: Model, workflows: tuple[str, ...]) -> Model:
    """The model with nothing but these workflows; nobody works in the others."""
    table = {name: model.workflows[name] if name in workflows else "manual" for name in WORKFLOWS}
    return Model(model.name, model.title, table)
