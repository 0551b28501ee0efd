"""Real time as seconds since the start: the selector loop, its monotonic clock from zero and scaled.

    loop.time() = (monotonic now - epoch) x speed          the selector waits for (due - now) / speed

So pipeline and mocks, which know only loop.time(), run unchanged over sockets. Processes that are given the
same epoch have the same time. (uvloop is no alternative: its clock cannot be replaced.)
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _PacedSelector(selectors.DefaultSelector):
    """Divides waiting times by the speed."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready within `timeout` seconds of the loop's time."""
        return super().select(timeout / self._speed if timeout else timeout)


class PacedLoop(asyncio.SelectorEventLoop):
    """`speed` 1 is live; `epoch_s` is a reading of the machine's monotonic clock (None = now)."""

    def __init__(self, speed: float = 1.0, epoch_s: float | None = None) -> None:
        self._speed = speed
        self._epoch_s = 0.0
        super().__init__(_PacedSelector(speed))
        self._epoch_s = super().time() if epoch_s is None else epoch_s

    @property
    def epoch_s(self) -> float:
        """The monotonic reading at which this loop's time is zero."""
        return self._epoch_s

    def time(self) -> float:
        """Seconds since the epoch, scaled."""
        return (super().time() - self._epoch_s) * self._speed


def run(main: Callable[[], Coroutine[Any, Any, T]], speed: float = 1.0, epoch_s: float | None = None) -> T:
    """Run `main()` on a new paced loop until it ends. Raises ValueError for a speed not above 0."""
    if speed <= 0.0:
        raise ValueError(f"speed must be above 0, not {speed}")
    with asyncio.Runner(loop_factory=lambda: PacedLoop(speed, epoch_s)) as runner:
        return runner.run(main())
