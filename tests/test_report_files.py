"""The files of a report: exactly the runs of its own comparison, whole, and none of another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import experiment

import reports
from kernel.errors import InputError
from measurements import run_file
from reports import experiment_file
from reports.inputs import Experiment, GivenFile


def _of(whole: Experiment, *models: str) -> Experiment:
    tables = {model: table for model, table in whole.models.items() if model in models}
    return replace(whole, models=tables, runs=[run for run in whole.runs if run.model in models])


def _names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "runs").iterdir()}


def test_a_second_comparison_into_a_folder_clears_the_runs_and_figures_of_the_first(tmp_path: Path) -> None:
    reports.write(_of(experiment(10), "batch", "api"), tmp_path)
    assert (tmp_path / "figures" / "strip.svg").exists()
    (tmp_path / "runs" / "notes.txt").write_text("somebody's own")
    reports.write(_of(experiment(1), "batch"), tmp_path)
    assert _names(tmp_path) == {"batch-0.json", "notes.txt"}
    assert not (tmp_path / "figures" / "strip.svg").exists()


def test_a_rebuilt_report_tells_as_many_replications_as_its_comparison_had(tmp_path: Path) -> None:
    experiment_file.write(experiment(2), tmp_path)
    experiment_file.write(_of(experiment(1), "batch"), tmp_path)
    again = reports.load([tmp_path])
    assert ([(run.model, run.replication) for run in again.runs], again.replications) == ([("batch", 0)], 1)


def test_a_run_file_that_was_copied_into_the_folder_is_no_part_of_it(tmp_path: Path) -> None:
    whole = experiment(2)
    experiment_file.write(whole, tmp_path)
    other = replace(whole.runs[0], replication=7)
    run_file.write(tmp_path / "runs" / "batch-7.json", experiment_file.header(whole, other), other)
    assert len(reports.load([tmp_path]).runs) == len(whole.runs)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "is missing"),
    "changed": (lambda path: path.write_bytes(path.read_bytes() + b" "), "is not the run"),
    "swapped": (lambda path: path.write_bytes(path.with_name("batch-0.json").read_bytes()), "is not the run"),
}


@pytest.mark.parametrize("name", list(SPOILT))
def test_a_listed_run_file_that_is(name: str, tmp_path: Path) -> None:
    spoil, expected = SPOILT[name]
    experiment_file.write(experiment(2), tmp_path)
    spoil(tmp_path / "runs" / "api-0.json")
    with pytest.raises(InputError) as caught:
        reports.load([tmp_path])
    text = str(caught.value)
    assert str(tmp_path / "runs" / "api-0.json") in text
    assert expected in text
    assert "put the file back as it was written, or run the comparison again" in text


def test_a_list_that_leads_out_of_the_folder_is_refused_and_nothing_outside_is_cleared(
    tmp_path: Path,
) -> None:
    folder, outside = tmp_path / "report", tmp_path / "mine.json"
    outside.write_text("{}")
    experiment_file.write(experiment(1), folder)
    values = json.loads((folder / "experiment.json").read_text())
    values["run_files"] = {"../../mine.json": "0"}
    (folder / "experiment.json").write_text(json.dumps(values))
    with pytest.raises(InputError, match="no name of a run file"):
        reports.load([folder])
    experiment_file.write(experiment(1), folder)
    assert outside.exists()


def test_a_writing_that_is_cut_short_leaves_the_report_of_before_or_a_clear_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = experiment(2)
    experiment_file.write(whole, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}

    def full(_path: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        experiment_file.write(_of(experiment(1), "batch"), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert len(reports.load([tmp_path]).runs) == len(whole.runs)


@pytest.mark.parametrize("name", ["commit", "consultants", "firm"])
def test_reports_of_another(name: str, tmp_path: Path) -> None:
    whole = experiment(1)
    other = {"commit": "abc", "consultants": 30, "firm": "another"}[name]
    experiment_file.write(whole, tmp_path / "a")
    experiment_file.write(replace(whole, **{name: other}), tmp_path / "b")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"{name} is {other!r}"):
        reports.load([tmp_path / "a", tmp_path / "b"])


def test_reports_whose_models_share_a_name_but_not_a_table_are_not_combined(tmp_path: Path) -> None:
    whole = experiment(1)
    experiment_file.write(_of(whole, "batch"), tmp_path / "a")
    other = replace(_of(whole, "batch"), models={"batch": whole.models["api"]})
    experiment_file.write(other, tmp_path / "b")
    with pytest.raises(InputError, match="model batch has another table"):
        reports.load([tmp_path / "a", tmp_path / "b"])


def test_reports_of_equal_names_over_other_files_are_not_combined(tmp_path: Path) -> None:
    whole = experiment(1)
    for name in ("a", "b"):
        files = [GivenFile("--firm", "f.toml", name), GivenFile("--models", "m.toml", name)]
        experiment_file.write(replace(whole, files=files), tmp_path / name)
    with pytest.raises(InputError, match=r"other content was given than in \S+: f\.toml; combine only"):
        reports.load([tmp_path / "a", tmp_path / "b"])


def test_a_folder_of_single_runs_is_said_to_be_one(tmp_path: Path) -> None:
    whole = experiment(1)
    run = whole.runs[0]
    run_file.write(tmp_path / run_file.name_of(run), experiment_file.header(whole, run), run)
    with pytest.raises(InputError) as caught:
        reports.load([tmp_path])
    assert "holds single runs of `rehearse run --out` and no experiment.json" in str(caught.value)
    assert "a report needs the folder of a `rehearse compare`" in str(caught.value)


def test_a_report_rebuilt_from_runs_in_any_order_is_the_same_bytes(tmp_path: Path) -> None:
    whole = experiment(2)
    experiment_file.write(replace(whole, runs=list(reversed(whole.runs))), tmp_path)
    before = (tmp_path / "experiment.json").read_bytes()
    experiment_file.write(reports.load([tmp_path]), tmp_path)
    assert (tmp_path / "experiment.json").read_bytes() == before
