"""`rehearse bench`: a line a model, of all calls the systems counted, beside raw SimPy."""

from __future__ import annotations

import re

import pytest

from pipeline import models
from rehearsal.bench import bench
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.world import perform

LINE = re.compile(r"sim: ([\d,]+) calls/s +(\S+) +([\d,]+) calls in +([\d.]+) s  \(acts .* peak [\d,]+ MiB")


def test_the_bench_counts_the_calls_of_the_very_run(capsys: pytest.CaptureFixture[str]) -> None:
    bench(14, 3, "batch,manual")

    first, *lines = capsys.readouterr().out.strip().splitlines()
    assert re.fullmatch(r"raw SimPy: [\d,]+ timeouts/s", first)
    told = [match.group(2, 3) for line in lines if (match := LINE.match(line))]
    play = stage(catalogue.load("month-end"), firm_file.load(None, 14), 3)
    counted = {name: perform(play, models.load(name), 3).calls for name in ("batch", "manual")}
    assert told == [(name, f"{calls:,}") for name, calls in counted.items()]
