"""What stands on a Dask worker while a comparison lasts: each run gets a process of its own beside it.

A worker is a daemon, which multiprocessing gives no children, and has threads, with which it must not fork.
So a run is a new process (0.4 s of imports), and what it leaves behind ends with it, as it does locally.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from subprocess import PIPE, Popen

from distributed import Worker, WorkerPlugin, get_worker


class RunLostError(Exception):
    """The process of a run ended without an answer: the run may be tried again."""


class Runs(WorkerPlugin):
    """The processes of one comparison on this worker. They end with it, or with the worker."""

    def __init__(self, name: str) -> None:
        self.name = name

    def setup(self, worker: Worker) -> None:
        """Dask calls this on every worker, on those that join later too."""
        self._children: set[Popen[bytes]] = set()
        self._over = False

    def teardown(self, worker: Worker) -> None:
        """A half-done run is worth nothing."""
        self._over = True
        for child in tuple(self._children):
            child.kill()

    def answer(self, errand: bytes) -> bytes:
        """Perform one errand (`sim/alone.py`). Raises RunLostError."""
        with Popen(_COMMAND, stdin=PIPE, stdout=PIPE, bufsize=0, env=_environment()) as child:
            self._children.add(child)
            if self._over:
                child.kill()
            try:
                return _exchange(child, errand)
            finally:
                self._children.discard(child)


def answer(name: str, errand: bytes) -> bytes:
    """What the scheduler has a worker do."""
    runs: Runs = get_worker().plugins[name]
    return runs.answer(errand)


_COMMAND = (sys.executable, "-P", "-m", "sim.alone")


def _environment() -> dict[str, str]:
    """The child finds the modules that this worker finds, and no others."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _exchange(child: Popen[bytes], errand: bytes) -> bytes:
    """Write and read; the child's input is left open, since its end is the sign that this worker is gone."""
    assert child.stdin is not None
    assert child.stdout is not None
    reply = b""
    with suppress(BrokenPipeError):
        rest = memoryview(errand)
        while rest:
            rest = rest[child.stdin.write(rest) :]
        reply = child.stdout.read()
    ended = child.wait()
    if ended or not reply:
        how = f"signal {-ended}" if ended < 0 else f"exit code {ended}"
        raise RunLostError(f"its process on {get_worker().address} ended with {how}")
    return reply
