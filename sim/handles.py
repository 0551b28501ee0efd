"""What `call_soon` and `call_at` give back, without the questions about debugging that asyncio's ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any

import simpy


def _cancelled() -> None:
    """What a cancelled timer would call."""


class Soon(asyncio.Handle):
    """A callback of this instant."""

    __slots__ = ()
    _callback: Callable[..., object]
    _args: tuple[Any, ...]
    _context: Context

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: Context,
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._source_traceback = None
        self._repr = None


class Timer(asyncio.TimerHandle, simpy.Event):
    """A callback of a later instant: the handle that asyncio wants and the event that SimPy wants, in one."""

    _ok = True
    _callback: Callable[..., object]
    _args: tuple[Any, ...]
    _context: Context
    _loop: Any

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: Context,
        due: list[Callable[[Any], None]],
    ) -> None:
        self._when = when
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._scheduled = True
        self._source_traceback = None
        self._repr = None
        self.callbacks = due

    def cancel(self) -> None:
        """What asyncio's does, in one step: every sleep ends with it."""
        if not self._cancelled:
            self._cancelled = True
            self._callback, self._args = _cancelled, ()
            self._loop._timer_handle_cancelled(self)
