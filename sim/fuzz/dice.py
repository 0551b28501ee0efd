"""The luck of one world: each draw keyed by what it is for, so that a new draw moves no other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from kernel.luck import luck, pick, weighted

T = TypeVar("T")

_DIGITS = 3
"""Drawn numbers are short, since people read them in TOML."""


class Dice:
    """Draws of one seed, under a prefix."""

    __slots__ = ("_prefix", "_seed")

    def __init__(self, seed: int, prefix: str = "fuzz") -> None:
        self._seed = seed
        self._prefix = prefix

    def of(self, part: str) -> Dice:
        """The dice of a part of the world."""
        return Dice(self._seed, f"{self._prefix}.{part}")

    def chance(self, purpose: str, share: float) -> bool:
        """True in that share of worlds."""
        return self._u(purpose) < share

    def between(self, purpose: str, low: float, high: float) -> float:
        """Uniform."""
        return round(low + (high - low) * self._u(purpose), _DIGITS)

    def spread(self, purpose: str, low: float, high: float) -> float:
        """Uniform in the logarithm; three significant digits."""
        value = low * math.exp(self._u(purpose) * math.log(high / low))
        return float(f"{value:.{_DIGITS}g}")

    def whole(self, purpose: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._u(purpose) * (high - low + 1))

    def one(self, purpose: str, options: Sequence[T]) -> T:
        """One of the options."""
        return pick(self._u(purpose), options)

    def weighted(self, purpose: str, weights: Sequence[tuple[T, float]]) -> T:
        """One of the options, in proportion to its weight."""
        return weighted(self._u(purpose), weights)

    def some(self, purpose: str, options: Sequence[T], count: int) -> list[T]:
        """So many different options, or all."""
        left = list(options)
        return [left.pop(int(self._u(f"{purpose}.{n}") * len(left))) for n in range(min(count, len(left)))]

    def _u(self, purpose: str) -> float:
        return luck(self._seed, self._prefix, purpose)
