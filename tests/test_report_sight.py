"""Limits are seen where calls meet them, and the weak cell is called by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from report_data import experiment

import reports
from reports.findings import find
from reports.inputs import Experiment
from reports.limits import limit_rows
from reports.numbers import measured
from reports.remarks import blind_sentence, weak_sentence


def _never_calling(whole: Experiment, model: str, system: str) -> Experiment:
    runs = [
        replace(run, calls={name: kinds for name, kinds in run.calls.items() if name != system})
        if run.model == model
        else run
        for run in whole.runs
    ]
    return replace(whole, runs=runs)


def test_a_model_without_calls_has_no_quota_peak_and_no_difference_on_it() -> None:
    found = find(experiment(10))
    assert measured("quota_peak_pct", found.estimates["manual"]["quota_peak_pct"]) == "–"
    assert "manual" not in found.differences["quota_peak_pct"]
    assert "manual" in found.differences["manual_hours"]
    assert not any(row.model == "manual" for row in limit_rows(found.experiment, ["batch", "manual"]))


def test_a_model_that_never_calls_one_of_the_systems_neither_leads_nor_differs_on_limits() -> None:
    found = find(_never_calling(experiment(10), "batch", "salesforce"))
    rows = found.differences["quota_peak_pct"]
    assert "batch" not in rows
    assert "batch" not in {row.best for row in rows.values()}
    assert {row.best for row in find(experiment(10)).differences["quota_peak_pct"].values()} == {"batch"}


def test_the_page_names_who_is_blind_and_the_weak_cell(tmp_path: Path) -> None:
    found = reports.write(experiment(2), tmp_path)
    assert blind_sentence(found).startswith("Limits are observed where a call meets them, so manual is not")
    assert weak_sentence(found.experiment).startswith(
        "API-led portfolio reporting (api) is the weak cell of the table: an hourly pull"
    )
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert blind_sentence(found) in text
        assert weak_sentence(found.experiment) in text


def test_without_api_led_reporting_no_cell_is_called_weak() -> None:
    whole = experiment(1)
    tables = {model: table for model, table in whole.models.items() if model != "api"}
    assert weak_sentence(replace(whole, models=tables)) == ""
