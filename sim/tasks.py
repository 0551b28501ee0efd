"""Tasks whose order is the order of their making, the lives they belong to, and words for what they wait on.

asyncio keeps tasks in sets and cancels or returns them in the order of their addresses, which differs from
run to run. Here a task's hash is its number in the loop, so every such set has one order.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Coroutine
from contextvars import Context, ContextVar
from typing import Any


class Incarnation:
    """One life of a process inside the simulation: everything that was started in its context dies with it.

    `parked` holds the tasks of the dead, so that no `finally` of theirs runs; keep it until the end.
    """

    __slots__ = ("alive", "name", "parked")

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.parked: list[NumberedTask] = []

    def park(self, task: NumberedTask) -> None:
        """Keep a task that will never run again."""
        coroutine = task.get_coro()
        if inspect.iscoroutine(coroutine) and inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
            coroutine.close()
        task.set_quiet()
        self.parked.append(task)


INCARNATION: ContextVar[Incarnation | None] = ContextVar("incarnation", default=None)


def belongs_to_the_dead(context: Context) -> bool:
    """Whether what runs in this context died in a crash."""
    incarnation = context.get(INCARNATION)
    return incarnation is not None and not incarnation.alive


class NumberedTask(asyncio.Task[Any]):
    """A task that knows its number and the incarnation it belongs to."""

    _log_destroy_pending: bool
    _log_traceback: bool

    def __init__(
        self,
        coro: Coroutine[Any, Any, Any],
        loop: asyncio.AbstractEventLoop,
        number: int,
        name: str | None,
        context: Context,
    ) -> None:
        self.number = number
        self.incarnation = context.get(INCARNATION)
        super().__init__(coro, loop=loop, name=name or f"Task-{number}", context=context)

    def __hash__(self) -> int:
        return self.number

    def set_quiet(self) -> None:
        """Say nothing when it is dropped while pending."""
        self._log_destroy_pending = False


def numbered_tasks(loop: asyncio.AbstractEventLoop) -> list[NumberedTask]:
    """The tasks of the loop that are not done, in the order of their making."""
    return sorted((task for task in asyncio.all_tasks(loop) if isinstance(task, NumberedTask)), key=hash)


def failed_tasks(loop: asyncio.AbstractEventLoop) -> list[NumberedTask]:
    """The tasks of the loop that failed and whose exception nobody has retrieved, in that order."""
    held: Any = asyncio.tasks  # where they stand since 3.12, or in 3.11
    known = held._scheduled_tasks if hasattr(held, "_scheduled_tasks") else held._all_tasks
    return sorted((task for task in list(known) if _failed(task, loop)), key=hash)


TASKS_ARE_KNOWN = sys.version_info < (3, 14)
"""Later versions keep tasks where only the collector finds those that are done."""


def _failed(task: Any, loop: asyncio.AbstractEventLoop) -> bool:
    return isinstance(task, NumberedTask) and task.get_loop() is loop and bool(task._log_traceback)


def waits(task: asyncio.Task[Any]) -> str:
    """Who waits on what, such as `Task-3 (Desk.serve) waits in Semaphore.acquire, locks.py:12, on Future`."""
    coroutine: Any = task.get_coro()
    name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
    while getattr(following := getattr(coroutine, "cr_await", None), "cr_frame", None) is not None:
        coroutine = following
    return f"{task.get_name()} ({name}) waits in {_place(coroutine)}, on {_awaited(task)}"


def _place(coroutine: Any) -> str:
    frame = getattr(coroutine, "cr_frame", None)
    if frame is None:
        return type(coroutine).__name__
    code = frame.f_code
    return f"{code.co_qualname}, {code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno}"


def _awaited(task: asyncio.Task[Any]) -> str:
    awaited = getattr(task, "_fut_waiter", None)
    if isinstance(awaited, asyncio.Task):
        return awaited.get_name()
    return "its turn" if awaited is None else type(awaited).__name__.strip("_")
