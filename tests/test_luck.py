"""Keyed luck: what its distributions are at their edges."""

from __future__ import annotations

import pytest
from scipy.stats import poisson as exact

from kernel.luck import poisson


@pytest.mark.parametrize("mean", [3.0, 400.0, 600.0, 5_000.0])
@pytest.mark.parametrize("u", [0.001, 0.5, 0.999])
def test_counts_are_poisson_whether_their_mean_is_small_or_large(mean: float, u: float) -> None:
    assert poisson(u, mean) == pytest.approx(float(exact.ppf(u, mean)), abs=2)
