"""A firm's systems over HTTP: the default firm in the accounting period of today, served until Ctrl-C."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kernel.time import BusinessTime, period_of
from loadtests.serve import run
from mocks.assemble import assemble
from mocks.system import System
from scenarios import catalogue, firm_file
from scenarios.play import stage

SEED = 1


def serve_firm(names: tuple[str, ...], port_base: int) -> None:
    """Serve the named systems on ports from `port_base` on. Raises InputError where a port is taken."""

    made: dict[str, System] = {}

    def build(time: BusinessTime) -> Mapping[str, System]:
        zone = firm_file.load(None).hq_zone
        scenario = replace(catalogue.load("month-end"), period=period_of(time.local_date(0.0, zone)))
        play = stage(scenario, firm_file.load(None), SEED)
        made.update(assemble(play.landscape, play.opening, time, SEED, names=names))
        return made

    def tell(addresses: Mapping[str, str]) -> None:
        for name, address in addresses.items():
            print(f"{name:<12} {address}  (pages at /docs)")
            for line in made[name].access():
                print(f"{'':<12} {line}")
        print("Ctrl-C ends it.", flush=True)

    run(build, port_base, tell)
