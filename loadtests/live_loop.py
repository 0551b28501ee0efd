"""The simulation's own loop, woken by the wall's clock, and with sockets.

    virtual   step what is scheduled, whatever the wall says        (SimPyLoop)
    go_live   from here on: step what is due by now; wait on the sockets until the next is due

So a run can be played to any instant in virtual time and go on from there over HTTP, with every task, timer
and script as it stands: nothing is handed from one loop to another. A callback that is late runs at the
instant for which it was due; `lag` says how late the wall found it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, cast

import simpy

from loadtests.lag import Lag
from loadtests.pace import Pace
from sim.handles import Soon
from sim.loop import SimPyLoop
from sim.schedule import CALLBACKS_PER_INSTANT

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

STEPS_A_TURN = 500
"""Events that are stepped before the sockets are asked again, so that a late process still answers."""

LONGEST_WALL_S = 1.0
"""The longest wait on the sockets: signals and new timers are seen at least so often."""


class LiveLoop(SimPyLoop, asyncio.SelectorEventLoop):  # type: ignore[misc]  # tasks are numbered
    """Virtual until `go_live`; it has no sockets before that, so that a fork shares none."""

    _debug = False
    _selector: selectors.BaseSelector
    _write_to_self: Callable[[], None]
    _process_events: Callable[[list[tuple[selectors.SelectorKey, int]]], None]

    def __init__(self, env: simpy.Environment | None = None) -> None:
        SimPyLoop.__init__(self, env)
        self.pace: Pace | None = None
        self.lag = Lag()
        self.troubles: list[str] = []
        """What went wrong with a connection: told, and no end of the run."""
        self._foreign: deque[asyncio.Handle] = deque()
        self._outer = Context()

    def go_live(self, pace: Pace) -> None:
        """Follow the wall from now on."""
        ready, self._closed = self._ready, False
        asyncio.SelectorEventLoop.__init__(self)
        self._ready = ready
        self.pace = pace
        self.env._now = max(self.env.now, min(pace.at_s, self.env.peek()))

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Run it in the next turn."""
        handle = asyncio.Handle(callback, args, self, context)
        self._foreign.append(handle)
        self._write_to_self()
        return handle

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Fatal, but for what a connection does: the other side may go away at any time."""
        if "transport" in context or "protocol" in context:
            self.troubles.append(f"{context['message']}: {context.get('exception')!r}")
        else:
            super().call_exception_handler(context)

    def close(self) -> None:
        """Forget what is queued, and close the sockets of the loop itself."""
        if self.pace is not None and not self._closed:
            self._ready.clear()
            asyncio.SelectorEventLoop.close(self)
        super().close()

    def __del__(self) -> None:
        """asyncio's complaint of a loop that was not closed, where it has something to close."""
        if self.pace is not None:
            asyncio.SelectorEventLoop.__del__(self)

    def _step_until(self, ended: Callable[[], bool], horizon_s: float) -> bool:
        if self.pace is None:
            return super()._step_until(ended, horizon_s)
        while not ended():
            pace = self.pace  # another one may be told at any time
            if self.env.peek() > horizon_s and pace.now_s() >= horizon_s:
                return False
            self._step_due(pace, ended)
            if not ended():
                self._listen(pace)
        return True

    def _step_due(self, pace: Pace, ended: Callable[[], bool]) -> None:
        """Step what is due by now, and note how late the first of it is."""
        now_s, env = pace.now_s(), self.env
        due_s = env.peek()
        if due_s < now_s:
            self.lag.note(now_s - max(due_s, env.now))
        self._left = CALLBACKS_PER_INSTANT
        for _ in range(STEPS_A_TURN):
            if env.peek() > now_s or ended():
                return
            env.step()
            if self._fatal is not None or self._left < 0:
                self._check()

    def _listen(self, pace: Pace) -> None:
        """Wait on the sockets until the next event is due; what they bring happens now."""
        wait_s = self.env.peek() - pace.now_s()
        found = self._selector.select(max(0.0, min(pace.wall_s(wait_s), LONGEST_WALL_S)))
        if found or self._foreign:
            self.env._now = max(self.env.now, min(pace.now_s(), self.env.peek()))
            self._process_events(found)
            while self._foreign:
                self._add_callback(self._foreign.popleft())

    def _add_callback(self, handle: asyncio.Handle) -> None:
        """The selector's callbacks see to their own exceptions, as on any other loop."""
        if not handle._cancelled:
            self._ready.append(Soon(_run, (handle,), self, self._outer))
            if not self._awake:
                self._wake()


def _run(handle: asyncio.Handle) -> None:
    """What another callback of this turn may have cancelled meanwhile is left out."""
    if not handle._cancelled:
        handle._run()


def run_live(main: Coroutine[Any, Any, T], pace: Pace | None = None) -> T:
    """Run main on a loop that is live from the start, until it returns. Raises whatever failed first."""
    loop = LiveLoop()
    loop.go_live(pace or Pace.from_now())
    try:
        return cast(T, loop.play(main).value)
    finally:
        loop.close()
