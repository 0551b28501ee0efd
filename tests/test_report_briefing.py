"""The first page: money by model, risks as they were seen, and what to do, each from the findings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_data import MODELS, experiment

from measurements.judgement import KINDS
from reports.briefing import actions, money_columns, money_lines, risks
from reports.findings import Findings, find
from reports.kpis import kpi
from reports.tables import clean_cells


@pytest.fixture(scope="module")
def found() -> Findings:
    return find(experiment(10))


def test_money_has_one_row_a_model_and_says_what_costs_are(found: Findings) -> None:
    rows = money_lines(found)
    assert [row.label for row in rows] == list(found.estimates)
    assert money_columns(found)[0] == kpi("unbilled_at_close_usd").label
    assert all(len(row.cells) == len(money_columns(found)) for row in rows)
    assert all(row.cells[-1].small.endswith("input") for row in rows)


def test_risk_names_the_model_that_was_wrong_and_how_often(found: Findings) -> None:
    texts = risks(found)
    wrong = [text for text in texts if text.startswith("point-to-point: ")]
    lost = found.audits["point-to-point"]["lost"].sum
    assert len(wrong) == 1
    assert f"{lost} lost" in wrong[0]
    assert "point-to-point" not in texts[0]


def test_nobody_is_called_clean_where_all_were_wrong() -> None:
    whole = experiment(2)
    runs = [replace(run, audit={**run.audit, "lost": {"time": 3}}) for run in whole.runs]
    assert not any("Nothing was lost" in text for text in risks(find(replace(whole, runs=runs))))


def test_who_is_clean_is_told_with_what_people_must_still_settle() -> None:
    whole = experiment(2)
    for count, words in (
        (0, "in any replication, and none was in an open exception at the end."),
        (
            3,
            "with 6 known to people: absent at the end, in an open exception (batch 6), over all "
            "replications.",
        ),
    ):
        left = {"open_exceptions": {"time": count}}
        clean = {name: {} for name in KINDS}
        runs = [replace(run, audit={**clean, **(left if run.model == "batch" else {})}) for run in whole.runs]
        found = find(replace(whole, runs=runs))
        (told,) = [text for text in risks(found) if text.startswith("Nothing was lost")]
        assert told.endswith(words)
        cell = dict(zip(found.audits, clean_cells(found), strict=True))["batch"]
        assert (cell.text, cell.small) == ("clean", "6 known to people" if count else "")


def test_what_to_do_is_the_recommended_table_and_a_tie_break_is_said_to_be_none(found: Findings) -> None:
    advised = found.recommendation
    assert advised is not None
    (first, *_) = actions(found)
    all_tied = len(advised.tied) == len(advised.table)
    assert first.startswith("Try " if all_tied else "Build ")
    assert ("it is no evidence" in first) == bool(advised.tied)
    assert (f"the table of model {advised.model}" in first) == bool(advised.model)


def test_a_preview_prepares_and_does_not_build() -> None:
    found = find(experiment(3))
    assert found.recommendation is not None
    decided = replace(found, recommendation=replace(found.recommendation, tied=()))
    assert actions(decided)[0].startswith("Prepare ")
    assert actions(replace(decided, experiment=experiment(10)))[0].startswith("Build ")


def test_where_a_tie_break_chose_everything_the_table_is_only_to_be_tried() -> None:
    found = find(experiment(10))
    advised = found.recommendation
    assert advised is not None
    tied = replace(found, recommendation=replace(advised, tied=tuple(advised.table)))
    assert actions(tied)[0].startswith("Try ")


def test_a_model_alone_is_told_to_do_nothing() -> None:
    whole = experiment(10)
    alone = replace(
        whole,
        models={"batch": MODELS["batch"]},
        runs=[run for run in whole.runs if run.model == "batch"],
    )
    assert actions(find(alone)) == []


def test_where_no_pattern_is_clean_the_cause_comes_first() -> None:
    whole = experiment(10)
    runs = [replace(run, audit={**run.audit, "lost": {"time": 3}}) for run in whole.runs]
    texts = actions(find(replace(whole, runs=runs)))
    assert "Time and expense: no pattern ended with a clean audit; first find out why." in texts
