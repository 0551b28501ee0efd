"""A model's name is a label: the report goes by tables, so that a name decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from report_data import experiment

from reports.findings import find
from reports.inputs import Experiment
from reports.mixed import mixed_sentence
from reports.operations import pays_back, silent
from reports.plausibility import comparisons
from reports.story import headline
from reports.summary import summary


def _named(whole: Experiment, names: dict[str, str]) -> Experiment:
    """The same runs and tables under other names, in the same order."""
    return replace(
        whole,
        models={names.get(model, model): table for model, table in whole.models.items()},
        runs=[replace(run, model=names.get(run.model, run.model)) for run in whole.runs],
        costs={names.get(model, model): lines for model, lines in whole.costs.items()},
    )


SWAPS = [
    {"batch": "manual", "manual": "batch"},
    {"manual": "hybrid", "hybrid": "manual"},
    {"point-to-point": "api", "api": "as-was"},
    {"hybrid": "our-own"},
]


@pytest.mark.parametrize("names", SWAPS)
def test_models_under_other_names_give_the_same_answers_but_for_the_names(names: dict[str, str]) -> None:
    ours, theirs = find(experiment(10)), find(_named(experiment(10), names))
    assert summary(theirs)["answers"] == summary(ours)["answers"]
    assert headline(theirs) == headline(ours)
    assert comparisons(theirs.experiment, theirs.estimates) == comparisons(ours.experiment, ours.estimates)
    assert theirs.benefits == {names.get(model, model): held for model, held in ours.benefits.items()}
    back = {theirs_name: name for name, theirs_name in names.items()}
    for kpi, rows in summary(theirs)["differences"].items():
        mine: dict[str, Any] = summary(ours)["differences"][kpi]
        assert {back.get(model, model): _named_back(row, back) for model, row in rows.items()} == mine


def _named_back(row: dict[str, Any], back: dict[str, str]) -> dict[str, Any]:
    return {**row, "best": back.get(row["best"], row["best"])}


def test_a_mixed_table_is_told_of_under_its_own_name() -> None:
    named = find(_named(experiment(10), {"hybrid": "our-own"}))
    assert mixed_sentence(named).startswith("The our-own table's choice is level in 4 of 5")


def test_a_model_that_leaves_a_workflow_to_clerks_is_no_answer_there_and_one_elsewhere() -> None:
    whole = experiment(10)
    tables = dict(whole.models)
    tables["hybrid"] = {**tables["hybrid"], "time_and_expense": "manual", "worker_alignment": "api+batch"}
    found = {answer.workflow: answer for answer in find(replace(whole, models=tables)).answers}
    assert "manual" not in {one.pattern for one in found["time_and_expense"].candidates}
    assert "api+batch" in {one.pattern for one in found["worker_alignment"].candidates}


def test_baselines_under_any_name_are_silent_and_never_pay_back() -> None:
    whole = _named(experiment(2), {"manual": "clerks", "point-to-point": "scripts"})
    quiet = [replace(run, exceptions={}) if run.model in {"clerks", "scripts"} else run for run in whole.runs]
    found = find(replace(whole, runs=quiet))
    assert silent(found) == ["clerks", "scripts"]
    assert "clerks" not in pays_back(found)
    assert "scripts" not in pays_back(found)
