"""`rehearse bench`: a line a model and head count, of all calls the systems counted, beside raw SimPy."""

from __future__ import annotations

import re

import pytest

from kernel.errors import InputError
from pipeline import models
from rehearsal.bench import Timed, bench, line
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.world import perform


def test_the_bench_counts_the_calls_of_the_very_run(capsys: pytest.CaptureFixture[str]) -> None:
    bench("9", 3, "batch")
    python, simpy, _head, run = capsys.readouterr().out.strip().splitlines()
    assert re.fullmatch(
        r"CPython [\d.]+\S*, (an optimised build|built without --enable-optimizations)", python
    )
    assert re.fullmatch(r"raw SimPy: [\d,]+ timeouts/s", simpy)
    play = stage(catalogue.load("month-end"), firm_file.load(None, 9), 3)
    name, consultants, *_seconds, calls, _rate, _peak = run.split()
    counted = perform(play, models.load("batch"), 3).calls
    assert (name, consultants, calls) == ("batch", "9", f"{counted:,}")


def test_a_line_fits_a_terminal_and_its_parts_add_up() -> None:
    told = line("point-to-point", 1000, Timed(1.0, 30.0, 4.0, 350_000, 612.4))
    assert len(told) <= 100
    assert told.split() == [
        "point-to-point",
        "1,000",
        "35.0",
        "1.0",
        "30.0",
        "4.0",
        "350,000",
        "10,000",
        "612",
    ]


def test_head_counts_that_are_none_are_refused_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in ("many", "250,-1"):
        with pytest.raises(InputError):
            bench(words, 1, "batch")
    assert capsys.readouterr().out == ""
