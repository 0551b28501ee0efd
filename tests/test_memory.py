"""Memory over replications: a run leaves nothing behind in its process but its own figures."""

from __future__ import annotations

import gc
from dataclasses import replace

from small_world import HOURLY_MIN

from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.job import Job, work
from sim.world import perform

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
