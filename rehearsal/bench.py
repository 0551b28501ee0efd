"""`rehearse bench`: how fast the simulation is, measured here and now, beside raw SimPy in the same process.

sim = all calls that the systems count (people's desk calls included) ÷ time of the run, audit included
"""

from __future__ import annotations

import resource
import time
from collections.abc import Generator

import simpy
from rich.console import Console

from measurements.assess import assess
from pipeline import models as model_files
from pipeline.models import Model
from rehearsal.compare import DEFAULT
from rehearsal.names import names_in
from rehearsal.seed import check_seed
from scenarios import catalogue, firm_file
from scenarios.firm import Firm
from scenarios.play import stage
from scenarios.scenario import Scenario
from sim.collector import collector_off
from sim.world import observe, perform

TIMEOUTS = 300_000
_ORDER = ("hybrid", *(name for name in DEFAULT if name != "hybrid"))


def bench(consultants: int, seed: int, models: str | None) -> None:
    """Print one line a model: calls, seconds, calls a second, memory. Raises InputError."""
    check_seed(seed)
    console = Console(width=100)
    chosen = [model_files.load(name) for name in names_in("--models", models, _ORDER)]
    firm = firm_file.load(None, consultants)
    scenario = catalogue.load("month-end")
    console.print(f"raw SimPy: {raw_simpy():,.0f} timeouts/s")
    with collector_off():
        for model in chosen:
            console.print(_timed(scenario, firm, seed, model), soft_wrap=True)


def _timed(scenario: Scenario, firm: Firm, seed: int, model: Model) -> str:
    """Stage, perform and judge one run, and say what it took."""
    with collector_off():
        began_s = time.perf_counter()
        play = stage(scenario, firm, seed)
        staged_s = time.perf_counter()
        world = perform(play, model, seed)
        performed_s = time.perf_counter()
        assess(observe(world, 0))
        ended_s = time.perf_counter()
    whole_s = ended_s - began_s
    return (
        f"sim: {world.calls / whole_s:,.0f} calls/s  {model.name:<15}"
        f" {world.calls:>9,} calls in {whole_s:6.1f} s"
        f"  (acts {staged_s - began_s:.1f}, run {performed_s - staged_s:.1f},"
        f" audit {ended_s - performed_s:.1f})  peak {peak_mib():,.0f} MiB"
    )


def raw_simpy() -> float:
    """Timeouts a second of a bare SimPy process."""
    env = simpy.Environment()

    def process() -> Generator[simpy.Event, None, None]:
        for _ in range(TIMEOUTS):
            yield env.timeout(1)

    env.process(process())
    began_s = time.perf_counter()
    env.run()
    return TIMEOUTS / (time.perf_counter() - began_s)


def peak_mib() -> float:
    """The most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
