"""A/A: halves of one bank of runs differ by chance only, and the comparison must say so 95 times in 100."""

from __future__ import annotations

from functools import cache
from statistics import stdev

import pytest
from small_world import TIME, judged, model, month_end, ran, staged, value

from measurements.run import Run
from reports.statistics import ALPHA, no_difference_share, paired_difference

RUNS = 60
SPLITS = 1000


@cache
def bank() -> tuple[Run, ...]:
    """Sixty runs of a firm of twenty consultants, faults of every day on."""
    carried, scenario = model(**{TIME: "batch"}), month_end(ambient=None)
    return tuple(
        judged(ran(staged(scenario, seed, workflows=[TIME], days=13.0), carried, seed))
        for seed in range(1, RUNS + 1)
    )


@pytest.mark.large
@pytest.mark.parametrize("kpi", ["time_posted_h_p50", "time_posted_h_p95", "api_calls"])
def test_a_model_compared_with_itself_shows_no_difference_in_about_95_of_100_splits(kpi: str) -> None:
    values = [value(run, kpi) for run in bank()]
    assert len(set(values)) > RUNS // 2, "a bank without variance would prove nothing"
    assert 0.93 <= no_difference_share(values, SPLITS, 1) <= 0.97


@pytest.mark.large
def test_the_same_comparison_sees_a_difference_that_is_there() -> None:
    """Counter-arm: one half of the bank, later by its own standard deviation."""
    values = [value(run, "time_posted_h_p50") for run in bank()]
    shifted = [one + stdev(values) for one in values[1::2]]
    assert paired_difference(values[::2], values[1::2]).p >= ALPHA
    assert paired_difference(values[::2], shifted).p < ALPHA
