"""Luck is one keyed draw a purpose: what one figure is says nothing of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from statistics import correlation

import pytest

from scenarios import catalogue
from scenarios.acts import Line
from scenarios.firm import Firm
from scenarios.people.keying import mistyped
from scenarios.play import Play, stage

NEAR_ZERO = 0.04
"""Three standard deviations of the correlation of 5,600 independent pairs."""


@pytest.fixture(scope="module")
def play() -> Play:
    firm = replace(Firm(), consultants=60, reports=9_000, report_error_share=0.0, rejected_share=0.5)
    return stage(catalogue.load("month-end"), firm, 5)


def figures(lines: Sequence[Line]) -> dict[str, list[float]]:
    types = sorted({line.type for line in lines})
    days = [int(line.date[-2:]) for line in lines]
    return {
        "amount": [float(rank) for rank in _ranks([line.amount_minor for line in lines])],
        "type": [float(types.index(line.type)) for line in lines],
        "date": [float(day) for day in days],
        "billable": [float(line.billable) for line in lines],
    }


def _ranks(values: list[int]) -> list[int]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0] * len(values)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks


def test_what_an_expense_line_costs_says_nothing_of_what_it_is(play: Play) -> None:
    lines = [line for report in play.workload.reports for line in report.lines]
    assert len(lines) > 5_000
    told = figures(lines)
    for first, second in combinations(told, 2):
        assert abs(correlation(told[first], told[second])) < NEAR_ZERO, (first, second)


def test_some_billable_line_is_larger_than_some_that_is_not_and_the_other_way_round(play: Play) -> None:
    lines = [line for report in play.workload.reports for line in report.lines]
    yes, no = ([line.amount_minor for line in lines if line.billable is what] for what in (True, False))
    assert max(yes) > min(no)
    assert max(no) > min(yes)


def test_lines_that_follow_each_other_are_independent(play: Play) -> None:
    pairs = [
        (a.amount_minor, b.amount_minor)
        for report in play.workload.reports
        for a, b in zip(report.lines[::2], report.lines[1::2], strict=False)
    ]
    scaled = [(a / (a + b), float(index % 2)) for index, (a, b) in enumerate(pairs)]
    assert abs(correlation(*map(list, zip(*scaled, strict=True)))) < 2 * NEAR_ZERO


def test_hours_of_two_days_of_a_card_are_independent(play: Play) -> None:
    cards = [card for week in play.workload.weeks for card in week.cards if all(card.hours_centi[:5])]
    assert len(cards) > 300
    for first, second in combinations(range(5), 2):
        left, right = (
            [card.hours_centi[day] / sum(card.hours_centi) for card in cards] for day in (first, second)
        )
        assert -0.5 < correlation(left, right) < 0.0  # five shares of one sum repel each other, by a quarter


def test_why_a_card_is_rejected_says_nothing_of_how_it_is_changed(play: Play) -> None:
    cards = [card for week in play.workload.weeks for card in week.cards if card.rejected and card.corrected]
    more = [float(sum(card.corrected or ()) > sum(card.hours_centi)) for card in cards]
    reasons = sorted({card.rejected for card in cards})
    assert abs(correlation(more, [float(reasons.index(card.rejected)) for card in cards])) < 0.15


def test_which_digit_slips_says_nothing_of_what_it_becomes() -> None:
    assert {mistyped(11_111, where, 0.0) for where in (0.0, 0.25, 0.5, 0.75, 0.99)} == {
        21_111,
        12_111,
        11_211,
        11_121,
        11_112,
    }
    assert {mistyped(11_111, 0.0, what / 9) // 10_000 for what in range(9)} == {2, 3, 4, 5, 6, 7, 8, 9, 0}
