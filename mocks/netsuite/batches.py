"""Async jobs: a submit takes one slot, then one processor works record after record, outside the slots.

A job has one task per record, and no combined result (REST guide, article_0127092747). The task list says
which succeeded; each result is an answer of its own. A second submit under the same idempotency key is
refused and pointed to the first job.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from kernel.time import BusinessTime
from mocks.netsuite.errors import RefusedError, nonexistent, problem
from mocks.netsuite.rendering import HOST
from wire.call import Call, Reply, json_reply

_JOBS = "/services/rest/async/v1/job"
_KEY = "x-netsuite-idempotency-key"

Write = Callable[[str, str, str, Any, Mapping[str, str], str, float], Reply]
"""(method, type, identity, body, headers, who, now) to the record service's answer; raises RefusedError."""


class _Task:
    """One record of a job."""

    __slots__ = ("body", "ended_s", "identity", "result", "started_s")

    def __init__(self, identity: str, body: Any) -> None:
        self.identity = identity
        self.body = body
        self.started_s: float | None = None
        self.ended_s: float | None = None
        self.result: Reply | None = None


class _Job:
    """One submit."""

    __slots__ = ("headers", "kind", "method", "number", "tasks", "who")

    def __init__(self, number: str, call: Call, kind: str, who: str, tasks: list[_Task]) -> None:
        self.number = number
        self.method = call.method
        self.headers = call.headers
        self.kind = kind
        self.who = who
        self.tasks = tasks

    @property
    def completed(self) -> bool:
        """Whether every task has its result."""
        return self.tasks[-1].result is not None


class Batches:
    """Takes jobs, works on them while `run` runs, and tells how far they are."""

    def __init__(self, time: BusinessTime, record_s: Callable[[float], float], most_records: int) -> None:
        self._time = time
        self._most_records = most_records
        self._record_s = record_s
        self._jobs: dict[str, _Job] = {}
        self._by_key: dict[str, str] = {}
        self._waiting: deque[_Job] = deque()
        self._arrived = asyncio.Event()

    def submit(self, call: Call, kind: str, identity: str, who: str) -> Reply:
        """Accept a job: 202 and its address. Raises RefusedError."""
        key = call.headers.get(_KEY, "")
        if key in self._by_key:
            return self._replayed(self._by_key[key])
        tasks = self._tasks(call, identity)
        job = _Job(str(len(self._jobs) + 1), call, kind, who, tasks)
        self._jobs[job.number] = job
        if key:
            self._by_key[key] = job.number
        self._waiting.append(job)
        self._arrived.set()
        headers = {"location": f"{HOST}{_JOBS}/{job.number}", "preference-applied": "respond-async"}
        return Reply(202, headers)

    def _tasks(self, call: Call, identity: str) -> list[_Task]:
        body = call.json()
        if identity or not isinstance(body, dict) or "items" not in body or "collection" not in _type(call):
            return [_Task(identity, body)]
        items = body["items"]
        if not isinstance(items, list) or not 0 < len(items) <= self._most_records:
            detail = f"A batch takes 1 to {self._most_records} records."
            raise RefusedError(400, "INVALID_CONTENT", detail, "items")
        return [_Task(_identity(call.method, item), item) for item in items]

    def backlog(self) -> int:
        """Records that wait for the processor."""
        return sum(task.result is None for job in self._waiting for task in job.tasks)

    async def run(self, write: Write) -> None:
        """The one processor: works for as long as the system is up."""
        loop = asyncio.get_running_loop()
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            job = self._waiting[0]
            for task in job.tasks:
                task.started_s = loop.time()
                await asyncio.sleep(self._record_s(loop.time()))
                task.result = _written(write, job, task, loop.time())
                task.ended_s = loop.time()
                task.body = None
            self._waiting.popleft()

    def answer(self, method: str, rest: str) -> Reply:
        """GET of a job, its tasks, one task, or a task's result. Raises RefusedError."""
        if method != "GET":
            raise RefusedError(405, "METHOD_NOT_ALLOWED", "Jobs can only be read.")
        number, _, below = rest.partition("/")
        job = self._jobs.get(number)
        if job is None:
            raise nonexistent()
        if not below:
            return json_reply(200, self._job(job))
        if below == "task":
            tasks = [self._task(job, place) for place in range(len(job.tasks))]
            return json_reply(200, _listed(tasks))
        return self._below(job, below)

    def _below(self, job: _Job, below: str) -> Reply:
        parts = below.split("/")
        place = int(parts[1]) - 1 if len(parts) > 1 and parts[0] == "task" and parts[1].isdigit() else -1
        if not 0 <= place < len(job.tasks):
            raise nonexistent()
        if len(parts) == 2:
            return json_reply(200, self._task(job, place))
        result = job.tasks[place].result
        if parts[2] != "result" or result is None:
            raise nonexistent()
        return result

    def _replayed(self, number: str) -> Reply:
        detail = "The idempotency key was already used in another request."
        headers = {"location": f"{HOST}{_JOBS}/{number}"}
        return problem(400, "IDEMPOTENCY_ERROR", detail, title="Conflict", headers=headers)

    def _job(self, job: _Job) -> dict[str, Any]:
        url = f"{HOST}{_JOBS}/{job.number}"
        return {
            "links": [{"rel": "self", "href": url}],
            "completed": job.completed,
            "id": job.number,
            "progress": self._progress(job),
            "task": {"links": [{"rel": "self", "href": f"{url}/task"}]},
        }

    def _progress(self, job: _Job) -> str:
        if job.completed:
            failed = any(task.result is not None and not task.result.ok for task in job.tasks)
            return "failed" if failed else "succeeded"
        return "pending" if job.tasks[0].started_s is None else "processing"

    def _task(self, job: _Job, place: int) -> dict[str, Any]:
        task = job.tasks[place]
        progress = "pending" if task.started_s is None else "processing"
        if task.result is not None:
            progress = "succeeded" if task.result.ok else "failed"
        url = f"{HOST}{_JOBS}/{job.number}/task/{place + 1}"
        return {
            "links": [{"rel": "self", "href": url}, {"rel": "result", "href": f"{url}/result"}],
            "id": str(place + 1),
            "completed": task.result is not None,
            "progress": progress,
            "startTime": None if task.started_s is None else self._time.stamp(task.started_s),
            "endTime": None if task.ended_s is None else self._time.stamp(task.ended_s),
        }


def _type(call: Call) -> str:
    return call.headers.get("content-type", "")


def _identity(method: str, item: Any) -> str:
    """A PUT or PATCH in a batch names its record inside; the internal id wins."""
    if method == "POST" or not isinstance(item, dict):
        return ""
    if "id" in item and method == "PATCH":
        return str(item["id"])
    return f"eid:{item.get('externalId', '')}"


def _written(write: Write, job: _Job, task: _Task, now_s: float) -> Reply:
    try:
        return write(job.method, job.kind, task.identity, task.body, job.headers, job.who, now_s)
    except RefusedError as refused:
        return refused.reply()


def _listed(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "links": [],
        "count": len(tasks),
        "hasMore": False,
        "items": tasks,
        "offset": 0,
        "totalResults": len(tasks),
    }
