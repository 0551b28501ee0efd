"""Connects to a Dask scheduler, and refuses one whose workers would give other bytes than this machine.

`dask.distributed` is an extra of the install and only imported here, where a cluster is asked for.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kernel.errors import InputError
from run.code import Code, code, difference
from sim.cluster import SAME_CODE, START, Cluster

REACH_S = 10.0
"""So long a scheduler may take to answer."""
WORKERS_S = 60.0
"""So long a scheduler may be without any worker."""


@contextmanager
def connected(
    address: str, expected: Code, told: Callable[[str], None], workers_s: float = WORKERS_S
) -> Iterator[Cluster]:
    """The cluster, as long as the block lasts; none of its runs outlasts it.

    Raises InputError where the scheduler cannot be reached, has no worker, or one with other code.
    """
    client = _client(address)
    try:
        _await_workers(client, address, told, workers_s)
        _check_code(client, address, expected)
        with _runs_on(client) as name:
            yield Cluster(client, address, name, expected, workers_s)
    finally:
        client.close(timeout=REACH_S)


@contextmanager
def _runs_on(client: Any) -> Iterator[str]:
    """What stands on each worker meanwhile (`sim/worker.py`), by its name."""
    from sim.worker import Runs

    name = f"rehearse {client.id}"
    client.register_plugin(Runs(name))
    try:
        yield name
    finally:
        with suppress(Exception):  # a scheduler that is gone has nothing to take back
            if client.status == "running":
                client.unregister_worker_plugin(name)


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        remedy = 'install it, here and for the workers: pip install --constraint constraints.txt ".[cluster]"'
        raise InputError("--cluster", "needs dask.distributed, which is not installed", remedy) from None
    _quieten(distributed)
    try:
        asyncio.run(_reach(distributed, address))
        return distributed.Client(address, timeout=REACH_S)
    except (OSError, ValueError) as error:
        why = str(error) if isinstance(error, ValueError) else "no Dask scheduler answers there"
        raise InputError(f"--cluster {address}", why, "start one: dask scheduler --host HOST") from None


def _quieten(distributed: Any) -> None:
    """What matters is told in our own words.

    Dask warns of libraries that no run needs, and of the size of an event log that a job carries.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=distributed.versions.VersionMismatchWarning)
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)


async def _reach(distributed: Any, address: str) -> None:
    """A client that finds no scheduler complains long after; so it is only made where one answers."""
    async with distributed.rpc(address, timeout=REACH_S) as scheduler:
        await asyncio.wait_for(scheduler.identity(), REACH_S)


def _await_workers(client: Any, address: str, told: Callable[[str], None], workers_s: float) -> None:
    remedy = START.format(address)
    if not client.scheduler_info()["workers"]:
        told(f"No worker at {address} yet, waiting {workers_s:g} s; {remedy}")
    try:
        client.wait_for_workers(1, timeout=workers_s)
    except TimeoutError:
        raise InputError(f"--cluster {address}", f"no worker came in {workers_s:g} s", remedy) from None


def _check_code(client: Any, address: str, expected: Code) -> None:
    for worker, found in sorted(client.run(code, on_error="return").items()):
        if isinstance(found, Exception):
            what = f"worker {worker} cannot tell what code it has ({' '.join(str(found).split())})"
        elif differs := difference(expected, found):
            what = f"worker {worker} would give other bytes: {differs}"
        else:
            continue
        raise InputError(f"--cluster {address}", what, SAME_CODE)
