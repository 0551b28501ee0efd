"""`rehearse bench`: CPU seconds and memory of one run a model, beside raw SimPy on the same interpreter.

Each run has a fresh process of its own, so that its peak memory is its own too. Seconds are of the CPU:
machines are shared, and a wall clock would measure the neighbours.
"""

from __future__ import annotations

import platform
import resource
import sysconfig
import time
from collections.abc import Generator
from multiprocessing import get_context
from typing import NamedTuple

import simpy
from rich.console import Console

from kernel.errors import InputError
from measurements.assess import assess
from pipeline import models as model_files
from pipeline.models import Model
from rehearsal.compare import DEFAULT
from rehearsal.names import names_in
from rehearsal.seed import check_seed
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.collector import collector_off
from sim.world import observe, perform

TIMEOUTS = 300_000
_ORDER = ("hybrid", *(name for name in DEFAULT if name != "hybrid"))
_HEAD = (
    f"{'model':<15} {'consultants':>11} {'CPU s':>7} {'acts':>6} {'run':>6} {'audit':>6}"
    f" {'calls':>9} {'calls/s':>8} {'peak MiB':>9}"
)


class Timed(NamedTuple):
    """One run: CPU seconds by part, calls that the systems counted (people's too), peak memory."""

    acts_s: float
    run_s: float
    audit_s: float
    calls: int
    peak_mib: float


def bench(consultants: str, seed: int, models: str | None) -> None:
    """Print one line a model and head count. Raises InputError before anything is measured."""
    check_seed(seed)
    chosen = [model_files.load(name) for name in names_in("--models", models, _ORDER)]
    heads = _heads(consultants)
    console = Console(width=100)
    console.print(interpreter(), soft_wrap=True)
    console.print(f"raw SimPy: {raw_simpy():,.0f} timeouts/s")
    console.print(_HEAD)
    for count in heads:
        for model in chosen:
            console.print(line(model.name, count, _apart(model, count, seed)), soft_wrap=True)


def _heads(consultants: str) -> list[int]:
    """The head counts asked for, each as a firm takes it."""
    try:
        counts = [int(text) for text in consultants.split(",")]
    except ValueError:
        what = f"{consultants!r} is no list of head counts"
        raise InputError("--consultants", what, "write them as in 250,1000") from None
    for count in counts:
        firm_file.load(None, count)
    return counts


def line(model: str, consultants: int, timed: Timed) -> str:
    """One run as it is printed."""
    whole_s = timed.acts_s + timed.run_s + timed.audit_s
    return (
        f"{model:<15} {consultants:>11,} {whole_s:>7.1f} {timed.acts_s:>6.1f} {timed.run_s:>6.1f}"
        f" {timed.audit_s:>6.1f} {timed.calls:>9,} {timed.calls / whole_s:>8,.0f} {timed.peak_mib:>9,.0f}"
    )


def _apart(model: Model, consultants: int, seed: int) -> Timed:
    """The run in a fresh process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (model, consultants, seed))


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


def interpreter() -> str:
    """Which Python this is, and whether it was built with profile-guided optimisation."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    build = "an optimised build" if optimised else "built without --enable-optimizations"
    return f"{platform.python_implementation()} {platform.python_version()}, {build}"


def raw_simpy() -> float:
    """Timeouts a CPU second of a bare SimPy process."""
    env = simpy.Environment()

    def process() -> Generator[simpy.Event, None, None]:
        for _ in range(TIMEOUTS):
            yield env.timeout(1)

    env.process(process())
    began_s = time.process_time()
    env.run()
    return TIMEOUTS / (time.process_time() - began_s)


def peak_mib() -> float:
    """The most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
