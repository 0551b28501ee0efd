"""Where the time went: each item's life cut into stages that sum to it."""

from __future__ import annotations

import math

import pytest
from facts_data import END_S, H, commitment, effect, observed
from hypothesis import given
from hypothesis import strategies as st
from report_data import experiment

from measurements.facts import Books, Problem
from measurements.observed import TrailStep
from measurements.run import STAGES
from measurements.stages import cut, stages
from measurements.view import view
from reports.findings import find
from reports.lifetimes import longest, stage_groups

IN = 130.0


def _step(flow: str, key: str, what: str, at_h: float, version: int = 1) -> TrailStep:
    return TrailStep(flow, key, version, what, at_h * H)


def _problem(flow: str, key: str, opened_h: float, closed_h: float | None, version: int = 1) -> Problem:
    closed_s = None if closed_h is None else closed_h * H
    return Problem(flow, key, version, "validation", "", "owner", opened_h * H, closed_s, 0, 0.0)


def _stages(books: Books, *trail: TrailStep) -> dict[str, float]:
    """The stages of the one flow of these books, those that took no time left out."""
    [found] = stages(view(observed(books, trail=trail))).values()
    return {stage: hours for stage, hours in found.items() if hours}


def _expense(*problems: Problem, posted_h: float | None = 146) -> Books:
    effects = () if posted_h is None else (effect("expense", "E1", posted_h),)
    return Books((commitment("expense", "E1", IN),), effects, problems)


def test_an_open_exception_of_the_item_is_rework_whatever_stage_it_covers() -> None:
    trail = [_step("expense", "E1", what, at_h) for what, at_h in (("taken", 138), ("sent", 145))]
    found = _stages(_expense(_problem("expense", "E1", 140, 143)), *trail)
    assert found == {
        "schedule wait": 8.0,
        "throttle and queue": 4.0,
        "processing": 1.0,
        "exception rework": 3.0,
    }


def test_the_rework_of_a_project_is_its_own_though_the_record_names_the_deals_version() -> None:
    """A project is one item whatever the version of its deal; what is refused is version 1, what passes 2."""
    rows = (commitment("project", "O1", IN), commitment("project", "O1", IN + 20, version=2))
    effects = (
        effect("project", "O1", IN + 21, part="erp", version=2),
        effect("project", "O1", IN + 21, part="psa", system="salesforce", version=2),
    )
    books = Books(rows, effects, (_problem("project", "O1", IN + 1, IN + 21),))
    trail = [_step("project", "O1", what, IN + h, 0) for what, h in (("taken", 1), ("sent", 21))]
    assert _stages(books, *trail) == {"schedule wait": 1.0, "exception rework": 20.0}


def test_what_is_open_on_another_version_of_a_document_is_not_its_rework() -> None:
    books = _expense(_problem("expense", "E1", 131, 145, version=2))
    assert _stages(books, _step("expense", "E1", "taken", 146)) == {"schedule wait": 16.0}


def test_what_holds_up_a_newer_state_holds_up_the_older_one_too() -> None:
    rows = [commitment("control", "P1:X1", IN + n, version=1 + n) for n in range(2)]
    books = Books(
        tuple(rows),
        (effect("control", "P1:X1", IN + 9, version=2),),
        (_problem("control", "P1:X1", IN + 2, IN + 9, 2),),
    )
    found = stages(view(observed(books, trail=[_step("control", "P1:X1", "taken", IN + 2)])))
    assert found["control"]["exception rework"] == 7.0


def test_a_refusal_that_only_the_records_owner_sees_is_rework_until_the_next_write() -> None:
    trail = [
        _step("expense", "E1", what, at_h)
        for what, at_h in (("taken", 131), ("returned", 131), ("sent", 145))
    ]
    assert _stages(_expense(), *trail) == {"schedule wait": 1.0, "exception rework": 14.0, "processing": 1.0}


def test_a_refused_stream_is_rework_of_what_waits_to_be_taken() -> None:
    trail = [_step("expense", "E1", what, at_h) for what, at_h in (("taken", 140), ("sent", 146))]
    stream = _problem("expense", "expense reports", 132, 144, version=0)
    found = _stages(_expense(stream._replace(source="salesforce", keys="E*")), *trail)
    assert found == {"schedule wait": 2.0, "exception rework": 8.0, "throttle and queue": 6.0}
    other = _stages(_expense(stream._replace(source="salesforce", keys="T*")), *trail)
    assert other == {"schedule wait": 10.0, "throttle and queue": 6.0}


def test_the_age_of_what_was_never_finished_is_no_wait_for_a_schedule() -> None:
    assert _stages(_expense(posted_h=None), _step("expense", "E2", "taken", 140)) == {
        "unfinished": END_S / H - IN
    }


_STEP = st.tuples(st.sampled_from(("taken", "sent", "refused", "returned", "confirmed")), st.floats(100, 300))
_OPEN = st.tuples(st.floats(100, 300), st.none() | st.floats(100, 300), st.integers(0, 2))


@given(st.none() | st.floats(0, 100), st.lists(_STEP, max_size=8), st.lists(_OPEN, max_size=4))
def test_the_stages_of_an_item_sum_to_its_time(
    took_h: float | None,
    told: list[tuple[str, float]],
    opened: list[tuple[float, float | None, int]],
) -> None:
    problems = [
        _problem("expense", "E1", first, None if last is None else max(first, last), version)
        for first, last, version in opened
    ]
    seen = view(observed(_expense(*problems, posted_h=None if took_h is None else IN + took_h)))
    [item] = seen.items["expense"]
    hours = cut(seen, item, [_step("expense", "E1", what, at_h) for what, at_h in told])
    age_h = END_S / H - IN if took_h is None else took_h
    assert tuple(hours) == STAGES
    assert min(hours.values()) >= -1e-9
    assert math.fsum(hours.values()) == pytest.approx(age_h, abs=1e-9)


def test_the_page_writes_each_stage_in_the_unit_that_fits_and_their_sum() -> None:
    whole = find(experiment(2))
    group = next(one for one in stage_groups(whole) if one.title == "Approved timecard to posted")
    api = list(whole.estimates).index("api")
    told = {row.label: row.cells[api].text for row in group.rows}
    assert told == {
        "People": "3.0 h",
        "Schedule wait": "6.0 min",
        "Processing": "12 min",
        "Together": "3.3 h",
    }
    assert longest(whole.experiment, "batch", "time") == ("schedule wait", 8.0)
    assert longest(whole.experiment, "batch", "control") is None
