"""Interrupts during a simulation: told, and not raised in the middle of whatever is just being done.

Raised there, Ctrl-C is lost in a finalizer; or it comes while one task makes way for another, and asyncio
then raises RuntimeError in its place.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_interrupts(told: Callable[[], None]) -> Iterator[None]:
    """Call `told` on each signal that would raise KeyboardInterrupt; others stay as they are."""
    raising = [number for number in _ENDING if signal.getsignal(number) is signal.default_int_handler]
    taken = []
    try:
        for number in raising:
            signal.signal(number, lambda _number, _frame: told())
            taken.append(number)
    except ValueError:
        pass  # not the main thread: signals go elsewhere
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.default_int_handler)
