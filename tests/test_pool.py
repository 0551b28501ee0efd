"""The pool: every run has a process of its own, and results come back under their index."""

from __future__ import annotations

import os

from sim.processes import Processes


def _process(job: int) -> tuple[int, int]:
    return job, os.getpid()


def test_every_run_has_a_process_of_its_own_and_its_result_its_index() -> None:
    gathered = Processes(2).run_all(range(5), _process, lambda index, result: None)
    rows = [row for row in gathered.results if row is not None]
    assert [job for job, _ in rows] == list(range(5))
    assert len({process for _, process in rows}) == 5
    assert os.getpid() not in {process for _, process in rows}
