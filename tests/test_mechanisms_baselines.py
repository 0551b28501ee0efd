"""The baselines fail as they are said to: scripts lose or double on a bad day, clerks mistype at their rates.

Twenty consultants, ten seeds; the counter-arm is the same people without faults, or with a pipeline.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import pytest
from small_world import FAULTLESS, TIME, count, judged, model, month_end, ran, staged
from ten_seeds import HALVES

from measurements.run import Run
from scenarios import firm_file
from scenarios.people.keying import BUSY, CAUGHT, ROW_SHARE, TRAINED
from scenarios.play import stage

SEEDS = range(1, 11)
STEADY = {"recalled_share": 0.0, "corrected_share": 0.0, "rejected_share": 0.0}


@cache
def scripts(seed: int, scenario: str, daily_faults: bool) -> Run:
    """Time by point-to-point scripts, which poll every hour here; everybody acts."""
    told = month_end(name=scenario, firm=STEADY, ambient=None if daily_faults else FAULTLESS)
    play = staged(told, seed, days=18.0)
    return judged(ran(play, model(**{TIME: "point-to-point"}), seed, plain_poll_s=3600.0))


@pytest.mark.slow
@HALVES
def test_on_a_bad_day_scripts_lose_or_double(seeds: range) -> None:
    """Of time: a report that violates policy is lost to their log on any day."""
    for seed in seeds:
        bad, calm = scripts(seed, "bad-day", True), scripts(seed, "month-end", False)
        assert count(bad, "lost", "time") + count(bad, "duplicated", "time") > 0
        assert count(calm, "lost", "time") + count(calm, "duplicated", "time") == 0


@cache
def keyed(seed: int, pattern: str) -> Run:
    """Time keyed by clerks, or carried by a pipeline; without ambient faults, recalls and corrections."""
    play = stage(month_end(firm=STEADY), firm_file.load(None, 20), seed)
    return judged(ran(play, model(**{TIME: pattern}), seed))


@pytest.mark.slow
def test_clerks_double_rows_at_the_rate_of_their_fingers_and_a_pipeline_does_not() -> None:
    """A row is doubled with half the chance of a slip that stays: 0.3 % trained, 1 % busy (three errors)."""
    rows = sum(keyed(seed, "manual").identity[TIME].effected for seed in SEEDS)
    doubled = sum(count(keyed(seed, "manual"), "duplicated", "time") for seed in SEEDS)
    least, most = (share * (1.0 - CAUGHT) * ROW_SHARE for share in (TRAINED, BUSY))
    assert least - 3.0 * sqrt(least / rows) <= doubled / rows <= most + 3.0 * sqrt(most / rows)
    assert all(count(keyed(seed, "batch"), "duplicated", "time") == 0 for seed in SEEDS)


@pytest.mark.slow
def test_clerks_mistype_hours_and_a_pipeline_does_not() -> None:
    """One field of a row decides its hours; a slip in another one misleads or loses it."""
    rows = sum(keyed(seed, "manual").identity[TIME].effected for seed in SEEDS)
    wrong = sum(count(keyed(seed, "manual"), "wrong_amount", "time") for seed in SEEDS)
    least, most = (share * (1.0 - CAUGHT) for share in (TRAINED, BUSY))
    assert least - 3.0 * sqrt(least / rows) <= wrong / rows <= 2.0 * most + 3.0 * sqrt(most / rows)
    assert all(count(keyed(seed, "batch"), "wrong_amount", "time") == 0 for seed in SEEDS)
