"""The axis of business time: dates, and moments told apart by letters that the caption names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_data import experiment

from reports.figures.canvas import line_width
from reports.figures.moments import day_label, day_ticks, moments, moments_key
from reports.inputs import Experiment, Mark


def with_marks(*marks: Mark) -> Experiment:
    """A comparison with these moments, which begins on Friday 17 April 2026."""
    return replace(experiment(1), marks=marks, first_day="2026-04-17")


def test_moments_are_lettered_in_the_order_of_time_and_the_caption_names_each() -> None:
    found = with_marks(Mark("time lock", 468.0), Mark("period end", 336.0), Mark("too late", 900.0))
    assert [(letter, mark.label) for letter, mark in moments(found, (0.0, 600.0))] == [
        ("a", "period end"),
        ("b", "time lock"),
    ]
    assert moments_key(found, (0.0, 600.0)) == (
        "Lines are a: period end (1 May 00:00), b: time lock (6 May 12:00); head-quarters time."
    )


def test_moments_of_one_instant_share_a_letter() -> None:
    found = with_marks(Mark("rename", 24.5), Mark("required field", 24.5))
    assert moments_key(found, (0.0, 48.0)).startswith("Lines are a: rename and required field (18 Apr 00:30)")


def test_a_span_without_moments_has_no_key() -> None:
    assert moments_key(with_marks(Mark("late", 100.0)), (0.0, 50.0)) == ""


@pytest.mark.parametrize(
    ("span", "ticks"),
    [
        ((0.0, 5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        ((0.0, 72.0), [0.0, 12.0, 24.0, 36.0, 48.0, 60.0, 72.0]),
        ((0.0, 800.0), [72.0, 240.0, 408.0, 576.0, 744.0]),
    ],
)
def test_ticks_are_few_and_weeks_begin_on_mondays(span: tuple[float, float], ticks: list[float]) -> None:
    assert day_ticks("2026-04-17", span) == ticks


def test_an_hour_is_labelled_by_its_date_or_by_its_day_where_none_is_known() -> None:
    assert day_label("2026-04-17", 72.0) == "20 Apr"
    assert day_label("2026-04-17", 78.0) == "20 Apr 06:00"
    assert day_label("", 78.0) == "day 4 06:00"


def test_a_curve_that_another_hides_is_wider() -> None:
    widths = [line_width(place, 6) for place in range(6)]
    assert widths == sorted(set(widths), reverse=True)
