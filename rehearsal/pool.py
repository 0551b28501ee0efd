"""Where a comparison is performed: `--jobs` processes of this machine, or the workers of `--cluster`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from kernel.errors import InputError
from rehearsal.given import Request
from run.code import code
from sim.connection import connected
from sim.pool import Pool
from sim.processes import Processes


def local(jobs: int) -> Processes:
    """This machine's, so many as `--jobs` says. Raises InputError."""
    if jobs < 0:
        raise InputError(f"--jobs {jobs}", "a negative number", "give 1 or more, or 0 for one a core")
    return Processes(jobs or os.cpu_count() or 1)


def check_pool(request: Request) -> None:
    """Raises InputError where the two options contradict each other or mean nothing."""
    local(request.jobs)
    if request.jobs and request.cluster is not None:
        what = "means nothing beside --cluster, whose workers say how many runs they perform at once"
        raise InputError(f"--jobs {request.jobs}", what, "leave out one of the two")


@contextmanager
def pool_of(request: Request, console: Console) -> Iterator[Pool]:
    """The pool asked for, as long as the block lasts. Raises InputError where a cluster cannot be used."""
    if request.cluster is None:
        yield local(request.jobs)
        return
    with connected(request.cluster, code(), lambda line: console.print(line, soft_wrap=True)) as cluster:
        yield cluster
