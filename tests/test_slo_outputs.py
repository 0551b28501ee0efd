"""Where verdicts go: page, summary, junit.xml, terminal and exit code; and how a result is judged anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from report_data import experiment

import reports
from measurements.live import ActLine, Live
from rehearsal.cli import main
from reports import experiment_file
from reports.inputs import Experiment, GivenSlo

KEPT = {"kpi": "time_posted_h_p95", "at_most": 24}
BROKEN = {"kpi": "time_posted_h_p95", "at_most": 0.1, "source": "an <agreement> & a promise"}
UNSURE = {"kpi": "drain_h", "at_most": 1}


def given(**objectives: dict[str, Any]) -> GivenSlo:
    table = {"title": "Levels", "models": ["event", "hybrid"], "objectives": objectives}
    return GivenSlo("slo.toml", "5" * 64, table)


def judged(**objectives: dict[str, Any]) -> Experiment:
    return replace(experiment(5), slo=given(**objectives))


def toml(**objectives: dict[str, Any]) -> str:
    lines = ['title = "Levels"', 'models = ["event", "hybrid"]']
    for name, table in objectives.items():
        lines += [f"[objectives.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines)


def code(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["rehearse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_junit_has_a_suite_a_model_and_a_case_an_objective(tmp_path: Path) -> None:
    reports.write(judged(kept=KEPT, broken=BROKEN, unsure=UNSURE), tmp_path)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert root.attrib == {"name": "Levels", "tests": "6", "failures": "2", "errors": "2", "skipped": "0"}
    assert [suite.attrib["name"] for suite in root] == ["month-end: event", "month-end: hybrid"]
    cases = list(root.iter("testcase"))
    assert [[part.tag for part in case] for case in cases[:3]] == [["system-out"], ["failure"], ["error"]]
    failure = cases[1][0]
    assert failure.attrib["type"] == "FAIL"
    assert "the whole interval is beyond it" in failure.attrib["message"]
    assert "an <agreement> & a promise" in (failure.text or "")


def test_junit_holds_nothing_that_xml_cannot(tmp_path: Path) -> None:
    whole = judged(kept=KEPT)
    reports.write(replace(whole, command="rehearse \x07", slo=whole.slo), tmp_path)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert "rehearse \ufffd" in {one.attrib["value"] for one in root.iter("property")}


def test_page_and_summary_tell_every_verdict_with_its_reason_and_the_files_digest(tmp_path: Path) -> None:
    reports.write(judged(kept=KEPT, broken=BROKEN), tmp_path)
    held = json.loads((tmp_path / "summary.json").read_text())["slo"]
    assert (held["verdict"], held["models"]) == ("FAIL", {"event": "FAIL", "hybrid": "FAIL"})
    first = held["objectives"][0]
    assert (first["objective"], first["verdict"], first["unit"], first["replications"]) == (
        "kept",
        "PASS",
        "h",
        5,
    )
    page = (tmp_path / "report.html").read_text()
    for text in ("FAIL: Levels. event and hybrid FAIL.", "5" * 64, "an &lt;agreement&gt; &amp; a promise"):
        assert text in page
    assert page.index('id="slo"') < page.index('id="workflows"')
    assert "FAIL broken, event: " in (tmp_path / "report.md").read_text()


def test_a_report_that_is_built_again_is_judged_by_the_same_objectives(tmp_path: Path) -> None:
    live = {"event": Live([ActLine("approver", "approvals.decide", 9, [1, 2, 3, 4], [1, 1, 1, 1])])}
    reports.write(replace(judged(kept=KEPT), live=live), tmp_path / "a")
    again = reports.load([tmp_path / "a"])
    assert again.live == live
    reports.write(again, tmp_path / "b")
    for name in ("summary.json", "junit.xml", "report.html", "experiment.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_result_without_objectives_has_no_verdict_and_no_junit(tmp_path: Path) -> None:
    reports.write(judged(kept=KEPT), tmp_path)
    reports.write(experiment(5), tmp_path)
    assert not (tmp_path / "junit.xml").exists()
    assert json.loads((tmp_path / "summary.json").read_text())["slo"] is None
    assert 'id="slo"' not in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("objectives", "ends"),
    [({"a": KEPT}, 0), ({"a": KEPT, "b": UNSURE}, 3), ({"a": UNSURE, "b": BROKEN}, 1)],
)
def test_the_verdict_is_the_exit_code(
    objectives: dict[str, dict[str, Any]],
    ends: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    reports.write(experiment(5), Path("a"))
    Path("mine.toml").write_text(toml(**objectives), encoding="utf-8")
    assert code(monkeypatch, "report", "a", "--slo", "mine.toml") == ends
    told = capsys.readouterr().out
    assert "Levels" in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_result_judged_anew_keeps_its_runs_and_names_the_new_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = judged(kept=BROKEN)
    command = "rehearse compare month-end --seed 1 --slo old.toml"
    reports.write(replace(whole, command=command, typed=[command]), Path("a"))
    Path("new.toml").write_text(toml(kept=KEPT), encoding="utf-8")
    assert code(monkeypatch, "report", "a", "--slo", f"{tmp_path}/new.toml") == 0
    again = experiment_file.load([Path("a")])
    assert [run.kpis for run in again.runs] == [run.kpis for run in whole.runs]
    assert again.command == "rehearse compare month-end --seed 1 --slo new.toml"
    assert again.typed == [f"rehearse compare month-end --seed 1 --slo {tmp_path}/new.toml"]


@pytest.mark.parametrize("command", ["compare month-end --models batch", "report a"])
def test_bad_objectives_are_refused_before_anything_is_written(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    reports.write(experiment(1), Path("a"))
    before = {path: path.read_bytes() for path in Path("a").rglob("*") if path.is_file()}
    Path("mine.toml").write_text(toml(a={**KEPT, "models": "fax"}), encoding="utf-8")
    assert code(monkeypatch, *command.split(), "--slo", "mine.toml") == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "mine.toml: objectives.a.models: no model fax takes part" in told.err
    assert {path: path.read_bytes() for path in Path("a").rglob("*") if path.is_file()} == before
    assert not Path("out").exists()


def test_an_interrupted_comparison_ends_with_130_whatever_its_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    cut = replace(experiment(5), interrupted=True)
    monkeypatch.setattr("rehearsal.compare.compare_models", lambda _plan, _told, _pool: cut)
    Path("mine.toml").write_text(toml(broken=BROKEN), encoding="utf-8")
    words = "compare month-end --models event,hybrid --consultants 8 --out a --slo mine.toml"
    assert code(monkeypatch, *words.split()) == 130
    assert json.loads(Path("a/summary.json").read_text())["slo"]["verdict"] == "FAIL"
    assert code(monkeypatch, "report", "a") == 1


@pytest.mark.large
def test_a_comparison_is_judged_as_it_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    never = {"errors": "any", "at_most": 0, "models": "event"}
    right = {"finding": "any", "at_most": 0, "models": "event"}
    words = "compare bad-day --models event --consultants 8 --replications 2 --jobs 1 --out a --slo mine.toml"
    Path("mine.toml").write_text(toml(never=never, right=right), encoding="utf-8")
    assert code(monkeypatch, *words.split()) == 1
    assert "--slo mine.toml" in capsys.readouterr().out
    held = json.loads(Path("a/summary.json").read_text())
    assert {one["objective"]: one["verdict"] for one in held["slo"]["objectives"]} == {
        "never": "FAIL",
        "right": "PASS",
    }
    assert held["provenance"]["command"].endswith("--slo mine.toml")
