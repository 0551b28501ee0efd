"""Who acts in a run: the play's people, clerks where nothing integrates, watchers where nothing monitors."""

from __future__ import annotations

from collections.abc import Collection

from measurements.facts import WORKFLOWS
from pipeline.models import Model
from scenarios.play import Play
from scenarios.script import Scripted


def cast_of(play: Play, model: Model) -> tuple[Scripted, ...]:
    """Everyone who acts under this model."""
    keyed = carried_by(model, "manual", play.workflows)
    unwatched = carried_by(model, "point-to-point", play.workflows)
    return (*play.people, *play.clerks(keyed), *play.watchers(unwatched))


def carried_by(model: Model, pattern: str, workflows: Collection[str] = WORKFLOWS) -> tuple[str, ...]:
    """Those of the workflows that a model carries by this pattern."""
    return tuple(name for name in workflows if model.workflows.get(name) == pattern)
