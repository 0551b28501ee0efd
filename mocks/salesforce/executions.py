"""Asynchronous executions: call-outs run in jobs, so many in 24 h, so many started by one transaction.

    call-outs 1 ... 50 of a transaction ──> a job each
    51, 52 ...                          ──> behind the 1st, the 2nd ..., in its job

So writes it an administrator who knows the limit: a sitting of 60 approvals hands its records to 50 jobs. One
that started a job a record would have the whole sitting rolled back.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from mocks.hooks import Work
from mocks.limits import Limit
from mocks.tasks import Tasks


@dataclass(slots=True, eq=False)
class _Job:
    """Call-outs that run one after the other."""

    works: list[Work]


@dataclass(slots=True)
class _Started:
    """What a transaction started: how many call-outs, and its jobs that have not begun yet."""

    count: int = 0
    waiting: list[_Job] = field(default_factory=list)


class Executions:
    """Starts them; `day` is the limit of 24 h, `together` that of one transaction."""

    def __init__(self, day: Limit, together: Limit, tasks: Tasks) -> None:
        self._day = day
        self._together = together
        self._tasks = tasks
        self._started: dict[int, _Started] = {}

    def start(self, work: Work, now_s: float, delay_s: float, transaction: int = 0) -> bool:
        """Run it in a job that begins in a while (0: its own transaction); false where the day is spent.

        Nothing rides along in a job that has begun, since nobody would run it.
        """
        started = self._started.get(transaction) or _Started()
        started.count += 1
        shared = self._together.refuses(now_s, started.count) is not None
        self._together.take(now_s, True, started.count)
        if shared and started.waiting:
            started.waiting[(started.count - 1) % len(started.waiting)].works.append(work)
            return True
        if self._day.refuses(now_s) is not None:
            return False
        self._day.take(now_s, True)
        started.waiting.append(_Job([work]))
        if transaction:
            self._started[transaction] = started
        self._tasks.start(self._run(started, started.waiting[-1], delay_s, transaction))
        return True

    async def _run(self, started: _Started, job: _Job, delay_s: float, transaction: int) -> None:
        """One call-out after the other, once the job began."""
        await asyncio.sleep(delay_s)
        started.waiting.remove(job)
        if not started.waiting:
            self._started.pop(transaction, None)
        for work in job.works:
            await work()
