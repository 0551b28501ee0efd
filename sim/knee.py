"""The knee: the head count up to which a model keeps its service levels, and what broke first beyond it.

    double until something fails ──> bisect between the last PASS and the first FAIL ──> what is sure

A step that is INCONCLUSIVE narrows nothing: the interval lies around it. That more people never heal what
fewer broke is assumed (they load the same limits); the page of a comparison at two head counts shows it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Word = Literal["PASS", "FAIL", "INCONCLUSIVE"]

NARROW = 1.1
"""The interval is narrow enough where its ends differ by this factor: no head count is exacter."""


@dataclass(frozen=True, slots=True)
class Knee:
    """`passed` is the largest head count that passed (0 = none), `failed` the smallest that failed (None =
    none up to the most). `steps` are all that were tried, in their order, with their verdicts.
    """

    passed: int
    failed: int | None
    steps: list[tuple[int, Word]] = field(default_factory=list)


def search(verdict_at: Callable[[int], Word], first: int, most: int) -> Knee:
    """Ask for verdicts from `first` people on, up to `most`, each head count once."""
    steps: list[tuple[int, Word]] = []

    def tried(count: int) -> Word:
        word = verdict_at(count)
        steps.append((count, word))
        return word

    passed, failed = _bracket(tried, first, most)
    while failed is not None and (middle := _between(passed, failed, steps)) is not None:
        word = tried(middle)
        if word == "PASS":
            passed = middle
        elif word == "FAIL":
            failed = middle
    return Knee(passed, failed, steps)


def _bracket(tried: Callable[[int], Word], first: int, most: int) -> tuple[int, int | None]:
    """Double from `first` until something fails; halve where already the first does."""
    passed, count = 0, min(first, most)
    while True:
        word = tried(count)
        if word == "FAIL":
            break
        if word == "PASS":
            passed = count
        if count >= most:
            return passed, None
        count = min(2 * count, most)
    failed = count
    while not passed and failed > 1:
        word = tried(failed // 2)
        if word != "FAIL":
            return (failed // 2 if word == "PASS" else 0), failed
        failed //= 2
    return passed, failed


def _between(passed: int, failed: int, steps: list[tuple[int, Word]]) -> int | None:
    """The next head count to try, the geometric middle; None where it is narrow, or was open before."""
    if not passed or failed - passed <= 1 or failed / passed <= NARROW:
        return None
    middle = min(max(round(math.sqrt(passed * failed)), passed + 1), failed - 1)
    return None if any(count == middle for count, _ in steps) else middle
