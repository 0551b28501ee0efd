"""How far two samples or trajectories are from each other."""

from __future__ import annotations

from measurements.items import Item
from validation.distances import (
    backlog,
    ks_distance,
    peak_s,
    relative,
    trajectory_error,
    wasserstein_over_mean,
)
from validation.reading import Span


def test_an_error_is_signed_and_above_0_where_the_simulation_tells_more() -> None:
    assert relative(100.0, 110.0) == 0.10
    assert relative(100.0, 90.0) == -0.10
    assert relative(0.0, 0.0) == 0.0
    assert relative(0.0, 1.0) is None


def test_two_samples_without_a_common_value_are_1_apart_and_equal_ones_0() -> None:
    assert ks_distance([1.0, 2.0], [3.0, 4.0]) == 1.0
    assert ks_distance([1.0, 2.0], [2.0, 1.0]) == 0.0
    assert ks_distance([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 9.0]) == 0.25
    assert ks_distance([], [1.0]) is None


def test_a_shift_by_a_tenth_of_the_mean_is_a_tenth_of_wasserstein() -> None:
    live = [10.0, 20.0, 30.0]
    assert wasserstein_over_mean(live, [value + 2.0 for value in live]) == 0.10
    assert wasserstein_over_mean(live, []) is None


def test_a_backlog_counts_what_has_started_and_not_finished_at_the_end_of_each_bin() -> None:
    span = Span(600.0, 1800.0, 1800.0)
    items = [_item(0.0, 700.0), _item(650.0, None), _item(1000.0, 1100.0)]
    assert backlog(items, span) == [1, 1, 1, 1, 1]
    assert backlog([_item(700.0, 1000.0)], span) == [0, 1, 0, 0, 0]


def test_a_trajectory_is_compared_with_the_mean_of_the_live_one() -> None:
    assert trajectory_error([2.0, 2.0, 4.0, 0.0], [2.0, 4.0, 4.0, 0.0]) == 0.25
    assert trajectory_error([0.0, 0.0], [0.0, 0.0]) == 0.0
    assert trajectory_error([0.0, 0.0], [1.0, 0.0]) is None


def test_a_peak_is_the_first_bin_in_which_most_wait() -> None:
    assert peak_s([0.0, 3.0, 1.0, 3.0]) == 300.0
    assert peak_s([]) == 0.0


def _item(starts_s: float, finished_s: float | None) -> Item:
    return Item("time", f"{starts_s}", 1, "US01", starts_s, finished_s)
