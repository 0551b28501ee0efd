"""When a comparison may stop: looks at growing numbers of replications, with one error spent over all.

A claim asks one question: is `behind` worse than `ahead` on a KPI by more than the margin? Its answer is
tested by the mean excess over the margin, two-sided, since both answers can be wrong, by the less sure of
Student's t and its form for skew (`reports/skewness.py`):

    excess = (how much worse `behind` is) − margin      behind: excess > 0      within: excess < 0

At a look, Holm's step-down shares that look's part of the error over all claims that are still open. So the
chance of any wrong answer, in all claims and looks together, is at most α (`reports/spending.py`). An answer
once given stays. "Behind" may be said from the first look on; "within" from ten replications on, for a spread
told from five is too unsure to prove that nothing is there. Without any spread nothing can be tested: what
was the same in all of ten or more replications is decided, and said to be that.

The bound holds for differences that are near normal. A rare disaster that no replication has met is seen by
no rule (DESIGN.md tells how often it goes wrong).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reports.skewness import Sample, sample
from reports.spending import ALPHA, shares, spent
from reports.statistics import CONSTANT_FROM, mostly_bounded

LEVEL_FROM = 10
"""From so many replications on "level" may be said."""
FEWEST = 5
"""Below so many values nothing is decided."""
_FARTHEST = 400
"""A comparison that needed more replications than this is said to be too close to tell."""

Status = Literal["behind", "within", "open"]


class Claim(NamedTuple):
    """That model `behind` is worse than model `ahead` on one KPI by more than the margin."""

    behind: str
    ahead: str
    kpi: str

    @property
    def reverse(self) -> Claim:
        """The same of the two models the other way round."""
        return Claim(self.ahead, self.behind, self.kpi)


@dataclass(frozen=True, slots=True)
class Evidence:
    """By replication, how much worse one model was than another, less the margin.

    None where one of them had nothing due. Lower bounds cannot prove everything: too many `loose_behind`,
    places where only a bound of the better model is known, prove no "behind"; `loose_within`, the same of the
    worse model, no "within".
    """

    excess: Sequence[float | None]
    loose_behind: frozenset[int] = frozenset()
    loose_within: frozenset[int] = frozenset()

    def proves(self, status: Status, look: int) -> bool:
        """Whether the first replications up to a look may prove this."""
        loose = self.loose_behind if status == "behind" else self.loose_within
        return not mostly_bounded(sum(place < look for place in loose), look)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a claim: when, and by what.

    `at` counts replications: of the look that decided, or seen so far; in `values` of them both had something
    due. `low` and `high` bound the mean excess at the level tested (None without variance; all None where
    nothing was due): beyond 0 on one side where it is decided. `spent` is how much of the error had been
    spent then. `more` estimates how many further replications an open claim needs; None where it is too close
    to tell, or decided.
    """

    status: Status
    at: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    spent: float = 0.0
    more: int | None = None
    values: int = 0


class _Test(NamedTuple):
    """One claim at one look: what was seen, and the p of "exactly at the margin"."""

    p: float
    seen: Sample

    @property
    def status(self) -> Status:
        return "behind" if self.seen.mean > 0 else "within"


def decide(
    claims: Mapping[Claim, Evidence], looks: Sequence[int], alpha: float = ALPHA
) -> dict[Claim, Decision]:
    """What the evidence decides, look by look, as far as it reaches; claims without evidence stay open."""
    decided: dict[Claim, Decision] = {}
    for look, share in zip(looks, shares(looks, alpha), strict=True):
        still = {claim: _tested(evidence, look) for claim, evidence in claims.items() if claim not in decided}
        tests = {claim: test for claim, test in still.items() if test is not None}
        total = spent(look / looks[-1], alpha)
        for claim, test, level in _rejected(tests, share, len(still)):
            if claim in decided:
                continue
            decided[claim] = _decision(test.status, look, test.seen, level, total)
            if test.status == "behind" and claims.get(claim.reverse) and claim.reverse not in decided:
                # Who leads is not behind: that follows, and needs no test of its own.
                decided[claim.reverse] = _implied(claims[claim.reverse], look, level, total)
    last = shares(looks, alpha)[-1] / max(1, len(claims) - len(decided))
    return {claim: decided.get(claim) or _open(claims[claim], looks, last, alpha) for claim in claims}


def _tested(evidence: Evidence, look: int) -> _Test | None:
    """The test of the first replications up to the look; None where they are not all there.

    What may not be told yet, or not by such evidence, is no rejection: its p is 1.
    """
    if len(evidence.excess) < look:
        return None
    values = [value for value in evidence.excess[:look] if value is not None]
    if not values:
        return None
    test = _test(values)
    sayable = evidence.proves(test.status, look) and len(values) >= FEWEST
    if test.status == "within":
        sayable = sayable and len(values) >= LEVEL_FROM
    return test if sayable else test._replace(p=1.0)


def _test(values: Sequence[float]) -> _Test:
    seen = sample(values)
    constant = seen.mean and not seen.deviation and seen.count >= CONSTANT_FROM
    return _Test(0.0 if constant else seen.p, seen)


def _rejected(tests: Mapping[Claim, _Test], share: float, family: int) -> list[tuple[Claim, _Test, float]]:
    """Holm's step-down: claims that this look decides, surest first, with the level each was tested at."""
    found: list[tuple[Claim, _Test, float]] = []
    for rank, claim in enumerate(sorted(tests, key=lambda claim: tests[claim].p)):
        level = share / (family - rank)
        if tests[claim].p > level:
            break
        found.append((claim, tests[claim], level))
    return found


def _implied(evidence: Evidence, look: int, level: float, total: float) -> Decision:
    seen = sample([value for value in evidence.excess[:look] if value is not None])
    return _decision("within", look, seen, level, total)


def _decision(status: Status, look: int, seen: Sample, level: float, total: float) -> Decision:
    return Decision(status, look, seen.mean, *_bounds(seen, level), total, values=seen.count)


def _bounds(seen: Sample, level: float) -> tuple[float | None, float | None]:
    return seen.bounds(level) if seen.deviation else (None, None)


def _open(evidence: Evidence, looks: Sequence[int], level: float, alpha: float) -> Decision:
    values = [value for value in evidence.excess if value is not None]
    often = len(evidence.excess)
    if not values:
        return Decision("open", often)
    seen = sample(values)
    reached = max((spent(look / looks[-1], alpha) for look in looks if look <= often), default=0.0)
    more = _more(seen, level)
    if more is not None and (seen.mean < 0 or not seen.deviation):
        # "Within" needs ten values, as all that never varies does, and not every replication gives one.
        least = LEVEL_FROM if seen.mean < 0 else CONSTANT_FROM
        more = max(more, math.ceil((least - seen.count) * often / seen.count))
    return Decision("open", often, seen.mean, *_bounds(seen, level), reached, more, seen.count)


def _more(seen: Sample, level: float) -> int | None:
    """How many further replications would do, if mean, spread and skew stayed as they are."""
    if not seen.mean:
        return None
    if not seen.deviation:
        return 1
    for count in range(max(seen.count + 1, FEWEST), _FARTHEST):
        low, high = seen.bounds(level, count)
        if low > 0 or high < 0:
            return count - seen.count
    return None
