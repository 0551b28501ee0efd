"""Where callbacks wait for their turn: the half of the loop that stands on a `simpy.Environment`.

    call_soon ──> ready callbacks ──┐
    call_at   ──> Timer (an event) ─┼─> simpy.Environment ──> one step after another
    SimPy processes ────────────────┘

Order within one instant is SimPy's: priority, then order of scheduling. The ready callbacks of an instant run
in one event, scheduled when the first of them is queued; so do those that they queue in turn. A timer that is
due joins the ready callbacks; timers of one instant all join before what they cause runs, as in asyncio.
Instants are multiples of a tick, rounded up: equal ones are equal, and no sleep leaves time where it was.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from heapq import heapify
from typing import Any, TypeVarTuple

import simpy
from simpy.events import NORMAL

from kernel.time import TICK_S
from sim.handles import Soon, Timer
from sim.tasks import belongs_to_the_dead

Ts = TypeVarTuple("Ts")

CALLBACKS_PER_INSTANT = 1_000_000
STALE_TIMERS = 50_000


class LivelockError(RuntimeError):
    """More than a million callbacks ran and time did not move."""


class Schedule(asyncio.AbstractEventLoop):
    """The clock, the ready callbacks, the timers, and the first fatal thing."""

    def __init__(self, env: simpy.Environment | None = None) -> None:
        self.env = env or simpy.Environment(0.0)
        self._ready: deque[Soon | Timer] = deque()
        self._awake = False
        self._due: list[Callable[[Any], None]] = [self._join]
        self._drains: list[Callable[[Any], None]] = [self._drain]
        self._drain_event = simpy.Event(self.env)
        self._drain_event._ok = True
        self._left = CALLBACKS_PER_INSTANT
        self._stale = 0
        self._some_died = False
        self._fatal: BaseException | None = None
        self._deaf = False

    def time(self) -> float:
        """Seconds since the scenario's start."""
        return self.env._now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Run it in this instant, after everything that is already queued in it."""
        handle = Soon(callback, args, self, copy_context() if context is None else context)
        self._ready.append(handle)
        if not self._awake:
            self._wake()
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run it `delay` seconds from now, rounded up to a tick."""
        if delay <= 0.0 or delay == math.inf:
            return self.call_at(self.env._now + delay, callback, *args, context=context)
        delay = math.ceil(delay / TICK_S) * TICK_S
        when = self.env._now + delay
        timer = Timer(when, callback, args, self, copy_context() if context is None else context, self._due)
        self.env.schedule(timer, NORMAL, delay)
        return timer

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run it at the first tick not before `when`; an infinite `when` never comes."""
        if context is None:
            context = copy_context()
        if when == math.inf:
            return Timer(when, callback, args, self, context, self._due)
        now = self.env._now
        when = math.ceil(when / TICK_S) * TICK_S
        timer = Timer(when, callback, args, self, context, self._due)
        self.env.schedule(timer, NORMAL, when - now if when > now else 0.0)
        return timer

    def count(self) -> None:
        """Count something that ran in this instant outside of a callback. Raises LivelockError."""
        self._left -= 1
        if self._left < 0:
            raise self._livelock()

    def fail(self, error: BaseException) -> None:
        """Keep the first fatal thing; it is raised after the current callback."""
        if self._fatal is None and not self._deaf:
            self._fatal = error

    def waiting(self) -> tuple[str, ...]:
        """Who waits on what."""
        return ()

    def _join(self, timer: Timer) -> None:
        """A due timer joins the ready callbacks, which run now if nothing else of this instant is left."""
        if timer._cancelled:
            return
        self._ready.append(timer)
        if not self._awake:
            if self.env.peek() > self.env._now:
                self._drain(None)
            else:
                self._wake()

    def _wake(self) -> None:
        """Schedule the event that runs the ready callbacks; the one event object serves again and again."""
        self._awake = True
        self._drain_event.callbacks = self._drains
        self.env.schedule(self._drain_event)

    def _drain(self, _event: object) -> None:
        self._awake = True
        ready = self._ready
        try:
            while ready:
                handle = ready.popleft()
                self._left -= 1
                if handle._cancelled or (self._some_died and belongs_to_the_dead(handle._context)):
                    continue
                handle._context.run(handle._callback, *handle._args)
                if self._fatal is not None or self._left < 0:
                    self._check()
        except BaseException as error:
            self.fail(error)
            raise
        finally:
            self._awake = False
            if ready:
                self._wake()

    def _check(self) -> None:
        """Raise what is fatal."""
        if self._fatal is not None:
            raise self._fatal
        if self._left < 0:
            raise self._livelock()

    def _livelock(self) -> LivelockError:
        what = f"more than {CALLBACKS_PER_INSTANT:,} callbacks at {self.time()} s, and time does not move"
        return LivelockError("\n  ".join([what, *self.waiting()]))

    def _timer_handle_cancelled(self, _timer: asyncio.TimerHandle) -> None:
        """asyncio's hook: where many are stale, they are dropped, so that long timeouts cost no memory."""
        self._stale += 1
        if self._stale > STALE_TIMERS:
            self._sweep()

    def _sweep(self) -> None:
        """Drop cancelled timers from the schedule; the order of the others is total, so it stays."""
        queue = self.env._queue
        queue[:] = [entry for entry in queue if not (isinstance(entry[3], Timer) and entry[3]._cancelled)]
        heapify(queue)
        self._stale = 0
