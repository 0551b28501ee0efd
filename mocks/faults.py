"""Faults as values: those of a scenario with a time, and the ambient ones that every system has every day.

| kind                | parameters (* = needed)        | effect                                             |
|---------------------|--------------------------------|----------------------------------------------------|
| outage              | mode refuse, reset or hang     | api and desk answer nothing useful                 |
| brownout            | latency_factor, error_share    | slow, and some calls fail with 500                 |
| lost_reply          | share *                        | the commit happens, the reply never arrives        |
| reset               | share *                        | the connection breaks before anything happened     |
| expired_credentials | secret (the new one)           | tokens end, the old secret is refused from then on |
| lost_event          | share *                        | a change never reaches the feed or the hook        |
| doubled_event       | share *                        | it arrives twice                                   |
| late_event          | share *, delay_s               | it is overtaken by later ones                      |
| gap_event           | share *                        | it tells that a record changed, and nothing else   |
| throttle            | limit *, size *                | a limit is cut while it lasts                      |
| row_lock            | share *                        | a write meets somebody else's lock                 |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kernel.luck import luck
from mocks.parameters import Parameter, share

PARAMETERS: Mapping[str, tuple[Parameter, ...]] = {
    "outage": (Parameter("mode", "text", choices=("refuse", "reset", "hang")),),
    "brownout": (Parameter("latency_factor", least=0.001, most=1_000), share("error_share", required=False)),
    "lost_reply": (share("share"),),
    "reset": (share("share"),),
    "expired_credentials": (Parameter("secret", "text"),),
    "lost_event": (share("share"),),
    "doubled_event": (share("share"),),
    "late_event": (share("share"), Parameter("delay_s", least=2.0, most=1e6)),
    "gap_event": (share("share"),),
    "throttle": (Parameter("limit", "text", required=True), Parameter("size", required=True, least=0.1)),
    "row_lock": (share("share"),),
}
"""What each kind takes. A size of 0 would divide by nothing in most limits: that is what an outage is for."""

KINDS = tuple(PARAMETERS)
BY_OPERATION = ("outage", "brownout", "lost_reply", "reset")
"""Kinds that can be aimed at one kind of operation."""
_NONE_GIVEN: Mapping[str, float] = {"error_share": 0.0}
"""A fault that is told no share strikes always; but a brownout that is only slow fails nobody."""


class Fault(NamedTuple):
    """`target` is the system's name, or `system:kind` for one kind of operation; `for_s` 0 = over at once."""

    at_s: float
    for_s: float
    target: str
    kind: str
    parameters: Mapping[str, Any] = {}


class Faults:
    """A system's faults. `started` and `ended` tell the system of those that change its state."""

    def __init__(self, system: str, seed: int, ambient: Mapping[str, float]) -> None:
        self._system = system
        self._seed = seed
        self._ambient = dict(ambient)
        self._planned: list[Fault] = []
        self._begun: set[int] = set()
        self._over: set[int] = set()
        self._active: tuple[Fault, ...] = ()
        self._change_s = math.inf
        self.started: Callable[[Fault], None] = _ignore
        self.ended: Callable[[Fault], None] = _ignore

    def add(self, fault: Fault) -> None:
        """Plan a fault; one whose time has come begins with the next call."""
        self._planned.append(fault)
        self._change_s = -math.inf

    def active(self, now_s: float) -> tuple[Fault, ...]:
        """The scenario's faults that are on now."""
        if now_s >= self._change_s:
            self._turn(now_s)
        return self._active

    def outage(self, now_s: float, operation: str = "desk") -> Fault | None:
        """The outage that is on now for this kind of operation."""
        for fault in self.active(now_s):
            if fault.kind == "outage" and self._aims(fault, operation):
                return fault
        return None

    def has_ambient(self, kind: str) -> bool:
        """Whether such faults happen every day."""
        return self._ambient.get(kind, 0.0) > 0.0

    def latency_factor(self, now_s: float, operation: str) -> float:
        """How much slower than usual."""
        factor = 1.0
        for fault in self.active(now_s):
            if fault.kind == "brownout" and self._aims(fault, operation):
                factor *= float(fault.parameters.get("latency_factor", 1.0))
        return factor

    def share(self, kind: str, now_s: float, operation: str, parameter: str = "share") -> float:
        """The probability that such a fault strikes now; `ambient` for the lack of a planned one."""
        strongest, otherwise = self._ambient.get(kind, 0.0), _NONE_GIVEN.get(parameter, 1.0)
        for fault in self.active(now_s):
            if fault.kind == kind and self._aims(fault, operation):
                strongest = max(strongest, float(fault.parameters.get(parameter, otherwise)))
        return strongest

    def strikes(
        self, kind: str, now_s: float, operation: str, key: str, attempt: int, parameter: str = "share"
    ) -> bool:
        """Whether it strikes this attempt at this operation on this key."""
        if self.active(now_s):
            chance = self.share(kind, now_s, operation, parameter)
        else:
            chance = self._ambient.get(kind, 0.0)
        if chance <= 0.0:
            return False
        return chance >= 1.0 or self.draw(kind, operation, key, attempt) < chance

    def draw(self, kind: str, operation: str, key: str, attempt: int) -> float:
        """The luck behind a fault: by system, operation, business key and attempt."""
        return luck(self._seed, f"{self._system}.{kind}.{operation}", f"{key}|{attempt}")

    def _aims(self, fault: Fault, operation: str) -> bool:
        _, _, only = fault.target.partition(":")
        return only in {"", operation}

    def _turn(self, now_s: float) -> None:
        active, change_s = [], math.inf
        for number, fault in enumerate(self._planned):
            until_s = fault.at_s + fault.for_s
            if now_s < fault.at_s:
                change_s = min(change_s, fault.at_s)
                continue
            if number not in self._begun:
                self._begun.add(number)
                self.started(fault)
            if now_s < until_s:
                active.append(fault)
                change_s = min(change_s, until_s)
            elif number not in self._over:
                self._over.add(number)
                self.ended(fault)
        self._active, self._change_s = tuple(active), change_s


def _ignore(_: Fault) -> None:
    pass
