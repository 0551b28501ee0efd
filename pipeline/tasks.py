"""Tasks: what runs in the background of the pipeline, ended in order when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from pipeline import patience


class Tasks:
    """Owns running coroutines; one that fails ends the run (an exception nobody retrieved)."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[Any], None] = {}

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it in the background, with no patience but its own."""
        with patience.anew():
            task = asyncio.get_running_loop().create_task(work)
        self._running[task] = None
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel what still runs, in order of its start."""
        for task in list(self._running):
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                continue

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "a task of the pipeline failed", "exception": error, "task": task}
            )
