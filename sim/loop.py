"""The event loop is the clock: ordinary asyncio code, in the virtual time of a `simpy.Environment`.

`sim/schedule.py` says in which order things of one instant happen. This file makes tasks, runs until main
ends or the horizon comes, and sees to it that nothing fails in silence:

    an exception that nobody retrieved, a lost task     raised after the current callback; where a cycle holds
                                                        it, at the end (with the collector off: tasks only)
    a socket, thread, signal or subprocess              NotSimulated
    a million callbacks in one instant                  LivelockError
    Ctrl-C                                              KeyboardInterrupt, after the current callback
    nothing scheduled while main waits                  DeadlockError, with who waits on what
    the horizon before main's end                       Outcome.drained is false, with who waits on what
"""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterable
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import simpy

from sim.absent import WithoutTheWorld
from sim.generators import OpenGenerators
from sim.interrupts import told_of_interrupts
from sim.schedule import CALLBACKS_PER_INSTANT, Schedule
from sim.tasks import (
    TASKS_ARE_KNOWN,
    Incarnation,
    NumberedTask,
    belongs_to_the_dead,
    failed_tasks,
    numbered_tasks,
    waits,
)

T = TypeVar("T")

CLOSING_S = 3600.0
"""Virtual time in which cancelled tasks must have ended."""


class DeadlockError(RuntimeError):
    """Nothing is scheduled any more while something still waits; says who waits on what."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How a run ended. `drained` false: the horizon came before main's end, and `value` is None."""

    value: T | None
    at_s: float
    drained: bool
    waiting: tuple[str, ...]


def run(
    main: Coroutine[Any, Any, T], env: simpy.Environment | None = None, horizon_s: float | None = None
) -> Outcome[T]:
    """Run main in virtual time until it returns or the horizon comes. Raises whatever failed first."""
    loop = SimulationLoop(env)
    try:
        return loop.play(main, horizon_s)
    finally:
        loop.close()


