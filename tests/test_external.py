"""An integration of one's own in the middle: what it did is read from the systems, and it is never asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kernel.errors import InputError
from loadtests.external import handed_over, without_inherited
from loadtests.pace import MONOTONIC
from loadtests.past import replay
from measurements.run import Run
from measurements.run_file import read
from pipeline import models
from rehearsal.external import ExternalRequest
from run.observing import Named, observed, wanted_by
from scenarios import catalogue, firm_file
from scenarios.instants import seconds_of
from scenarios.play import stage
from scenarios.window import window_of

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "external"
SPEED = 180.0
"""The hour and three quarters that are played take 35 real seconds."""

Unit = tuple[str, str, int]
"""Key, part and version of a time bill."""


class Rehearsed(NamedTuple):
    """`log` is what the integration printed, `run` what the report is made of."""

    run: Run
    log: list[dict[str, Any]]
    connection: dict[str, Any]
    told: str

    def found(self, kind: str) -> set[Unit]:
        return {(line.key, line.part, line.version) for line in self.run.findings if line.kind == kind}

    def memos(self, what: str) -> set[str]:
        return {row.get("memo") or row.get("about", "") for row in self.log if row["what"] == what}

    def units(self, what: str) -> set[Unit]:
        return {unit_of(memo) for memo in self.memos(what) if " " in memo}


def unit_of(memo: str) -> Unit:
    key, version, part = memo.split()
    return key, part, int(version[1:])


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    out = tmp_path_factory.mktemp("external")
    with started(_rehearsal(out), out / "rehearsal.txt") as rehearsal:
        connection = out / "connection.json"
        end_s = MONOTONIC() + 150.0
        while not connection.exists():
            assert rehearsal.poll() is None, (out / "rehearsal.txt").read_text()
            assert MONOTONIC() < end_s, "the systems are not up"
            _wait(rehearsal, 0.2)
        wall = ("--every", str(60.0 / SPEED), "--timeout", str(90.0 / SPEED))
        script = [sys.executable, str(EXAMPLE / "time_to_erp.py"), str(connection), *wall]
        with started(script, out / "integration.txt"):
            assert rehearsal.wait(timeout=170.0) == 0, (out / "rehearsal.txt").read_text()
    lines = (out / "integration.txt").read_text().splitlines()
    log = [json.loads(line) for line in lines if line.startswith("{")]
    run_file = next((out / "runs").glob("*.json"))
    told = (out / "rehearsal.txt").read_text()
    return Rehearsed(read(run_file)[1], log, json.loads(connection.read_text()), told)


def _rehearsal(out: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "rehearsal", "load", str(EXAMPLE / "bad-hours.toml"), "--external"),
        *("--correlation", str(EXAMPLE / "correlation.toml"), "--port-base", "0"),
        *("--consultants", "16", "--speed", str(SPEED), "--lost-after", "25", "--out", str(out)),
    ]


@contextmanager
def started(command: list[str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(20.0)


def _wait(process: subprocess.Popen[bytes], wall_s: float) -> None:
    try:
        process.wait(wall_s)
    except subprocess.TimeoutExpired:
        return


@pytest.mark.large
@pytest.mark.live
def test_the_report_names_what_the_example_doubled_and_it_is_what_was_sent_again(
    rehearsed: Rehearsed,
) -> None:
    doubled = rehearsed.found("duplicated")
    assert doubled
    assert doubled <= rehearsed.units("again")


@pytest.mark.large
@pytest.mark.live
def test_the_report_names_what_the_example_lost_and_it_is_what_it_gave_up(rehearsed: Rehearsed) -> None:
    lost = rehearsed.found("lost")
    assert lost
    whole_cards = rehearsed.memos("given up")
    given_up = rehearsed.units("given up")
    assert {unit for unit in lost if unit[0] not in whole_cards} <= given_up


@pytest.mark.large
@pytest.mark.live
def test_what_the_example_carried_is_found_by_its_own_place_for_keys(rehearsed: Rehearsed) -> None:
    """Its records have none of the account's source fields, and each of them is somebody's due time."""
    posted = rehearsed.units("posted")
    assert posted
    assert not rehearsed.found("unauthorised")
    assert posted.isdisjoint(rehearsed.found("lost"))
    balance = rehearsed.run.identity["time_and_expense"]
    assert balance.holds
    assert balance.effected >= len(posted)
    assert rehearsed.run.model == "external"


@pytest.mark.large
@pytest.mark.live
def test_what_to_configure_is_told_before_the_play_begins(rehearsed: Rehearsed) -> None:
    assert set(rehearsed.connection["addresses"]) == {"salesforce", "workday", "netsuite", "warehouse"}
    for told in ("client_secret=secret", "head.payload.secret", "integration@rehearsal", "Bearer secret"):
        assert told in rehearsed.told
    assert "memo =~ (?P<key>" in rehearsed.told
    assert rehearsed.connection["begins"] < rehearsed.connection["ends"]
    assert not any("pipeline" in address for address in rehearsed.connection["addresses"])


def test_what_was_undone_at_the_hand_over_and_still_is_counts_for_nobody() -> None:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 12), 1)
    past = replay(play, models.load("batch"), 1, seconds_of("BD-1 11:45", play.calendar))
    inherited = handed_over(past)
    assert Counter(flow for flow, *_ in inherited)["time"]  # approved since the last run
    books = {name: system.books(past.at_s) for name, system in past.made.systems.items()}
    cut = play.within((past.at_s, past.at_s), past.at_s)
    left = observed(cut, books, wanted_by(cut, books), (), Named("external"), past.at_s)
    spared, still = without_inherited(left, inherited)
    assert still == len(inherited)
    assert len(left.due) - len(spared.due) == still
    untouched, none = without_inherited(left, ())
    assert (list(untouched.due), none) == (list(left.due), 0)
    assert not untouched.books.problems  # what the pipeline of the past told is not the newcomer's word


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (ExternalRequest(False, Path("own.toml")), "--correlation: stands without --external"),
        (ExternalRequest(True, hooks_url="localhost:9000"), "--hooks-url"),
        (ExternalRequest(True, port_base=80), "--port-base"),
        (ExternalRequest(True, wait_min=0.0), "--wait"),
        (ExternalRequest(True, lost_after_min=1e9), "--lost-after"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_line(asked: ExternalRequest, told: str) -> None:
    with pytest.raises(InputError) as refused:
        asked.checked()
    assert told in str(refused.value)


def test_a_window_is_as_long_as_its_hours_say() -> None:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 8), 1)
    window = window_of(play, "BD-1 14:00", None, 1.5)
    assert window.until_s - window.from_s == 1.5 * 3600.0
    with pytest.raises(InputError, match="--hours: stands beside --until"):
        window_of(play, "BD-1 14:00", "BD-1 15:00", 1.5)


def test_the_example_is_a_program_of_its_own() -> None:
    text = (EXAMPLE / "time_to_erp.py").read_text(encoding="utf-8")
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported - {"__future__"} <= set(sys.stdlib_module_names)
