"""Members of a live run go on from a common past."""

from __future__ import annotations

from loadtests.call_sheet import CallSheet
from loadtests.past import PIPELINE, Past, quiet, replay
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.instants import seconds_of
from scenarios.play import stage


def past_of(model: str = "hybrid", consultants: int = 8, at: str = "BD-5 13:00") -> Past:
    play = stage(catalogue.load("month-end"), firm_file.load(None, consultants), 1)
    return replay(play, models.load(model), 1, seconds_of(at, play.calendar))


def test_the_past_of_the_same_seed_is_the_same_and_quiet() -> None:
    first, second, other = past_of(), past_of(), past_of("event")
    assert first.digest == second.digest != other.digest
    assert quiet(first.made)
    assert all(one.due_s >= first.at_s for one in first.suspended)


def test_every_desk_of_the_play_has_a_member() -> None:
    past = past_of()
    assert set(past.desks.values()) == {*past.made.systems, PIPELINE}
    assert {"crm", "psa", "hcm", "erp", "operations"} <= past.desks.keys()


def test_a_call_sheet_survives_json() -> None:
    past = past_of()
    sheet = CallSheet(
        *("month-end", "", 8, "hybrid", 1, past.at_s, past.at_s + 60.0, 120.0),
        *({"salesforce": "http://127.0.0.1:1"}, past.desks, past.digest),
    )
    assert CallSheet.of(sheet.row()) == sheet
    assert sheet.desk_address("crm") == "http://127.0.0.1:1"