class SimPyLoop(Schedule):
    """An asyncio event loop whose time is that of a SimPy environment, which SimPy processes may share.

    `witnesses` are asked who else waits, for the messages of a deadlock and of a horizon.
    """

    def __init__(self, env: simpy.Environment | None = None) -> None:
        super().__init__(env)
        self.witnesses: list[Callable[[], Iterable[str]]] = []
        self._tasks = 0
        self._generators = OpenGenerators(self._generator_lost)
        self._stopping = False
        self._closed = False

    def play(self, main: Coroutine[Any, Any, T], horizon_s: float | None = None) -> Outcome[T]:
        """Run main until it returns or the horizon comes, then cancel what is left. See `run`."""
        task = self.create_task(main, name="main")
        try:
            drained = self._advance(task.done, math.inf if horizon_s is None else horizon_s)
            waiting = () if drained else self.waiting()
            outcome = Outcome(task.result() if drained else None, self.time(), drained, waiting)
            self._wind_up()
            self._tell_failures()
            self._check()
        except BaseException:
            self._abandon()
            raise
        return outcome

    def advance(self, ended: Callable[[], bool], horizon_s: float) -> bool:
        """Run what is there until `ended()`; false where the horizon came first. Nothing is cancelled."""
        return self._advance(ended, horizon_s)

    def create_future(self) -> asyncio.Future[Any]:
        """asyncio's own future."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
        **_options: object,
    ) -> asyncio.Task[T]:
        """A numbered task, so that every set of tasks has one order."""
        self._tasks = number = self._tasks + 1
        context = copy_context() if context is None else context
        return NumberedTask(cast(Coroutine[Any, Any, T], coro), self, number, name, context)

    def run_now(self, context: Context, act: Callable[..., T], *given: Any) -> T | None:
        """Do it at once, in that context; None where what would do it died in a crash."""
        self._left -= 1
        if self._left < 0:
            raise self._livelock()
        if self._some_died and belongs_to_the_dead(context):
            return None
        return context.run(act, *given)

    def start_now(self, coro: Coroutine[Any, Any, T], context: Context) -> asyncio.Task[T]:
        """A task whose first part runs at once, under its own identity and context; it may return done."""
        self._left -= 1
        if self._left < 0:
            coro.close()
            raise self._livelock()
        awake, self._awake = self._awake, True
        task = self.create_task(coro, context=context)
        self._awake = awake
        first = self._ready.pop()
        if self._some_died and isinstance(task, NumberedTask) and belongs_to_the_dead(context):
            if task.incarnation is not None:
                task.incarnation.park(task)
            return task
        outer = asyncio.current_task(self)
        if outer is None:
            context.run(first._callback, *first._args)
            return task
        asyncio.tasks._leave_task(self, outer)
        try:
            context.run(first._callback, *first._args)
        finally:
            asyncio.tasks._enter_task(self, outer)
        return task

    def crash(self, incarnation: Incarnation) -> None:
        """End an incarnation as a power cut does: no callback of its own runs again, and no `finally`."""
        incarnation.alive = False
        self._some_died = True
        for task in numbered_tasks(self):
            if task.incarnation is incarnation:
                incarnation.park(task)

    def waiting(self) -> tuple[str, ...]:
        """Who waits on what: every task that lives, and what the witnesses say."""
        told = [waits(task) for task in self._living()]
        for witness in self.witnesses:
            told += witness()
        return tuple(told)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """An exception that nobody retrieved, or a task that was lost, is fatal."""
        error: BaseException = context.get("exception") or RuntimeError(context["message"])
        error.add_note(f"{context['message']}, at {self.time()} s of virtual time")
        self.fail(error)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """The same: there is only one way to handle it."""
        self.call_exception_handler(context)

    def get_exception_handler(self) -> None:
        """None: what would reach it is fatal."""

    def run_until_complete(self, future: Generator[Any, None, T] | Awaitable[T]) -> T:
        """Run until it is done, and give its result."""
        task = asyncio.ensure_future(cast(Awaitable[T], future), loop=self)
        self._advance(task.done, math.inf)
        return task.result()

    def run_forever(self) -> None:
        """Run until `stop()` is called or nothing is scheduled."""
        self._stopping = False
        self._advance(lambda: self._stopping or self.env.peek() == math.inf, math.inf)

    def stop(self) -> None:
        """End `run_forever` after the current event."""
        self._stopping = True

    async def shutdown_asyncgens(self) -> None:
        """Close every open asynchronous generator, oldest first."""
        await self._generators.close()

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There is none."""

    def close(self) -> None:
        """Forget what is still queued."""
        self._closed = self._deaf = True
        self._ready.clear()

    def is_running(self) -> bool:
        """Whether it is stepping now."""
        return asyncio._get_running_loop() is self

    def is_closed(self) -> bool:
        """Whether it is closed."""
        return self._closed

    def get_debug(self) -> bool:
        """Never: asyncio's debugging reads wall clocks."""
        return False

    def set_debug(self, enabled: bool) -> None:
        """Ignored."""

    def get_task_factory(self) -> None:
        """None: tasks are numbered."""

    def _living(self) -> list[NumberedTask]:
        return [task for task in numbered_tasks(self) if task.incarnation is None or task.incarnation.alive]

    def _advance(self, ended: Callable[[], bool], horizon_s: float) -> bool:
        """Step until `ended()`; false where the horizon came first. Raises what is fatal, DeadlockError."""
        if self._closed or asyncio._get_running_loop() is not None:
            raise RuntimeError("this loop is closed, or another one is running")
        with told_of_interrupts(self._interrupt), self._generators.watched():
            asyncio._set_running_loop(self)
            try:
                in_time = self._step_until(ended, horizon_s)
            finally:
                asyncio._set_running_loop(None)
        self._check()
        return in_time

    def _interrupt(self) -> None:
        """Ctrl-C: raised after the current callback; the second time at once, for that one may never end."""
        if isinstance(self._fatal, KeyboardInterrupt):
            raise KeyboardInterrupt
        self.fail(KeyboardInterrupt())

    def _step_until(self, ended: Callable[[], bool], horizon_s: float) -> bool:
        step, peek, instant_s = self.env.step, self.env.peek, self.env.now
        while not ended():
            following_s = peek()
            if following_s != instant_s:
                if following_s > horizon_s or following_s == math.inf:
                    return self._nothing_before(horizon_s)
                instant_s = following_s
                self._left = CALLBACKS_PER_INSTANT
            step()
            self._left -= 1
            if self._fatal is not None or self._left < 0:
                self._check()
        return True

    def _nothing_before(self, horizon_s: float) -> bool:
        """Go to the horizon, unless nothing at all is scheduled."""
        self._sweep()
        if self.env.peek() == math.inf:
            what = f"nothing is scheduled after {self.time()} s, and this still waits:"
            raise DeadlockError("\n  ".join([what, *self.waiting()]))
        self.env.timeout(horizon_s - self.env.now)
        self.env.step()
        return False

    def _wind_up(self) -> None:
        """Cancel what is left and wait for it, then close the generators that are still open."""
        tasks = self._living()
        for task in tasks:
            task.cancel()
        if not self._advance(lambda: all(task.done() for task in tasks), self.time() + CLOSING_S):
            stuck = [waits(task) for task in tasks if not task.done()]
            raise DeadlockError("\n  ".join(["cancelled, and still not ended:", *stuck]))
        self._advance(self.create_task(self.shutdown_asyncgens()).done, self.time() + CLOSING_S)

    def _tell_failures(self) -> None:
        """What failed and is still held by a cycle: tasks are asked, other futures need the collector."""
        for task in failed_tasks(self):
            message = f"the exception of {task.get_name()} was never retrieved"
            self.call_exception_handler({"message": message, "exception": task.exception()})
        if gc.isenabled() or not TASKS_ARE_KNOWN:
            gc.collect()

    def _abandon(self) -> None:
        """After a failure: what is left may end if it can, and nobody hears of it."""
        self._deaf, self._fatal = True, None
        self._left = CALLBACKS_PER_INSTANT
        try:
            self._wind_up()
        except BaseException:
            for task in numbered_tasks(self):
                task.set_quiet()

    def _generator_lost(self, generator: AsyncGenerator[Any, Any]) -> None:
        if not self._closed:
            self.create_task(generator.aclose())


class SimulationLoop(SimPyLoop, WithoutTheWorld):
    """All of it in virtual time, and nothing outside of the process."""
