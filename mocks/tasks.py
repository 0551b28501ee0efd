"""A system's background work: tasks and timers that end with the system."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Tasks:
    """Started work is kept until it is done; `close` cancels the rest."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[None], None] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._count = 0
        self._closed = False

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else; an exception out of it is a bug and ends the run."""
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running[task] = None
        task.add_done_callback(self._done)

    def later(self, delay_s: float, act: Callable[[], None]) -> None:
        """Call it after a delay."""
        self._count += 1
        number = self._count

        def due() -> None:
            self._timers.pop(number, None)
            act()

        self._timers[number] = asyncio.get_running_loop().call_later(delay_s, due)

    async def close(self) -> None:
        """Cancel what is under way and wait until it is gone."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        running = list(self._running)
        for task in running:
            task.cancel()
        for task in running:
            try:
                await task
            except asyncio.CancelledError:
                continue

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() or RuntimeError("background work failed")
