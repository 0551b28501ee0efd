"""A pattern that ran alone was compared with nothing: no verdict, no leader, and the page says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment

import reports
from reports.answer_rows import answer_rows
from reports.findings import find
from reports.inputs import Experiment
from reports.mixed import mixed_sentence
from reports.story import headline
from reports.tables import kpi_groups


def _of(*models: str, replications: int = 10) -> Experiment:
    whole = experiment(replications, dirty="")
    tables = {model: table for model, table in whole.models.items() if model in models}
    return replace(whole, models=tables, runs=[run for run in whole.runs if run.model in models])


@pytest.mark.parametrize(
    ("models", "told"),
    [
        (("batch",), "One model was run alone: batch. No pattern is compared and none is named."),
        (("hybrid",), "One model was run alone: hybrid. No pattern is compared and none is named."),
        (
            ("batch", "manual"),
            "One model was run alone beside manual: batch. No pattern is compared and none is named.",
        ),
        (("manual",), "Only baselines were run (manual), so no pattern is compared and none is named."),
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


def test_the_page_of_a_model_alone_uses_no_verdict_words(tmp_path: Path) -> None:
    reports.write(_of("batch"), tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert "One model was run alone: batch." in text
        assert "None: a difference needs two models" in text
        assert "should carry all" not in text
        assert "10 replications of one model: nothing is compared." in text
