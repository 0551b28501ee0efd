"""A live run as tables: times by persona and verb, errors by class, calls and lag by process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from measurements.live import PERCENTILES, TIMES, ActLine, Live
from reports.cells import Cell, Row
from reports.inputs import Experiment
from reports.live import words
from reports.numbers import NOTHING, number, share
from reports.words import system

TIME_COLUMNS = tuple(f"p{at:g}" for at in PERCENTILES)


class Part(NamedTuple):
    """The section of one model: its doubt, facts as (name, text), and its tables."""

    model: str
    doubt: str
    facts: Sequence[tuple[str, str]]
    acts: Sequence[Row]
    errors: Sequence[Row]
    processes: Sequence[Row]


def parts(experiment: Experiment) -> list[Part]:
    """One section a model that was played live, in the result's order of models."""
    return [
        Part(
            model,
            words.doubt(live),
            facts(live, experiment.first_day),
            act_rows(live),
            error_rows(live),
            process_rows(live),
        )
        for model in experiment.models
        if (live := experiment.live.get(model)) is not None
    ]


def facts(live: Live, first_day: str) -> list[tuple[str, str]]:
    """What a reader needs before any figure."""
    return [
        ("Window", words.window(live, first_day)),
        ("Pace", words.speed(live)),
        ("People’s acts", f"{words.acts(live)} ({words.acts_meaning(live)})"),
        ("Acts that failed", words.errors(live)),
        ("Load generator", words.generator(live)),
    ]


def act_rows(live: Live) -> list[Row]:
    """One row a persona and verb: acts, then response and service time at each percentile."""
    return [
        Row(
            f"{line.persona}: {line.verb}",
            "",
            (
                Cell(number(line.acts, 0)),
                *(_time(line, time, percentile) for time in TIMES for percentile in PERCENTILES),
            ),
        )
        for line in live.acts
    ]


def _time(line: ActLine, time: str, percentile: float) -> Cell:
    """Quiet where so few acts stand behind it that it is the slowest of them."""
    few = line.acts * (1.0 - percentile / 100.0) < 1.0
    return Cell(words.seconds(line.at(time, percentile)), "", "quiet" if few else "")


def error_rows(live: Live) -> list[Row]:
    """One row a class: acts, and their share of those due."""
    due = live.counts.get("due", 0)
    return [
        Row(
            words.ERROR_WORDS.get(name, name).capitalize(),
            "",
            (
                Cell(number(count, 0), "", "" if count else "quiet"),
                Cell(share(count / due, 2) if due else NOTHING, "", "" if count else "quiet"),
            ),
        )
        for name, count in live.errors.items()
    ]


def process_rows(live: Live) -> list[Row]:
    """One row a process: calls that it counted in a real second, and how late it ran at worst."""
    return [
        Row(
            "The people" if name == "people" else system(name),
            "",
            (
                Cell(number(live.calls_per_s[name]) if name in live.calls_per_s else NOTHING),
                Cell(*_lag(live, name)),
            ),
        )
        for name in dict.fromkeys((*live.calls_per_s, *live.lag_s))
    ]


def _lag(live: Live, name: str) -> tuple[str, str]:
    if name not in live.lag_s:
        return NOTHING, ""
    lag_s = live.lag_s[name]
    return words.seconds(lag_s), f"{words.seconds(lag_s / live.speed)} real"


def slowest(live: Live, most: int) -> list[ActLine]:
    """The verbs of the largest 95th percentile of response time."""
    return sorted(live.acts, key=lambda line: -line.at("response", 95.0))[:most]
