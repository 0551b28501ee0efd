"""Quota: what the client knows of a daily allowance, so that a spent one is not asked in vain."""

from __future__ import annotations

from collections.abc import Mapping

_HEADER = "sforce-limit-info"
_ASK_AGAIN_S = 900.0


class Quota:
    """Learns use and size from the vendor's header; nobody has a share that others could not use."""

    __slots__ = ("_asked_s", "held", "size", "used")

    def __init__(self) -> None:
        self._asked_s = 0.0
        self.used = 0
        self.size = 0
        self.held = 0

    def admits(self, now_s: float) -> bool:
        """Whether a call may go; one in 15 min goes anyway, to learn the use anew."""
        if self.used < self.size or not self.size:
            return True
        if self.left_s(now_s) <= 0.0:
            self._asked_s = now_s
            return True
        self.held += 1
        return False

    def left_s(self, now_s: float) -> float:
        """How long until one goes anyway."""
        return self._asked_s + _ASK_AGAIN_S - now_s

    def told(self, headers: Mapping[str, str]) -> None:
        """Learn from a reply's `api-usage=18/5000`."""
        text = headers.get(_HEADER)
        if text is None:
            return
        used, _, size = text.partition("=")[2].partition(";")[0].partition("/")
        if used.isdigit() and size.isdigit():
            self.used, self.size = int(used), int(size)
