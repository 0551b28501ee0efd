"""How the firm stands at one instant of a live run, from the books: for who watches, not for the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from measurements.billing import billed, unbilled_at_close
from measurements.facts import FLOWS, Books
from measurements.view import view
from run.observing import Named, observed
from scenarios.expected import Expected
from scenarios.play import Play


class Standing(NamedTuple):
    """`waiting` workflow to counted items that are unfinished; `unbilled_usd` is approved, not yet invoiced.

    `fullest` is system to (limit, share used now) of its fullest limit.
    """

    at_s: float
    waiting: Mapping[str, int]
    exceptions: int
    unbilled_usd: float
    fullest: Mapping[str, tuple[str, float]]


def standing(
    play: Play, books: Mapping[str, Books], budgets: Mapping[str, Mapping[str, Any]], at_s: float
) -> Standing:
    """The play's window says which items count; `budgets` are what /control/budget tells of each system."""
    cut = play.within((play.window_s[0], min(play.window_s[1], at_s)), at_s)
    seen = view(observed(cut, books, Expected((), ()), (), Named(""), at_s))
    waiting = Counter(
        FLOWS[item.flow] for items in seen.counted.values() for item in items if item.finished_s is None
    )
    opened = sum(row.closed_at_s is None for held in books.values() for row in held.problems)
    unbilled = unbilled_at_close(seen, billed(seen)).value or 0.0
    fullest = {name: _fullest(budget) for name, budget in budgets.items()}
    return Standing(at_s, waiting, opened, unbilled, fullest)


def _fullest(budget: Mapping[str, Any]) -> tuple[str, float]:
    shares = [
        (limit["used"] / limit["size"], str(limit["limit"]))
        for limit in budget["limits"]
        if limit["on"] and limit["size"]
    ]
    share, name = max(shares, default=(0.0, ""))
    return name, share
