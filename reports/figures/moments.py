"""The axis of business time: dates below, and the calendar's moments as lettered lines that a caption names.

Names along the lines would collide where a cut-off and two locks fall within three days.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from matplotlib.axes import Axes

from reports.figures.canvas import SOFT
from reports.inputs import Experiment, Mark
from reports.numbers import listing

_STEPS_H = (1, 6, 12, 24, 48, 168, 336, 672, 1344)
_TICKS = 6
_MONDAY = 168
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def moments(experiment: Experiment, span: tuple[float, float]) -> list[tuple[str, Mark]]:
    """The marks within a span of hours, lettered in the order of time; of one instant with one letter."""
    inside = sorted((mark for mark in experiment.marks if span[0] <= mark.hour <= span[1]), key=_hour)
    hours = list(dict.fromkeys(mark.hour for mark in inside))[: len(_LETTERS)]
    letters = dict(zip(hours, _LETTERS, strict=False))
    return [(letters[mark.hour], mark) for mark in inside if mark.hour in letters]


def _hour(mark: Mark) -> float:
    return mark.hour


def time_axis(axes: Axes, experiment: Experiment, span: tuple[float, float], named: bool = True) -> None:
    """Dates as ticks (`named`: with their labels), moments as thin lines with their letters on top."""
    axes.set_xlim(span[0], max(span[1], span[0] + 1.0))
    axes.grid(False, axis="x")
    for letter, mark in dict(moments(experiment, span)).items():
        axes.axvline(mark.hour, color="#b9c2cc", linewidth=0.7, zorder=0)
        place = axes.get_xaxis_transform()
        axes.text(mark.hour, 1.0, letter, transform=place, color=SOFT, va="bottom", ha="center", fontsize=7)
    hours = day_ticks(experiment.first_day, span)
    labels = [day_label(experiment.first_day, hour) if named else "" for hour in hours]
    axes.set_xticks(hours, labels)
    axes.set_title(axes.get_title(loc="left"), loc="left", pad=11)


def day_ticks(first_day: str, span: tuple[float, float]) -> list[float]:
    """At most seven hours at which a day (or a part of it) begins; weeks begin on Mondays."""
    step_h = next((step for step in _STEPS_H if (span[1] - span[0]) / step <= _TICKS), _STEPS_H[-1])
    offset_h = -24 * date.fromisoformat(first_day).weekday() if first_day and step_h >= _MONDAY else 0
    first = math.ceil((span[0] - offset_h) / step_h)
    count = math.floor((span[1] - offset_h) / step_h) - first + 1
    return [float(offset_h + (first + place) * step_h) for place in range(count)]


def day_label(first_day: str, hour: float) -> str:
    """`30 Apr`, with the clock where it is not midnight; `day 4` where the first day is not known."""
    days, clock = divmod(hour, 24.0)
    tail = f" {clock:02.0f}:00" if clock else ""
    if not first_day:
        return f"day {days + 1:.0f}{tail}"
    day = date.fromisoformat(first_day) + timedelta(days=days)
    return f"{day.day} {day:%b}{tail}"


def moments_key(experiment: Experiment, span: tuple[float, float]) -> str:
    """What the letters mean, for a caption: `a: period end (1 May), b: …`; empty without moments."""
    named: dict[str, list[Mark]] = {}
    for letter, mark in moments(experiment, span):
        named.setdefault(letter, []).append(mark)
    first_day = experiment.first_day
    told = [
        f"{letter}: {listing([mark.label for mark in marks])} ({clock_label(first_day, marks[0].hour)})"
        for letter, marks in named.items()
    ]
    return f"Lines are {', '.join(told)}; head-quarters time." if told else ""


def clock_label(first_day: str, hour: float) -> str:
    """`30 Apr 14:30`, an hour since the start as day and clock."""
    days, clock_h = divmod(hour, 24.0)
    minutes = round(clock_h * 60)
    return f"{day_label(first_day, days * 24.0)} {minutes // 60:02d}:{minutes % 60:02d}"
