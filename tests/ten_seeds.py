"""Ten seeds for the tests of mechanisms: five in `make test`, the other five in `make check` besides."""

from __future__ import annotations

import pytest

HALVES = pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(1, 6), id="seeds 1 to 5"),
        pytest.param(range(6, 11), id="seeds 6 to 10", marks=pytest.mark.large),
    ],
)
"""What is claimed of every seed is claimed of each half, and a share of them of each half by itself."""
