"""The command line: bad input is one clear line with a remedy and exit code 2, and nothing is written."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from small_world import HOURLY

from rehearsal.cli import main

FAULT_OUTSIDE = """
title = "t"
question = "q"
[decisions]
time_posted_h_p95 = { absolute = 4 }
[[faults]]
at = "BD+20 10:00"
for_h = 1
target = "netsuite"
kind = "outage"
"""
RENAMES_NOTHING = """
title = "t"
question = "q"
[decisions]
time_posted_h_p95 = { absolute = 4 }
[[releases]]
at = "BD+1 10:00"
system = "netsuite"
cause = "package upgrade"
kind = "rename_field"
parameters = { object = "timeBill", field = "no_such_field", to = "x" }
"""
LOG = """id,what,at,sum
d1,Declaration SUBMITTED by EMPLOYEE,2017-01-09T08:00:00,30
d1,Declaration FINAL_APPROVED by SUPERVISOR,2017-01-09T12:00:00,30
d1,Request Payment,2017-01-10T08:00:00,30
d1,Payment Handled,2017-01-12T16:31:00,30
"""


def _refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["rehearse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("compare", "nowhere"), "use one of bad-day"),
        (("compare", "month-end", "--models", "fax"), "choose one of api"),
        (("compare", "month-end", "--models", "api,api"), "name each model once"),
        (("compare", "month-end", "--models", ""), "name at least one"),
        (("compare", "month-end", "--models", ","), "such as --models batch,api"),
        (("compare", "month-end", "--replications", "0"), "ask for 1 or more"),
        (("compare", "month-end", "--consultants", "-3"), "--consultants"),
        (("compare", "month-end", "--seed", str(2**64 - 2), "--replications", "3"), f"give 0 to {2**64 - 3}"),
        (("compare", "month-end", "--jobs", "-1"), "give 1 or more"),
        (("compare", "month-end", "--firm", "missing.toml"), "missing.toml"),
        (("compare", "twice-weekly-payments"), "add --workload LOG"),
        (("compare", "twice-weekly-payments", "--workload", "missing.xes"), "no such log"),
        (("run", "month-end", "--model", "fax"), "choose one of api"),
        (("run", "month-end", "--model", "api", "--seed", "-3"), f"give 0 to {2**64 - 1}"),
        (("bench", "--seed", str(2**64)), f"give 0 to {2**64 - 1}"),
        (("run", "month-end"), "missing option '--model'; see rehearse run --help"),
        (("run", "month-end", "--modle", "api"), "see rehearse run --help"),
        (("run", "month-end", "--model", "api", "--seed", "x"), "invalid value for '--seed'"),
        (("run", "twice-weekly-payments", "--model", "api"), "add --workload LOG"),
        (("run", "twice-weekly-payments", "--model", "api", "--workload", "missing.xes"), "no such log"),
        (("rnu", "month-end"), "see rehearse --help"),
        (("serve", "--systems", "fax"), "choose from salesforce"),
        (("serve", "--systems", ""), "name at least one"),
        (("bench", "--models", ""), "name at least one"),
        (("report", "missing"), "name the folder of a report"),
        (("validate", "month-end", "--speed", "600"), "beyond it latencies are indicative"),
        (("validate", "month-end", "--models", ""), "name at least one"),
        (("validate", "month-end", "--models", "api,api"), "name each model once"),
        (("validate", "month-end", "--twins", "1"), "give 2 or more"),
        (("validate", "month-end", "--from", "BD-9 08:00"), "begin after"),
        (("validate", "twice-weekly-payments"), "choose another"),
        (("systems", "show", "fax"), "choose from salesforce"),
    ],
)
def test_bad_input_is_one_line_with_a_remedy(
    words: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in _refused(capsys, monkeypatch, *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (FAULT_OUTSIDE, "faults.0.at"),
        (RENAMES_NOTHING, "no_such_field"),
        ('title = "t"\nquestion = 3\ncolour = "red"\n', "scenario.toml"),
        ("title = ", "scenario.toml"),
    ],
)
def test_a_users_scenario_is_refused_by_file_and_field(
    text: str,
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scenario.toml").write_text(text, encoding="utf-8")
    told = _refused(capsys, monkeypatch, "compare", "scenario.toml")
    assert says in told
    assert "scenario.toml" in told
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.toml"]


def test_a_negative_rate_in_a_firm_file_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    firm = tmp_path / "firm.toml"
    firm.write_text("bill_rate_usd = -1\n", encoding="utf-8")
    told = _refused(capsys, monkeypatch, "compare", "month-end", "--firm", str(firm))
    assert f"{firm}: bill_rate_usd" in told


def test_a_broken_log_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log.xes.gz"
    log.write_bytes(b"not a log")
    told = _refused(capsys, monkeypatch, "compare", "twice-weekly-payments", "--workload", str(log))
    assert str(log) in told


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    told = _refused(capsys, monkeypatch, "compare", "month-end", "--out", str(blocked / "results"))
    assert "is not a folder" in told


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which two models were compared into `a`, and what was printed."""
    folder, out = tmp_path_factory.mktemp("compared"), StringIO()
    (folder / "hourly.toml").write_text(HOURLY, encoding="utf-8")
    words = "compare hourly.toml --models batch,api --consultants 12 --replications 2 --jobs 1 --out a"
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.chdir(folder)
        _done(patch, words)
    return folder, out.getvalue()


def test_a_comparison_writes_a_report_that_can_be_built_again(
    compared: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, printed = compared
    monkeypatch.chdir(folder)
    _done(monkeypatch, "report a --out b")
    assert "Indicative" in printed
    for name in ("summary.json", "report.html", "report.md", "kpis.csv", "figures/latency.svg"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes(), name
    summary = json.loads((folder / "a" / "summary.json").read_text(encoding="utf-8"))
    assert summary["provenance"]["seed"] == 1
    assert set(summary["models"]) == {"batch", "api"}


def _done(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.argv", ["rehearse", *line.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


def test_a_run_of_a_log_with_a_trace_writes_the_run_file_that_its_comparison_has(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(LOG, encoding="utf-8")
    Path("log.toml").write_text('case = "id"\nactivity = "what"\ntime = "at"\namount = "sum"\n', "utf-8")
    words = "twice-weekly-payments --consultants 12 --workload log.csv"
    _done(monkeypatch, f"run {words} --model batch --trace E-d1 --out a")
    assert "posted expense v1" in capsys.readouterr().out
    _done(monkeypatch, f"compare {words} --models batch --jobs 1 --out b")
    assert Path("a/batch-0.json").read_bytes() == Path("b/runs/batch-0.json").read_bytes()


def test_a_trace_of_an_unknown_key_writes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("--model", "batch", "--consultants", "12", "--trace", "X1", "--out", "a")
    told = _refused(capsys, monkeypatch, "run", "month-end", *words)
    assert "no system knows that key" in told
    assert list(tmp_path.iterdir()) == []


def test_nothing_on_the_page_comes_from_elsewhere(compared: tuple[Path, str]) -> None:
    page = (compared[0] / "a" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'src="http' not in page
    assert "<link" not in page
