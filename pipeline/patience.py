"""Patience: until when the work under way waits for a slot that a limit refused it; its pattern says so.

    API-led   the caller's timeout         batch, polls   the next run or poll
    event     the message's retention      sweep          midway to the next one

Handed on by context, so that it reaches every call below a message, in reads and bulk writes alike, and none
of them can forget it. Work that starts in the background begins without one, and sets its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_until_s: ContextVar[float] = ContextVar("patience_until_s", default=inf)


def until_s() -> float:
    """The instant at which the work under way gives up waiting for slots."""
    return _until_s.get()


@contextmanager
def patient(at_s: float) -> Iterator[None]:
    """What happens inside waits for slots until then, or until what surrounds it gives up."""
    token = _until_s.set(min(at_s, _until_s.get()))
    try:
        yield
    finally:
        _until_s.reset(token)


@contextmanager
def anew() -> Iterator[None]:
    """What happens inside has no patience of what surrounds it."""
    token = _until_s.set(inf)
    try:
        yield
    finally:
        _until_s.reset(token)
