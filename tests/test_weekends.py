"""Weekends are each country's own, wherever a working day counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mocks.background import Background
from scenarios import catalogue
from scenarios.calendar import business_day, first_weekday, is_business_day, weekend
from scenarios.firm import Firm, LegalEntity
from scenarios.play import Play, stage

RIYADH = LegalEntity("SA01", "Firm Ltd.", "EMEA", 0.5, "SAR", "Asia/Riyadh", "SA", "0.2667", 1.0)
BOSTON = LegalEntity("US01", "Firm Inc.", "Americas", 0.5, "USD", "America/New_York", "US", "1", 1.0)


@pytest.fixture(scope="module")
def play() -> Play:
    firm = replace(Firm(), consultants=20, entities=(RIYADH, BOSTON), hq_zone="Asia/Riyadh", hq_country="SA")
    return stage(catalogue.load("month-end"), firm, 1)


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("SA", "2026-04-24", False),
        ("SA", "2026-04-26", True),
        ("CN", "2026-05-09", True),
        ("IR", "2026-04-25", True),
        ("IR", "2026-04-24", False),
        ("DE", "2026-05-01", False),
        ("DE", "2026-05-02", False),
        ("AE", "2019-04-26", False),
        ("AE", "2026-04-24", True),
    ],
)
def test_a_business_day_is_the_countrys_own(country: str, day: str, works: bool) -> None:
    assert is_business_day(date.fromisoformat(day), country) is works


def test_numbered_days_follow_the_weekend() -> None:
    assert business_day("2026-04", 1, "SA") == date(2026, 5, 3)
    assert business_day("2026-04", 1, "US") == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("country", "closed", "first"),
    [("DE", {5, 6}, 0), ("SA", {4, 5}, 6), ("IR", {4}, 5), ("BN", {4, 6}, 0), ("NP", {5, 6}, 0)],
)
def test_a_week_begins_after_its_weekend(country: str, closed: set[int], first: int) -> None:
    assert weekend(country, 2026) == closed
    assert first_weekday(country, 2026) == first


def test_nobody_works_on_their_own_weekend_and_sundays_hold_hours_in_riyadh(play: Play) -> None:
    worked = {"SA01": Counter[int](), "US01": Counter[int]()}
    for week in play.workload.weeks:
        for card in week.cards:
            worked[card.entity].update(n for n, hours in enumerate(card.hours_centi) if hours)
    assert set(worked["SA01"]) == {0, 1, 2, 3, 6}
    assert set(worked["US01"]) == {0, 1, 2, 3, 4}


def test_desk_finance_and_approvers_keep_the_week_of_their_place(play: Play) -> None:
    zone = "Asia/Riyadh"
    shifts = {play.time.local_date(shift.from_s, zone) for shift in play.workload.shifts}
    finance = {play.time.local_date(sitting.at_s, zone) for sitting in play.workload.finance_sittings}
    for days in (shifts, finance):
        assert {day.weekday() for day in days} == {0, 1, 2, 3, 6}


def test_most_weeks_are_submitted_on_the_last_day_that_is_worked(play: Play) -> None:
    """The week is the system's, Monday to Sunday: in Riyadh its last working day is Sunday."""
    submitted = {"Asia/Riyadh": Counter[int](), "America/New_York": Counter[int]()}
    for week in play.workload.weeks:
        if week.submit_at_s > 86400.0:
            submitted[week.zone][play.time.local_date(week.submit_at_s, week.zone).weekday()] += 1
    assert submitted["Asia/Riyadh"].most_common(1)[0][0] == 6
    assert submitted["America/New_York"].most_common(1)[0][0] == 4


def test_other_integrations_rest_on_headquarters_weekend(play: Play) -> None:
    assert play.landscape.weekend == {4, 5}
    use = Background(play.time, "UTC", None, weekend=play.landscape.weekend).quota(1000.0, 0.5, 86400.0)
    start = play.calendar.first_day
    by_day = {(start + timedelta(days=n)).weekday(): use(86400.0 * (n + 1)) for n in range(7)}
    assert sorted(by_day, key=by_day.__getitem__)[:2] in ([4, 5], [5, 4])
