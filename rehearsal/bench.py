"""`rehearse bench`: CPU seconds and memory of one run a model, beside raw SimPy on the same interpreter.

Each run has a fresh process of its own, which imports what a run needs (`sim/timed.py`), so that its peak
memory is its own too. Seconds are of the CPU: machines are shared, and a wall clock would measure the
neighbours.
"""

from __future__ import annotations

import platform
import sysconfig
import time
from collections.abc import Generator
from multiprocessing import get_context

import simpy
from rich.console import Console

from kernel.errors import InputError
from pipeline import models as model_files
from pipeline.models import Model
from rehearsal.compare import DEFAULT
from rehearsal.names import names_in
from rehearsal.seed import check_seed
from scenarios import firm_file
from sim.timed import Timed, measure

TIMEOUTS = 300_000
_ORDER = ("hybrid", *(name for name in DEFAULT if name != "hybrid"))
_HEAD = (
    f"{'model':<15} {'consultants':>11} {'CPU s':>7} {'acts':>6} {'run':>6} {'audit':>6}"
    f" {'calls':>9} {'calls/s':>8} {'peak MiB':>9}"
)


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
