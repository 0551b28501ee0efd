"""Memory: a run holds what it must know once, and leaves nothing in its process but its own figures."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import replace

from small_world import HOURLY_MIN

from pipeline import models
from run.job import Job
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.work import work
from sim.world import observe, perform

NOISE = 200
"""Objects by which two counts may differ: interned words, caches of the interpreter."""


def test_a_replication_leaves_no_objects_behind() -> None:
    scenario = replace(catalogue.load("month-end"), polls_min=HOURLY_MIN)
    job = Job(scenario, firm_file.load(None, 8), models.load("hybrid"), 5, 0)
    counts = []
    for _ in range(3):
        work(job)
        gc.collect()
        counts.append(len(gc.get_objects()))
    assert abs(counts[2] - counts[1]) < NOISE


def test_the_count_would_show_a_world_that_is_kept() -> None:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 8), 5)
    gc.collect()
    before = len(gc.get_objects())
    kept = perform(play, models.load("batch"), 5)
    gc.collect()
    assert len(gc.get_objects()) - before > NOISE
    assert kept.calls > 0


def test_the_books_of_the_last_look_and_of_the_end_are_the_same_rows() -> None:
    world = perform(stage(catalogue.load("month-end"), firm_file.load(None, 8), 5), models.load("hybrid"), 5)
    assert world.looked is not None
    looked = [row for books in world.looked.told.values() for row in books.commitments]
    told = observe(world, 0).books.commitments
    assert looked
    assert {id(row) for row in looked} <= {id(row) for row in told}


def test_only_a_traced_trail_keeps_details() -> None:
    details = []
    for traced in (True, False):
        play = stage(catalogue.load("month-end"), firm_file.load(None, 8), 5)
        world = perform(play, models.load("api"), 5, traced=traced)
        details.append({step.detail for step in world.pipeline.trail})
    assert len(details[0]) > 1
    assert details[1] == {""}


def test_a_process_that_performs_and_judges_runs_imports_no_library_of_the_report() -> None:
    heavy = "{'matplotlib', 'scipy', 'numpy', 'jinja2', 'rich', 'pandas', 'fastapi', 'aiohttp'}"
    code = f"import sys, sim.work, sim.timed; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
