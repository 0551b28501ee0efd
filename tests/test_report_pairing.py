"""Only replications that every model completed are compared, and the report says what it leaves out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from report_data import experiment
from rich.console import Console

import reports
from reports.findings import find
from reports.inputs import Experiment, Run
from reports.remarks import counts_sentence
from reports.story import status
from reports.summary import summary
from reports.terminal import show


def _cut(whole: Experiment, keep: Callable[[Run], bool]) -> Experiment:
    return replace(whole, runs=[run for run in whole.runs if keep(run)], interrupted=True)


def test_after_an_interrupt_answers_means_and_differences_rest_on_whole_replications() -> None:
    found = find(_cut(experiment(3), lambda run: run.replication < 1 or run.model == "event"))
    even = find(replace(experiment(1), interrupted=True))
    assert found.experiment.replications == 1
    assert summary(found) == {**summary(even), "provenance": summary(found)["provenance"]}
    assert counts_sentence(found) == (
        "Left out of all figures and of the audit: 2 runs of replications that not every model completed."
    )
    assert status(found.experiment).startswith("Indicative: 1 replication, interrupted: only replications")


def test_a_model_that_completed_nothing_is_named() -> None:
    found = find(_cut(experiment(2), lambda run: run.model != "manual"))
    assert "manual" not in found.estimates
    assert counts_sentence(found) == (
        "Left out of all figures and of the audit: manual (no whole replication)."
    )


def test_where_no_replication_is_whole_the_one_that_most_models_have_is_told() -> None:
    found = find(_cut(experiment(2), lambda run: run.replication == (run.model == "event")))
    assert ("event" in found.estimates, found.experiment.replications) == (False, 1)
    assert "event (no whole replication)" in counts_sentence(found)


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    assert counts_sentence(find(experiment(2))) == ""


def test_page_and_terminal_say_what_is_left_out_and_its_run_files_stay(tmp_path: Path) -> None:
    whole = _cut(experiment(2), lambda run: run.replication < 1 or run.model == "event")
    found = reports.write(whole, tmp_path)
    buffer = io.StringIO()
    show(found, Console(file=buffer, width=100))
    for text in (
        " ".join(buffer.getvalue().split()),
        (tmp_path / "report.html").read_text(),
        (tmp_path / "report.md").read_text(),
    ):
        assert "1 run of replications that not every model completed" in text
    assert (tmp_path / "runs" / "event-1.json").exists()
    assert len(reports.load([tmp_path]).runs) == len(whole.runs)
