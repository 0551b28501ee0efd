"""The business calendar: numbering, holidays by entity, cut-offs, locks and run times."""

from __future__ import annotations

from datetime import date

import pytest

from scenarios.calendar import Calendar, Place, around_period_end, business_day, plain
from scenarios.instants import seconds_of

NY = Place("America/New_York", "US")
BERLIN = Place("Europe/Berlin", "DE")
PLACES = {"US01": NY, "DE01": BERLIN}


def april(busy: bool = True) -> Calendar:
    return around_period_end("2026-04", NY, PLACES, busy)


def test_there_is_no_business_day_zero() -> None:
    with pytest.raises(ValueError, match="no BD0"):
        business_day("2026-04", 0, "US")


def test_business_days_are_counted_around_the_last_one_of_the_period() -> None:
    days = {number: business_day("2026-04", number, "US") for number in (-10, -1, 1, 15)}
    assert days == {-10: date(2026, 4, 17), -1: date(2026, 4, 30), 1: date(2026, 5, 1), 15: date(2026, 5, 21)}


def test_a_public_holiday_shifts_only_the_entity_that_has_it() -> None:
    calendar = april()
    assert calendar.bd(1, "US01") == date(2026, 5, 1)
    assert calendar.bd(1, "DE01") == date(2026, 5, 4)


def test_cut_offs_and_locks_are_in_the_entitys_zone() -> None:
    closes = {close.entity: close for close in april().closes}
    stamp = april().time.stamp
    assert stamp(closes["US01"].cut_off_s) == "2026-05-01T16:00:00.000Z"
    assert stamp(closes["DE01"].cut_off_s) == "2026-05-04T10:00:00.000Z"
    assert stamp(closes["US01"].time_lock_s) == "2026-05-05T22:00:00.000Z"
    assert stamp(closes["US01"].ledger_lock_s) == "2026-05-07T22:00:00.000Z"
    assert stamp(closes["DE01"].period_end_s) == "2026-04-30T22:00:00.000Z"


def test_the_run_starts_at_midnight_of_bd_minus_10_and_ends_after_bd_15() -> None:
    calendar = april()
    assert calendar.time.stamp(0.0) == "2026-04-17T04:00:00.000Z"
    assert calendar.time.stamp(calendar.end_s) == "2026-05-22T04:00:00.000Z"
    assert [calendar.time.stamp(at_s) for at_s in calendar.window_s] == [
        "2026-04-24T04:00:00.000Z",
        "2026-05-12T04:00:00.000Z",
    ]


def test_cut_off_runs_and_revenue_runs_are_at_headquarters() -> None:
    calendar = april()
    days = [calendar.time.stamp(at_s)[:16] for at_s in calendar.cut_off_runs]
    assert days[:3] == ["2026-04-30T16:30", "2026-04-30T20:00", "2026-05-01T16:30"]
    assert len(days) == 8
    runs = {name: calendar.time.stamp(at_s) for name, at_s in calendar.revenue_runs}
    assert runs == {"R2": "2026-05-05T00:00:00.000Z", "R4": "2026-05-07T00:00:00.000Z"}


def test_reports_are_read_at_eight_on_each_business_day_of_the_window() -> None:
    calendar = april()
    assert len(calendar.report_instants_s) == 12
    assert {calendar.time.stamp(at_s)[11:16] for at_s in calendar.report_instants_s} == {"12:00"}


def test_a_steady_month_has_the_same_instants_but_no_busy_days() -> None:
    busy, steady = april(True), april(False)
    assert steady.month_end_s is None
    assert busy.month_end_s == (busy.bd_at(-1, "00:00"), busy.bd_at(5, "00:00") + 86400.0)
    assert (steady.closes, steady.window_s, steady.end_s) == (busy.closes, busy.window_s, busy.end_s)


def test_the_period_before_is_closed_and_those_after_stay_open() -> None:
    locks = {(lock.entity, lock.period): lock for lock in april().locks}
    assert not locks["US01", "2026-03"].open
    assert (
        locks["US01", "2026-04"].time_lock_s
        == next(c for c in april().closes if c.entity == "US01").time_lock_s
    )
    assert locks["US01", "2026-05"].open
    assert locks["US01", "2026-05"].time_lock_s is None


def test_clocks_keep_their_local_hour_over_a_change_to_summer_time() -> None:
    march = around_period_end("2026-03", BERLIN, {"DE01": BERLIN}, True)
    assert march.time.stamp(march.bd_at(-3, "12:00"))[11:16] == "11:00"
    assert march.time.stamp(march.bd_at(-2, "12:00"))[11:16] == "10:00"


def test_a_plain_calendar_has_no_close_and_every_period_open() -> None:
    amsterdam = Place("Europe/Amsterdam", "NL")
    calendar = plain(date(2017, 1, 8), date(2017, 3, 1), amsterdam, {"NL01": amsterdam})
    assert calendar.closes == ()
    assert [lock.period for lock in calendar.locks] == ["2017-01", "2017-02", "2017-03", "2017-04"]
    assert all(lock.open for lock in calendar.locks)


def test_instants_may_be_numbered_days_or_iso() -> None:
    calendar = april()
    assert seconds_of("BD-1 14:00", calendar) == calendar.bd_at(-1, "14:00")
    assert seconds_of("BD+1 14:00 DE01", calendar) == calendar.bd_at(1, "14:00", "DE01")
    assert seconds_of("2026-04-30T18:00:00Z", calendar) == seconds_of("BD-1 14:00", calendar)


@pytest.mark.parametrize(
    "text", ["BD0 14:00", "BD+0 14:00", "BD-1 25:00", "noon", "2026-04-30T18:00:00", "BD-1 14:00 XX99"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        seconds_of(text, april())
