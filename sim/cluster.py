"""A pool of the workers of a Dask scheduler, to which `sim/connection.py` connects.

    here: jobs, pickled ──> scheduler ──> worker (sim/worker.py) ──> a process a run (sim/alone.py)

Each process answers only if its code is the one here. Dask performs anew what a lost worker had begun, as
often as the scheduler allows, and once more what was lost without its worker.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kernel.errors import InputError
from run.code import Code
from sim.alone import Answer, errand
from sim.pool import Gathered, J, R

LOOK_S = 5.0
"""After so long without any news it is asked whether there still are workers."""
TRIES = 2
"""So often a run may lose its process."""
START = "start some, each with this code installed: dask worker {}"
SAME_CODE = "install the same there, with the versions of constraints.txt, and start its worker anew"


class Cluster:
    """Performs runs on whatever workers a scheduler has, also on those that join later."""

    def __init__(self, client: Any, address: str, name: str, expected: Code, workers_s: float) -> None:
        self._client, self._address, self._name, self._expected = client, address, name, expected
        self._patience = max(1, round(workers_s / LOOK_S))

    def run_all(
        self, jobs: Sequence[J], work: Callable[[J], R], told: Callable[[int, R], None]
    ) -> Gathered[R]:
        """Run every job; `told(index, result)` is called as each completes, in any order."""
        from sim.worker import answer

        results: list[R | None] = [None] * len(jobs)
        waiting = {}
        try:
            for index, job in enumerate(jobs):
                task = errand(self._expected, work, job)
                future = self._client.submit(answer, self._name, task, pure=False, retries=TRIES - 1)
                waiting[future] = index
            while waiting:
                for future in sorted(self._settled(waiting), key=waiting.__getitem__):
                    result = self._result(future, jobs[waiting[future]])
                    index = waiting.pop(future)
                    results[index] = result
                    told(index, result)
        except KeyboardInterrupt:
            self._keep(waiting, jobs, results)
            return Gathered(results, True)
        except _LostError as lost:
            self._keep(waiting, jobs, results)
            return Gathered(results, True, lost)
        return Gathered(results, False)

    def _settled(self, waiting: Mapping[Any, int]) -> Sequence[Any]:
        """Those that ended by now; none where nothing is new and there are workers. Raises _LostError."""
        from distributed import CancelledError, wait

        for _ in range(self._patience):
            try:
                done: Sequence[Any] = wait(list(waiting), LOOK_S, "FIRST_COMPLETED").done
            except CancelledError:
                raise self._lost("the scheduler is gone", "start it, and run it again") from None
            except TimeoutError:
                if self._client.scheduler_info()["workers"]:
                    return ()
            else:
                return done
        raise self._lost("no worker is left", START.format(self._address) + ", and run it again")

    def _result(self, future: Any, job: object) -> Any:
        """What came of it. Raises what `work` raised, or _LostError."""
        ended, content = self._answer(future, job)
        if ended == "refused":
            raise self._lost(f"a worker joined whose {content}", SAME_CODE)
        if ended == "raised":
            raise content
        return content

    def _answer(self, future: Any, job: object) -> Answer:
        from distributed import CancelledError

        try:
            answer: Answer = pickle.loads(future.result())
            return answer
        except CancelledError:
            raise self._lost("the scheduler is gone", "start it, and run it again") from None
        except Exception as error:
            why = f"lost for good, {' '.join(str(error).split())}"
            raise _LostError(f"run {job}", why, "look at the worker's log, or give it more memory") from None

    def _lost(self, what: str, remedy: str) -> _LostError:
        return _LostError(f"--cluster {self._address}", what, remedy)

    def _keep(self, waiting: Mapping[Any, int], jobs: Sequence[J], results: list[R | None]) -> None:
        """What is complete, though nobody was told of it yet; the rest is called off."""
        for future, index in waiting.items():
            if future.status == "finished":
                with suppress(Exception):  # what failed, or cannot be fetched, is not complete
                    results[index] = self._result(future, jobs[index])
        with suppress(Exception):  # nobody may be left to call it off
            self._client.cancel(list(waiting), force=True)


class _LostError(InputError):
    """Runs are lost for another reason than what they are; what is complete stands."""
