"""The statistics of a comparison, against figures computed elsewhere or by hand."""

from __future__ import annotations

import pytest

from kernel.luck import luck
from reports.statistics import holm, mean_interval, no_difference_share, paired_difference, round9, verdict


def _normal(seed: int, count: int) -> list[float]:
    # Twelve uniform draws less six: near enough to a normal, and no library's.
    return [sum(luck(seed, "normal", f"{n}|{k}") for k in range(12)) - 6.0 for n in range(count)]


def test_a_t_interval_of_four_values() -> None:
    # mean 2.5, s = 1.290994, t(3; 0.975) = 3.182446: half width 2.054260
    found = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert found.mean == 2.5
    assert (found.low, found.high) == (pytest.approx(0.445740, abs=1e-6), pytest.approx(4.554260, abs=1e-6))
    assert found.p == pytest.approx(0.030466, abs=1e-5)


def test_zero_variance_has_no_interval_and_proves_nothing_before_ten_values() -> None:
    assert mean_interval([3.0] * 10)[1:] == (None, None, 0.0)
    assert mean_interval([3.0] * 9)[1:] == (None, None, 1.0)
    assert mean_interval([0.0, 0.0])[1:] == (None, None, 1.0)
    assert mean_interval([3.0])[1:] == (None, None, 1.0)
    with pytest.raises(ValueError, match="no values"):
        mean_interval([])


def test_pairing_removes_what_both_share() -> None:
    pair = paired_difference([11.0, 21.0, 31.5], [10.0, 20.0, 30.0])
    assert pair.mean == pytest.approx(3.5 / 3)
    assert pair.high is not None
    assert pair.high - pair.mean < 1.0


@pytest.mark.parametrize(
    ("ps", "corrected"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.001], [0.001]),
        ([], []),
        ([0.02, 0.01], [0.02, 0.02]),
    ],
)
def test_holm_steps_down_and_never_decreases(ps: list[float], corrected: list[float]) -> None:
    assert holm(ps) == pytest.approx(corrected)


@pytest.mark.parametrize(
    ("values", "margin", "better", "word"),
    [
        ([10.0, 10.1, 9.9], 4.0, "low", "worse"),
        ([10.0, 10.1, 9.9], 4.0, "high", "better"),
        ([-10.0, -10.1, -9.9], 4.0, "high", "worse"),
        ([3.0, 3.1, 2.9], 4.0, "low", "~"),
        ([5.0, 6.0, 4.0], 4.0, "low", "inconclusive"),
        ([-30.0, 50.0, 10.0], 4.0, "low", "~"),
        ([7.0] * 10, 4.0, "low", "worse"),
        ([7.0] * 9, 4.0, "low", "~"),
    ],
)
def test_the_verdict_weighs_chance_and_the_practical_margin(
    values: list[float], margin: float, better: str, word: str
) -> None:
    pair = mean_interval(values)
    assert verdict(pair, pair.p, margin, better) == word  # type: ignore[arg-type]  # a literal from the table


def test_a_model_compared_with_itself_shows_no_difference_in_93_to_97_per_cent_of_splits() -> None:
    assert 0.93 <= no_difference_share(_normal(3, 60), splits=1000, seed=1) <= 0.97


def test_the_check_notices_a_bank_that_is_none() -> None:
    # Two models mixed up by their order: a paired comparison that does not shuffle always finds them.
    bank = [*_normal(3, 30), *(value + 3 for value in _normal(4, 30))]
    assert paired_difference(bank[:30], bank[30:]).p < 0.05


def test_intervals_cover_the_truth_in_93_to_97_per_cent_of_experiments() -> None:
    draws = _normal(5, 10_000)
    found = [mean_interval(draws[start : start + 10]) for start in range(0, 10_000, 10)]
    covered = sum(one.low <= 0 <= one.high for one in found if one.low is not None and one.high is not None)
    assert 0.93 <= covered / len(found) <= 0.97


def test_figures_are_rounded_to_nine_significant_digits() -> None:
    assert [round9(value) for value in (1 / 3, 123456789.123, 0.0)] == [0.333333333, 123456789.0, 0.0]
