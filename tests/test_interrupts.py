"""An interrupt keeps what is complete, ends the workers, and says what it leaves; SIGTERM is Ctrl-C."""

from __future__ import annotations

import multiprocessing
import signal
from pathlib import Path
from typing import Any

import pytest

from pipeline import models
from rehearsal.cli import main
from scenarios import catalogue, firm_file
from sim import experiment
from sim.plan import Plan
from sim.processes import Processes

CONSULTANTS = 12


def _end(*_given: Any) -> None:
    signal.raise_signal(signal.SIGTERM)


def _code(monkeypatch: pytest.MonkeyPatch, line: str) -> object:
    monkeypatch.setattr("sys.argv", ["rehearse", *line.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_an_interrupted_pool_keeps_what_is_complete_and_leaves_no_worker() -> None:
    def told(_index: int, _result: int) -> None:
        raise KeyboardInterrupt

    gathered = Processes(2).run_all(range(-200, 0), abs, told)
    assert gathered.interrupted
    assert None in gathered.results
    assert all(held in {None, 200 - place} for place, held in enumerate(gathered.results))
    assert any(held is not None for held in gathered.results)
    for worker in multiprocessing.active_children():
        worker.join(10)
    assert multiprocessing.active_children() == []


def test_an_interrupted_strip_leaves_the_comparison_whole_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sim.plan.STRIP_REPLICATIONS", 1)
    firm = firm_file.load(None, CONSULTANTS)
    plan = Plan(catalogue.load("month-end"), firm, (models.load("batch"),), 1, 3, "0", "0", "")

    def told(what: str, _done: int, _of: int) -> None:
        if what.startswith("strip"):
            raise KeyboardInterrupt

    found = experiment.compare(plan, told, Processes(1))
    assert found.interrupted
    assert list(found.strips) == []
    assert found.replications == len(found.runs) == 1


def test_a_terminated_run_says_in_one_line_that_nothing_was_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("rehearsal.run.assess", _end)
    line = f"run month-end --model batch --consultants {CONSULTANTS} --out {tmp_path}/out"
    assert _code(monkeypatch, line) == 130
    assert capsys.readouterr().err == "Interrupted: nothing was written.\n"
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_report_that_was_cut_short_can_be_built_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    words = f"--models batch --consultants {CONSULTANTS} --replications 1 --jobs 1 --out a"
    with monkeypatch.context() as cut:
        cut.setattr("reports.folder.draw", _end)
        assert _code(monkeypatch, f"compare month-end {words}") == 130
    assert "`rehearse report a` builds it" in capsys.readouterr().err
    assert _code(monkeypatch, "report a") == 0
    assert Path("a/report.html").exists()
