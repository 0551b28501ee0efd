"""A live run in the terminal, within 100 columns: a line a matter, and the slowest verbs."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.table import Table
from rich.text import Text

from measurements.live import PERCENTILES, Live
from reports.inputs import Experiment
from reports.live import words
from reports.live.rows import TIME_COLUMNS, parts, slowest
from reports.numbers import number
from reports.words import system

WIDTH = 100
_SLOWEST = 5
_NAME = 20


def show(experiment: Experiment, console: Console) -> None:
    """Print every live run of a result."""
    for part in parts(experiment):
        live = experiment.live[part.model]
        console.print()
        console.print(Text(f"Live run, {part.model}", style="bold"), width=WIDTH)
        if part.doubt:
            console.print(Text(part.doubt, style="bold yellow"), width=WIDTH)
        for name, text in lines(live, experiment.first_day):
            console.print(Text(_under(name, text)), width=WIDTH)
        if live.acts:
            console.print(_table(live), width=WIDTH)


def _under(name: str, text: str) -> str:
    """The text beside its name, wrapped in a column of its own."""
    indent = " " * _NAME
    return textwrap.fill(
        text, WIDTH, initial_indent=f"{name:<{_NAME}}", subsequent_indent=indent, break_on_hyphens=False
    )


def lines(live: Live, first_day: str) -> list[tuple[str, str]]:
    """What is told beside the slowest verbs."""
    rates = (f"{system(name)} {number(rate)}" for name, rate in live.calls_per_s.items())
    lags = (f"{system(name)} {words.seconds(lag_s)}" for name, lag_s in live.lag_s.items())
    return [
        ("Window", words.window(live, first_day)),
        ("Pace", words.speed(live)),
        ("People's acts", words.acts(live)),
        ("Acts that failed", words.errors(live)),
        ("Load generator", words.generator(live)),
        ("Calls a second", ", ".join(rates) or "none"),
        ("Worst lag", ", ".join(lags) or "none was told"),
    ]


def _table(live: Live) -> Table:
    """The verbs that people waited for longest, by the 95th percentile from when an act was due."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    grid.add_column("slowest, response time", overflow="fold")
    grid.add_column("acts", justify="right")
    for title in TIME_COLUMNS:
        grid.add_column(title, justify="right", no_wrap=True)
    for line in slowest(live, _SLOWEST):
        times = (words.seconds(line.at("response", at)) for at in PERCENTILES)
        grid.add_row(f"{line.persona}: {line.verb}", number(line.acts, 0), *times)
    return grid
