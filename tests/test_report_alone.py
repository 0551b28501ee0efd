"""A model that ran alone: what became of its work, no verdict, no leader, and no talk of a comparison."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment
from rich.console import Console

import reports
from reports.alone import work_rows
from reports.answer_rows import answer_rows
from reports.briefing import actions
from reports.findings import find
from reports.inputs import Experiment
from reports.mixed import mixed_sentence
from reports.story import headline
from reports.tables import kpi_groups
from reports.terminal import show


def _of(*models: str, replications: int = 10) -> Experiment:
    whole = experiment(replications, dirty="")
    tables = {model: table for model, table in whole.models.items() if model in models}
    return replace(whole, models=tables, runs=[run for run in whole.runs if run.model in models])


def _told(model: str) -> str:
    stands = "20,600 of 21,000 items due stand in their targets, over 10 replications"
    return f"{model}: {stands}. The audit is clean."


@pytest.mark.parametrize(
    ("models", "told"),
    [
        (("batch",), _told("batch")),
        (("hybrid",), _told("hybrid")),
        (
            ("batch", "manual"),
            "One model was run alone beside manual: batch. No pattern is compared and none is named.",
        ),
        (("manual",), _told("manual")),
        (
            ("manual", "point-to-point"),
            "Only baselines were run (manual and point-to-point), so no pattern is compared and none"
            " is named.",
        ),
    ],
)
def test_a_model_alone_gets_no_verdict_and_no_leader(models: tuple[str, ...], told: str) -> None:
    found = find(_of(*models))
    assert headline(found) == told
    assert [answer.leader for answer in found.answers] == [None] * 5
    assert found.differences == {}
    assert mixed_sentence(found) == ""
    tones = {cell.tone for group in kpi_groups(found) for row in group.rows for cell in row.cells}
    assert "lead" not in tones


def test_two_models_of_one_table_are_not_said_to_lead_each_other() -> None:
    both = _of("batch", "api")
    twins = replace(both, models=dict.fromkeys(both.models, both.models["batch"]))
    assert headline(find(twins)).startswith("batch and api carry every workflow alike")


def test_a_workflow_that_all_models_carry_alike_has_no_answer_though_others_do() -> None:
    rows = {row.workflow: row for row in answer_rows(find(_of("api", "hybrid")))}
    assert rows["Quote to project"].reason == "Only API-led was run, so it is compared with nothing."
    assert rows["Worker alignment"].pattern != "none"


def test_the_page_of_a_model_alone_has_no_talk_of_a_comparison(tmp_path: Path) -> None:
    reports.write(_of("batch"), tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert "Month-end under batch" in text
        assert "10 replications of one model: means with their 95 % intervals." in text
        for word in ("compared", "eading model", "Ahead so far", "exploratory", "Sensitivity", "no answer"):
            assert word not in text, word


def test_a_single_run_is_said_to_have_no_interval_and_no_cell_repeats_it(tmp_path: Path) -> None:
    reports.write(_of("batch", replications=1), tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert "One run of one model: its figures have no interval and are about this run." in text
        assert "Ten or more are needed" not in text
        head_and_audit = 2 if name == "report.html" else 0
        assert text.count("1 replication") == head_and_audit


def test_what_became_of_the_work_is_told_by_workflow_with_its_outcomes() -> None:
    rows = {row.workflow: row for row in work_rows(find(_of("batch", replications=1)))}
    row = rows["Quote to project"]
    assert row.pattern == "batch"
    assert [cell.text for cell in row.cells] == ["420", "412", "4", "1", "3", "0"]
    assert row.cells[4].tone == "bad"
    assert row.outcomes.startswith("project setup, 95th percentile")


def test_the_terminal_of_a_model_alone_fits_100_columns_and_compares_nothing() -> None:
    console = Console(width=100, file=io.StringIO(), force_terminal=False)
    show(find(_of("hybrid", replications=1)), console)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= 100
    assert "what became of what was due" in text
    assert "compared" not in text
    assert "none:" not in text


def test_a_workflow_that_is_not_clean_is_named_among_what_to_do() -> None:
    whole = experiment(1, dirty="batch")
    alone = replace(
        whole,
        models={"batch": whole.models["batch"]},
        runs=[run for run in whole.runs if run.model == "batch"],
    )
    found = find(alone)
    assert actions(found) == ["Time and expense: the audit is not clean; first find out why."]
    assert headline(found).endswith("The audit is not clean: 2 duplicated and 3 lost.")
