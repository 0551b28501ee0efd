"""One month-end, timed: its CPU seconds by part and the most memory that its process has held.

Fit for a process of its own that imports nothing else: the libraries of the report would weigh more than the
records of 100 consultants.
"""

from __future__ import annotations

import resource
import time
from typing import NamedTuple

from measurements.assess import assess
from pipeline.models import Model
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.collector import collector_off
from sim.world import observe, perform


class Timed(NamedTuple):
    """One run: CPU seconds by part, calls that the systems counted (people's too), peak memory."""

    acts_s: float
    run_s: float
    audit_s: float
    calls: int
    peak_mib: float


def measure(model: Model, consultants: int, seed: int) -> Timed:
    """Stage, perform and judge one month-end, and say what it took."""
    with collector_off():
        began_s = time.process_time()
        play = stage(catalogue.load("month-end"), firm_file.load(None, consultants), seed)
        staged_s = time.process_time()
        world = perform(play, model, seed)
        performed_s = time.process_time()
        observed = observe(world, 0)
        world.let_go()
        assess(observed)
        ended_s = time.process_time()
    return Timed(staged_s - began_s, performed_s - staged_s, ended_s - performed_s, world.calls, peak_mib())


def peak_mib() -> float:
    """The most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
