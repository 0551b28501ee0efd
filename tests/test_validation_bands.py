"""The band of the twins: it holds what is one more draw of the same, as often as it says."""

from __future__ import annotations

from math import exp
from statistics import NormalDist

import pytest

from kernel.luck import luck
from validation.bands import apart, band, farthest, mean_of


def test_three_more_draws_lie_in_the_band_of_twenty_in_95_of_100_cases() -> None:
    held = 0
    for trial in range(1_000):
        draws = [_lognormal(f"{trial} {place}") for place in range(23)]
        wanted = band(draws[:20], together=3)
        held += all(map(wanted.holds, draws[20:]))
    assert 0.94 <= held / 1_000 <= 0.98


def test_twice_the_value_is_outside_a_band_of_a_narrow_spread() -> None:
    twins = [100.0 + place for place in range(20)]
    wanted = band(twins, together=3)
    assert wanted.holds(110.0)
    assert not wanted.holds(220.0)


def test_no_band_is_narrower_than_its_margin_and_what_a_live_clock_can_tell() -> None:
    assert band([100.0] * 20, 3, margin=0.10).holds(109.9)
    assert not band([100.0] * 20, 3, margin=0.10).holds(110.1)
    assert band([100.0] * 20, 3, resolution=0.5).holds(100.4)


def test_twins_that_finish_at_once_still_have_a_band() -> None:
    wanted = band([0.0] * 10 + [1.0] * 10, together=3)
    assert wanted.low < 0.0
    assert wanted.high > 1.0


def test_one_twin_has_no_band() -> None:
    with pytest.raises(ValueError, match="two twins"):
        band([1.0], together=1)


def test_a_trajectory_like_the_others_is_near_enough_and_a_doubled_one_is_not() -> None:
    shapes = [[10.0 + (place + hour) % 3 for hour in range(12)] for place in range(20)]
    wanted = farthest(apart(shapes), together=3)
    assert wanted.holds(apart([*shapes[:19], shapes[0]])[-1])
    middle = mean_of(shapes)
    assert not wanted.holds(apart([*shapes, [2.0 * value for value in middle]])[-1])


def _lognormal(key: str) -> float:
    return exp(0.5 * NormalDist().inv_cdf(luck(1, "band", key)))
