"""Pairs are formed comparison by comparison, from the replications that both models completed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment
from rich.console import Console

import reports
from reports.estimates import difference
from reports.findings import find
from reports.inputs import Experiment, Run
from reports.remarks import counts_sentence
from reports.story import status
from reports.terminal import show

KPI = "time_posted_h_p95"


def _cut(whole: Experiment, keep: Callable[[Run], bool]) -> Experiment:
    return replace(whole, runs=[run for run in whole.runs if keep(run)], interrupted=True)


def _upto(whole: Experiment, most: Mapping[str, int]) -> Experiment:
    return _cut(whole, lambda run: run.replication < most.get(run.model, 99))


def test_baselines_with_few_replications_take_none_from_the_candidates() -> None:
    whole = experiment(12)
    few = find(_upto(whole, {"manual": 3, "point-to-point": 3}))
    even = find(whole)
    assert few.experiment.replications == 12
    assert few.estimates["batch"] == even.estimates["batch"]
    ours, whole_one = few.differences[KPI]["batch"], even.differences[KPI]["batch"]
    assert (ours.mean, ours.ci_low, ours.ci_high) == (whole_one.mean, whole_one.ci_low, whole_one.ci_high)


def test_a_pair_is_compared_over_what_both_completed_whatever_a_third_did() -> None:
    whole = experiment(12)
    cut = find(_upto(whole, {"batch": 7}))
    first = find(_upto(whole, dict.fromkeys(whole.models, 7)))
    assert cut.differences[KPI]["batch"].mean == pytest.approx(first.differences[KPI]["batch"].mean)
    mine, theirs = (cut.estimates[model][KPI] for model in ("api", "batch"))
    assert difference(mine, theirs) == difference(first.estimates["api"][KPI], first.estimates["batch"][KPI])
    assert cut.estimates["api"][KPI].replications == 12


def test_how_often_each_model_ran_is_told_where_it_differs() -> None:
    cut = find(_upto(experiment(4), {"manual": 3, "point-to-point": 3}))
    assert counts_sentence(cut) == (
        "Replications: batch 4, api 4, event 4, hybrid 4, manual 3 and point-to-point 3; each pair is "
        "compared over those that both of its models completed."
    )
    assert counts_sentence(find(experiment(2))) == ""


def test_a_model_that_completed_nothing_is_named() -> None:
    found = find(_cut(experiment(2), lambda run: run.model != "manual"))
    assert "manual" not in found.estimates
    assert counts_sentence(found) == "Left out, since no replication was completed: manual."


def test_models_that_share_no_replication_are_not_compared() -> None:
    found = find(_cut(experiment(2), lambda run: run.replication == (run.model == "event")))
    assert found.experiment.replications == 0
    assert found.experiment.indicative
    assert all(
        row.mean is None
        for rows in found.differences.values()
        for row in rows.values()
        if row.model == "event"
    )


def test_an_interrupt_keeps_all_that_is_complete() -> None:
    found = find(_cut(experiment(3), lambda run: run.replication < 1 or run.model == "event"))
    assert found.experiment.replications == 1
    assert found.estimates["event"][KPI].replications == 3
    assert status(found.experiment).startswith("Indicative: 1 replication, interrupted: each pair of models")


def test_page_and_terminal_say_how_often_models_ran_and_all_run_files_stay(tmp_path: Path) -> None:
    whole = _cut(experiment(2), lambda run: run.replication < 1 or run.model == "event")
    found = reports.write(whole, tmp_path)
    buffer = io.StringIO()
    show(found, Console(file=buffer, width=100))
    for text in (
        " ".join(buffer.getvalue().split()),
        (tmp_path / "report.html").read_text(),
        (tmp_path / "report.md").read_text(),
    ):
        assert "event 2, hybrid 1, manual 1 and point-to-point 1; each pair is compared" in text
    assert (tmp_path / "runs" / "event-1.json").exists()
    assert len(reports.load([tmp_path]).runs) == len(whole.runs)
