"""One run judged as a whole, and its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from facts_data import CUT_OFF_S, END_S, H, commitment, effect, month, observed

from measurements.assess import assess
from measurements.backlog import backlog, recovered_h
from measurements.facts import Books, Hold, Problem
from measurements.items import Item
from measurements.observed import Struck, TrailStep, gather
from measurements.run import Run
from measurements.run_file import Header, RunFileError, encoded, read, write

HEADER = Header("month-end", 7, "0.1.0", "abc", "hybrid", 0)


def _run() -> Run:
    books = month(headers=12)
    problem = Problem("time", "T00003", 1, "policy", "", "owner", 150 * H, None, 0, 0.0)
    effects = tuple(row for row in books.effects if row.key != "T00003")
    hold = Hold("B1", 290 * H, 300 * H, "lacked:po_number")
    return assess(
        observed(
            books._replace(effects=effects, problems=(problem,), holds=(hold,)),
            faults=(Struck("ERP outage", "netsuite", 165 * H, 170 * H),),
            trail=(TrailStep("time", "T00001", 1, "taken", 141 * H),),
        ),
        observed(books),
    )


def test_a_run_file_says_first_how_to_repeat_the_run_and_reads_back_as_written(tmp_path: Path) -> None:
    run = _run()
    write(tmp_path / "run.json", HEADER, run)
    header, again = read(tmp_path / "run.json")
    assert header == HEADER
    assert again == run
    assert (tmp_path / "run.json").read_bytes().startswith(b'{"scenario":"month-end","seed":7,')


def test_the_same_run_is_the_same_bytes() -> None:
    assert encoded(HEADER, _run()) == encoded(HEADER, _run())


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"scenario": "x"}'])
def test_what_is_no_run_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(RunFileError, match=r"bad\.json: not a run file"):
        read(tmp_path / "bad.json")


def test_backlog_counts_what_started_and_has_not_finished_at_each_full_hour() -> None:
    items = [
        Item("time", "a", 1, "", 0.5 * H, 3 * H),
        Item("time", "b", 1, "", 2 * H, None),
        Item("time", "c", 1, "", 1.2 * H, 1.8 * H),
    ]
    assert backlog(items, 5 * H) == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 1.0)]


def test_recovered_is_the_first_hour_within_five_per_cent_of_the_twin() -> None:
    twin = [100.0] * 6
    assert recovered_h([100, 180, 150, 106, 105, 100], twin, 1.0) == 4.0
    assert recovered_h([200.0] * 6, twin, 1.0) is None


def test_after_faults_drain_runs_to_the_twin_and_is_at_least_where_it_is_never_reached() -> None:
    found = _run()
    assert (found.faults[0].recovered_h, found.faults[0].at_least) == (END_S / H, True)
    drain = found.kpis["drain_h"]
    assert (drain.value, drain.at_least) == (END_S / H - 170, True)


def test_the_sign_off_sheet_explains_each_difference_by_its_key() -> None:
    time = next(line for line in _run().sign_off if line.kind == "time")
    assert (time.approved.count, time.posted.count) == (12, 11)
    assert (time.approved.hours, time.posted.hours) == (12 * 40.0, 11 * 40.0)
    assert time.posted.amount_minor == time.invoiced.amount_minor == 11 * 5 * 80_000
    assert list(time.gaps) == [("T00003", "not posted by the end, exception: policy")]


def test_the_sheet_says_why_posted_time_is_on_no_invoice() -> None:
    books = month(headers=7)
    effects = tuple(row for row in books.effects if row.key != "B2")
    hold = Hold("B2", 290 * H, None, "lacked:po_number")
    sheet = assess(observed(books._replace(effects=effects, holds=(hold,)))).sign_off
    gaps = dict(next(line for line in sheet if line.kind == "time").gaps)
    assert gaps == {"T00002": "posted; invoice B2 held: lacked:po number"}
    assert dict(next(line for line in sheet if line.kind == "billing event").gaps) == {
        "B2": "held: lacked:po number"
    }


def test_gathered_books_keep_every_table() -> None:
    one = Books((commitment("expense", "E1", CUT_OFF_S / H),))
    two = Books((), (effect("expense", "E1", 1),))
    assert gather([one, two]) == Books(one.commitments, two.effects)


def test_a_run_has_its_samples_exceptions_and_what_is_undrained() -> None:
    run = _run()
    assert list(run.samples["time"]) == [1.0] * 11
    assert run.unfinished == {"time": 1}
    assert (run.exceptions, run.undrained) == ({"policy": 1}, 1)
    assert run.identity["time_and_expense"].holds
