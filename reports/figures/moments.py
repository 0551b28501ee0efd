"""The axis of business time: dates below, and the calendar's moments as lettered lines that a caption names.

Names along the lines would collide where a cut-off and two locks fall within three days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from matplotlib.axes import Axes

from kernel.time import HOUR_S
from reports.figures.canvas import SOFT
from reports.inputs import Experiment, Mark
from reports.numbers import listing

MINUTE_S = 60.0
_STEPS_H = (0.25, 0.5, 1, 3, 6, 12, 24, 48, 168, 336, 672, 1344)
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
    labels = tick_labels(experiment.first_day, hours) if named else [""] * len(hours)
    axes.set_xticks(hours, labels)
    axes.set_title(axes.get_title(loc="left"), loc="left", pad=11)


def day_ticks(first_day: str, span: tuple[float, float]) -> list[float]:
    """At most seven hours at which a day (or a part of it) begins; weeks begin on Mondays."""
    step_h = next((step for step in _STEPS_H if (span[1] - span[0]) / step <= _TICKS), _STEPS_H[-1])
    offset_h = -24 * date.fromisoformat(first_day).weekday() if first_day and step_h >= _MONDAY else 0
    first = math.ceil((span[0] - offset_h) / step_h)
    count = math.floor((span[1] - offset_h) / step_h) - first + 1
    return [float(offset_h + (first + place) * step_h) for place in range(count)]


def tick_labels(first_day: str, hours: Sequence[float]) -> list[str]:
    """Dates; within days the clock, with the date under the first one and under each midnight."""
    if all(hour % 24.0 == 0.0 for hour in hours):
        return [day_label(first_day, hour) for hour in hours]
    return [
        f"{clock(hour)}\n{day_label(first_day, hour // 24.0 * 24.0)}"
        if place == 0 or hour % 24.0 == 0.0
        else clock(hour)
        for place, hour in enumerate(hours)
    ]


def played(experiment: Experiment, last_h: float) -> tuple[float, float]:
    """The hours that a figure over time shows: a live run's own (to the minute), else from the start."""
    if not experiment.live:
        return 0.0, last_h
    runs = experiment.live.values()
    first_s, last_s = min(one.from_s for one in runs), max(one.until_s for one in runs)
    return first_s // MINUTE_S * MINUTE_S / HOUR_S, last_s / HOUR_S


def day_label(first_day: str, hour: float) -> str:
    """`30 Apr`, with the clock where it is not midnight; `day 4` where the first day is not known."""
    days, within = divmod(hour, 24.0)
    tail = f" {clock(hour)}" if within else ""
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
    nearest = round(hour * 60.0) / 60.0
    return f"{day_label(first_day, nearest // 24.0 * 24.0)} {clock(nearest)}"


def clock(hour: float) -> str:
    """`14:30`, to the nearest minute."""
    minutes = round(hour % 24.0 * 60.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
