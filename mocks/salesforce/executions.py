"""Asynchronous executions: call-outs run in jobs, so many in 24 h, so many started by one transaction.

    call-outs 1 ... 50 of a transaction ──> a job each
    51, 52 ...                          ──> behind the 1st, the 2nd ..., in its job

So writes it an administrator who knows the limit: a sitting of 60 approvals hands its records to 50 jobs. One
that started a job a record would have the whole sitting rolled back.
"""

from __future__ import annotations

import asyncio

from mocks.hooks import Work
from mocks.limits import Limit
from mocks.tasks import Tasks


class Executions:
    """Starts them; `day` is the limit of 24 h, `together` that of one transaction."""

    def __init__(self, day: Limit, together: Limit, tasks: Tasks) -> None:
        self._day = day
        self._together = together
        self._tasks = tasks
        self._transaction = 0
        self._count = 0
        self._jobs: list[list[Work]] = []

    def start(self, work: Work, now_s: float, delay_s: float, transaction: int = 0) -> bool:
        """Run it in a job that begins in a while (0: its own transaction); false where the day is spent."""
        if not transaction or transaction != self._transaction:
            self._transaction, self._count, self._jobs = transaction, 0, []
        self._count += 1
        shared = self._together.refuses(now_s, self._count) is not None
        self._together.take(now_s, True, self._count)
        if shared and self._jobs:
            self._jobs[(self._count - 1) % len(self._jobs)].append(work)
            return True
        if self._day.refuses(now_s) is not None:
            return False
        self._day.take(now_s, True)
        self._jobs.append([work])
        self._tasks.start(_run(self._jobs[-1], delay_s))
        return True


async def _run(job: list[Work], delay_s: float) -> None:
    """One call-out after the other, once the job began."""
    await asyncio.sleep(delay_s)
    for work in job:
        await work()
