"""Mechanisms of carrying time, each with its counter-arm: what batch waits for, what a lost reply does,
what a recall leaves.

Twenty consultants, ten seeds in halves, time and expense only; all other faults of every day are off.
"""

from __future__ import annotations

from functools import cache

import pytest
from small_world import TIME, count, judged, model, month_end, ran, staged, value
from ten_seeds import HALVES

from measurements.run import Run
from pipeline.settings import Schedule
from scenarios.scenario import PlannedFault, SystemChange

DAYS = 20.0
"""Past BD+3, the last entity's time lock."""

STEADY = {"recalled_share": 0.0, "corrected_share": 0.0, "rejected_share": 0.0}
FICKLE = {"recalled_share": 0.3, "corrected_share": 0.2}
ERP_NIGHTS = tuple(
    PlannedFault(f"2026-05-0{day}T23:30-04:00", 8.0, "netsuite", "outage", {"mode": "refuse"}, None, "night")
    for day in range(1, 6)
)
"""Every night between the first cut-off and the last lock, sweeps and their repeats included."""
HOURLY = {"plain_poll_s": 3600.0}
"""Scripts poll every hour: their idle polls would be most of these runs."""


@cache
def batch(seed: int, every_min: float = 0.0, cut_offs: bool = True, nights: bool = False) -> Run:
    """Batch as shipped, or every so many minutes; without its cut-off runs; without an ERP at night.

    Nobody at the exception desk, who would carry by hand what no run could.
    """
    days = 13.0 if every_min else DAYS
    faults = ERP_NIGHTS if nights else ()
    play = staged(month_end(faults=faults), seed, workflows=[TIME], days=days, without=["shifts"])
    schedules = {TIME: Schedule(every_min=every_min)} if every_min else {}
    runs = play.cut_off_runs if cut_offs else ()
    return judged(ran(play, model(**{TIME: "batch"}), seed, schedules=schedules, cut_off_runs=runs))


@pytest.mark.slow
@HALVES
def test_daily_runs_make_time_wait_hours_and_runs_every_quarter_of_an_hour_do_not(seeds: range) -> None:
    for seed in seeds:
        daily, often = batch(seed), batch(seed, every_min=15.0)
        assert 3.0 < value(daily, "time_posted_h_p50") < 24.0
        assert 12.0 < value(daily, "time_posted_h_p95") < 25.0
        assert value(often, "time_posted_h_p50") < 0.25
        assert value(often, "time_posted_h_p95") < 0.35


@pytest.mark.slow
@HALVES
def test_cut_off_runs_carry_what_was_approved_by_the_cut_off_on_the_same_day(seeds: range) -> None:
    """The last entity's cut-off is 12:00 in Berlin on BD+1: 6.5 h before 12:30 HQ, 19 h before 01:00 HQ."""
    for seed in seeds:
        assert 6.4 < value(batch(seed), "drain_h") < 7.0
        assert 18.9 < value(batch(seed, cut_offs=False), "drain_h") < 19.5


@pytest.mark.slow
@HALVES
def test_without_cut_off_runs_an_erp_that_is_away_at_night_makes_hours_miss_the_close(seeds: range) -> None:
    missed = 0
    for seed in seeds:
        assert value(batch(seed, cut_offs=True, nights=True), "posted_before_close_pct") == 100.0
        assert value(batch(seed, cut_offs=False, nights=False), "posted_before_close_pct") == 100.0
        missed += value(batch(seed, cut_offs=False, nights=True), "posted_before_close_pct") < 100.0
    assert missed >= 0.8 * len(seeds)


@cache
def replies(seed: int, pattern: str, lost: float) -> Run:
    """Replies of the ERP are lost at this rate; everybody acts, so that posted cards are saved again."""
    days = 18.0 if pattern == "point-to-point" else 8.0
    scenario = month_end(firm=STEADY, systems={"netsuite": SystemChange(ambient={"lost_reply": lost})})
    return judged(ran(staged(scenario, seed, days=days), model(**{TIME: pattern}), seed, **HOURLY))


@pytest.mark.slow
@HALVES
@pytest.mark.parametrize("pattern", ["batch", "api", "event"])
def test_a_lost_reply_makes_no_second_record_where_writes_are_upserts(pattern: str, seeds: range) -> None:
    for seed in seeds:
        assert count(replies(seed, pattern, 0.05), "duplicated", "time", "expense") == 0
        assert count(replies(seed, pattern, 0.05), "lost", "time", "expense") == 0


@pytest.mark.slow
@HALVES
def test_a_lost_reply_doubles_and_loses_where_writes_are_plain_creates_and_never_retried(
    seeds: range,
) -> None:
    doubled = lost = 0
    for seed in seeds:
        struck, calm = replies(seed, "point-to-point", 0.05), replies(seed, "point-to-point", 0.0)
        doubled += count(struck, "duplicated", "time", "expense")
        lost += count(struck, "lost", "time", "expense") - count(calm, "lost", "time", "expense")
        assert count(calm, "duplicated", "time", "expense") == 0
    assert doubled > 0
    assert lost > 0


@cache
def recalls(seed: int, pattern: str, fickle: bool) -> Run:
    """Half of the cards are recalled or corrected, or none is."""
    scenario = month_end(firm=FICKLE if fickle else STEADY)
    play = staged(scenario, seed, workflows=[TIME], days=9.0)
    return judged(ran(play, model(**{TIME: pattern}), seed, **HOURLY))


@pytest.mark.slow
@HALVES
@pytest.mark.parametrize("pattern", ["batch", "api", "event"])
def test_a_recalled_card_is_reversed_and_its_new_version_posted_once(pattern: str, seeds: range) -> None:
    for seed in seeds:
        run = recalls(seed, pattern, fickle=True)
        assert run.audit["unauthorised"].get("time", 0) == 0
        assert run.audit["duplicated"].get("time", 0) == 0
        assert run.audit["wrong_amount"].get("time", 0) == 0


@pytest.mark.slow
@HALVES
def test_scripts_that_handle_no_recall_leave_what_nobody_approves_any_more(seeds: range) -> None:
    for seed in seeds:
        assert count(recalls(seed, "point-to-point", fickle=True), "unauthorised", "time") > 0
        assert count(recalls(seed, "point-to-point", fickle=False), "unauthorised", "time") == 0
