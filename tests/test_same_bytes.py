"""Same seed, same bytes: hash seeds, processes and a model's name change nothing; acts are the same for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from small_world import DAY_S, judged, model, ran, staged

from measurements.facts import Commitment
from measurements.observed import Observed
from measurements.run_file import Header, write
from pipeline import models
from pipeline.models import Model
from scenarios import catalogue
from sim.world import observe

DAYS = 16.0

PROGRAM = """
import sys
sys.path.insert(0, "tests")
from pathlib import Path
from tempfile import TemporaryDirectory
from measurements.run_file import Header, write
from pipeline import models
from scenarios import catalogue
from small_world import judged, ran, staged
with TemporaryDirectory() as folder:
    for name in ("hybrid", "point-to-point"):
        play = staged(catalogue.load({scenario!r}), 3, days=16.0)
        run = judged(ran(play, models.load(name), 3))
        path = Path(folder) / "run.json"
        write(path, Header({scenario!r}, 3, "1", "none", name, 0), run)
        print(path.read_text())
"""


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["month-end", "bad-day"])
def test_the_same_seed_gives_the_same_run_files_in_processes_with_other_hash_seeds(
    scenario: str, fresh_process: Callable[[str, int], str]
) -> None:
    program = PROGRAM.format(scenario=scenario)
    first, second = fresh_process(program, 1), fresh_process(program, 2)
    assert len(first) > 10_000
    assert first == second


@cache
def told(name: str, table: str, seed: int = 1) -> str:
    """The run file of a model of this name with that table."""
    carried = replace(models.load(table), name=name)
    run = judged(ran(staged(catalogue.load("month-end"), seed, days=DAYS), carried, seed))
    return _bytes(carried, run)
