"""Patience: until when the work under way waits for a slot that a limit refused it; its pattern says so.

    API-led   the caller's timeout         batch, polls   the next run or poll
    event     the message's retention      sweep          midway to the next one

Handed on by context, so that it reaches every call below a message, in reads and bulk writes alike, and none
of them can forget it. Work that starts in the background begins without one, and sets its own.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from math import inf

_until_s: ContextVar[float] = ContextVar("patience_until_s", default=inf)


def until_s() -> float:
    """The instant at which the work under way gives up waiting for slots."""
    return _until_s.get()


class Patience:
    """For what happens inside the block. A class and no generator: every poll of a bridge enters one."""

    __slots__ = ("_at_s", "_token")
    _token: Token[float]

    def __init__(self, at_s: float) -> None:
        self._at_s = at_s

    def __enter__(self) -> None:
        self._token = _until_s.set(self._at_s)

    def __exit__(self, *_: object) -> None:
        _until_s.reset(self._token)


def patient(at_s: float) -> Patience:
    """What happens inside waits for slots until then, or until what surrounds it gives up."""
    return Patience(min(at_s, _until_s.get()))


def anew() -> Patience:
    """What happens inside has no patience of what surrounds it."""
    return Patience(inf)
