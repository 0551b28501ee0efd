"""How the error of a comparison is spent over its looks: little at first, most of it at the last one.

    spent(t) = 2 (1 − Φ(z(1 − α/2) ÷ √t)),   t = replications at the look ÷ the most that may be run

Lan and DeMets' spending function of the O'Brien–Fleming type, in the form that spends α as a whole. Often a
two-sided α is spent as twice α/2, which leaves less to the early looks (0.0008 instead of 0.0019 at two
fifths). Either keeps the bound, since both answers share the one α here. The share of a look is the
difference of two neighbours, so that all looks together never spend more than α, however the looks depend on
one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

ALPHA = 0.05
LOOKS = (5, 7, 10, 14, 20)
"""When it is looked at the runs unless asked otherwise; replications."""
FURTHER_LOOKS = (28, 40)
"""Where more than the last of LOOKS are asked for."""

_NORMAL = NormalDist()


def spent(fraction: float, alpha: float = ALPHA) -> float:
    """What may have been spent of `alpha` once this fraction of all replications has been seen.

    Raises ValueError for a fraction outside 0 … 1.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(f"a fraction of {fraction}")
    if fraction == 0.0:
        return 0.0
    return 2.0 * _NORMAL.cdf(_NORMAL.inv_cdf(alpha / 2.0) / sqrt(fraction))


def shares(looks: Sequence[int], alpha: float = ALPHA) -> list[float]:
    """What each look may spend; they sum to `alpha`. Raises ValueError unless looks increase from 1 on."""
    if not looks or looks[0] < 1 or any(a >= b for a, b in pairwise(looks)):
        raise ValueError(f"looks at {list(looks)}")
    upto = [0.0, *(spent(look / looks[-1], alpha) for look in looks)]
    return [later - earlier for earlier, later in pairwise(upto)]


def looks_until(most: int) -> tuple[int, ...]:
    """The looks of a comparison that runs at most so many replications; the last look is at `most`."""
    return (*(look for look in (*LOOKS, *FURTHER_LOOKS) if look < most), most)
