"""A pool of this machine's processes.

Each run has a process of its own, forked from a server that has imported everything and runs nothing: what
a run leaves behind ends with it, and nothing is imported twice. The order in which runs finish never reaches
a result; only progress is told in that order. An interrupt stops the rest and keeps what is complete.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context

from sim.collector import collector_off
from sim.pool import Gathered, J, R


@dataclass(frozen=True, slots=True)
class Processes:
    """So many runs at once, each in a process of its own; one alone is performed in this process."""

    count: int

    def run_all(
        self, jobs: Sequence[J], work: Callable[[J], R], told: Callable[[int, R], None]
    ) -> Gathered[R]:
        """Run every job; `told(index, result)` is called as each completes, in any order."""
        if self.count == 1:
            return _run_here(jobs, work, told)
        return _run_forked(jobs, work, self.count, told)


def _run_forked(
    jobs: Sequence[J], work: Callable[[J], R], processes: int, told: Callable[[int, R], None]
) -> Gathered[R]:
    results: list[R | None] = [None] * len(jobs)
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", work.__module__])
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_set_up, max_tasks_per_child=1
    ) as pool:
        waiting: dict[Future[R], int] = {}
        upcoming = iter(enumerate(jobs))
        try:
            _submit(pool, work, upcoming, waiting, processes * 2)
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=waiting.__getitem__):
                    index = waiting.pop(future)
                    results[index] = future.result()
                    told(index, future.result())
                _submit(pool, work, upcoming, waiting, len(done))
        except KeyboardInterrupt:
            for future, index in waiting.items():
                if future.done() and future.exception() is None:
                    results[index] = future.result()
            _kill(pool)
            return Gathered(results, True)
    return Gathered(results, False)


def _run_here(jobs: Sequence[J], work: Callable[[J], R], told: Callable[[int, R], None]) -> Gathered[R]:
    results: list[R | None] = [None] * len(jobs)
    with collector_off():
        try:
            for index, job in enumerate(jobs):
                result = work(job)
                results[index] = result
                told(index, result)
        except KeyboardInterrupt:
            return Gathered(results, True)
    return Gathered(results, False)


def _submit(
    pool: ProcessPoolExecutor,
    work: Callable[[J], R],
    upcoming: enumerate[J],
    waiting: dict[Future[R], int],
    count: int,
) -> None:
    for _ in range(count):
        following = next(upcoming, None)
        if following is None:
            return
        index, job = following
        waiting[pool.submit(work, job)] = index


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: a half-done run is worth nothing, and nobody wants to wait for it."""
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def _set_up() -> None:
    """Ctrl-C goes to the whole process group: only the parent decides what it means. Jobs collect garbage."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
