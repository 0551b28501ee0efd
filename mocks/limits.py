"""A vendor's limits, exact: they compare instants and add integers, and each can say how far it was used.

    Window       so much in any `window_s` (requests, deliveries, rows, milliseconds of execution)
    Concurrency  so many at once
    LongRunning  so many at once that already run for `after_s`
    Rate         so many a second with a burst (GCRA)
    Transaction  so many by one transaction

Every limit offers: refuses(now) -> seconds to wait or None; take; began; ended. One that is off counts on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from measurements.facts import LimitUse
from mocks.peak import Peak

Level = Callable[[float], float]
"""Seconds since the start to what other integrations use of a limit then."""


def nobody(now_s: float) -> float:
    """No other integration uses this limit."""
    return 0.0


class Refusal(NamedTuple):
    """The limit that fired, and when a call could be admitted."""

    limit: str
    wait_s: float


class Limit(Protocol):
    """What all limits offer."""

    name: str
    size: float
    windowed: bool
    on: bool
    peak: Peak

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        """Seconds to wait where there is no room now; places cost one each, whatever `cost`."""
        ...

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        """Use it; `own` is the integration under test."""
        ...

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        """A call that was let in will run for so long."""
        ...

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        """That call is over."""
        ...

    def used(self, now_s: float) -> float:
        """How much is in use, background included."""
        ...


class Window:
    """So much in any `window_s`. With `timed`, execution milliseconds are charged when a call ends."""

    windowed = True

    def __init__(
        self, name: str, size: float, window_s: float, background: Level = nobody, timed: bool = False
    ) -> None:
        self.name, self.size, self.window_s, self.on = name, size, window_s, True
        self.peak = Peak()
        self._background = background
        self._timed = timed
        self._taken: deque[tuple[float, int, bool]] = deque()
        self._own = 0
        self._others = 0

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        used = self.used(now_s)
        if used + (0 if self._timed else cost) <= self.size and not (self._timed and used >= self.size):
            return None
        self.peak.full(now_s)
        if not self.on:
            return None
        self.peak.refusals += 1
        return self._taken[0][0] + self.window_s - now_s if self._taken else 60.0

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        if not self._timed:
            self._add(now_s, own, cost)

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        if self._timed:
            self._add(now_s, own, int(service_s * 1000))

    def used(self, now_s: float) -> float:
        taken, gone_s = self._taken, now_s - self.window_s
        while taken and taken[0][0] <= gone_s:
            _, cost, own = taken.popleft()
            if own:
                self._own -= cost
            else:
                self._others -= cost
        return self._own + self._others + self._background(now_s)

    def _add(self, now_s: float, own: bool, cost: int) -> None:
        self._taken.append((now_s, cost, own))
        if own:
            self._own += cost
        else:
            self._others += cost
        share = (self._own + self._others + self._background(now_s)) / self.size
        self.peak.observe(now_s, share, self._own / self.size)


class Concurrency:
    """So many at once; background slots come and go with the time of day."""

    windowed = False

    def __init__(self, name: str, size: float, background: Level = nobody) -> None:
        self.name, self.size, self.on = name, size, True
        self.peak = Peak()
        self._background = background
        self._own = 0
        self._others = 0

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        if self.used(now_s) + 1 <= self.size or not self.on:
            return None
        self.peak.refusals += 1
        return 1.0

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        if own:
            self._own += 1
        else:
            self._others += 1
        used = self.used(now_s)
        self.peak.observe(now_s, used / self.size, self._own / self.size)
        if used >= self.size:
            self.peak.hold(now_s)

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        if own:
            self._own -= 1
        else:
            self._others -= 1
        self.peak.let_go(now_s)

    def used(self, now_s: float) -> float:
        return self._own + self._others + self._background(now_s)


class LongRunning:
    """So many at once that already run for `after_s`; shorter ones are not counted."""

    windowed = False

    def __init__(self, name: str, size: float, after_s: float) -> None:
        self.name, self.size, self.on = name, size, True
        self.peak = Peak()
        self._after_s = after_s
        self._spans: list[tuple[float, float, bool]] = []

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        if not self._spans or self.used(now_s) < self.size or not self.on:
            return None
        self.peak.refusals += 1
        self.peak.full(now_s)
        return min(until_s for since_s, until_s, _ in self._spans if since_s <= now_s) - now_s

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        pass

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        if service_s >= self._after_s:
            self._spans.append((now_s + self._after_s, now_s + service_s, own))

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        if self._spans:
            share = self.used(now_s) / self.size
            self.peak.observe(now_s, share, sum(mine for _, _, mine in self._spans) / self.size)

    def used(self, now_s: float) -> float:
        self._spans = [span for span in self._spans if span[1] > now_s]
        return sum(since_s <= now_s for since_s, _, _ in self._spans)


class Rate:
    """So many a second with a burst, by the generic cell rate algorithm: one instant is its whole state."""

    windowed = True

    def __init__(self, name: str, size: float, burst: float = 1.0) -> None:
        self.name, self.size, self.on = name, size, True
        self.peak = Peak()
        self._burst = burst
        self._due_s = 0.0

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        early_s = self._due_s - now_s - (self._burst - 1.0) / self.size
        if early_s <= 1e-9:
            return None
        self.peak.full(now_s)
        if not self.on:
            return None
        self.peak.refusals += 1
        return early_s

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        self._due_s = max(self._due_s, now_s) + cost / self.size
        share = self.used(now_s) / self.size
        self.peak.observe(now_s, share, share if own else 0.0)

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def used(self, now_s: float) -> float:
        return max(0.0, self._due_s - now_s) * self.size * self.size / max(self._burst, 1.0)


class Transaction:
    """So many by one transaction; `cost` is its count so far. Nothing of it is left for the next one."""

    windowed = False

    def __init__(self, name: str, size: float) -> None:
        self.name, self.size, self.on = name, size, True
        self.peak = Peak()

    def refuses(self, now_s: float, cost: int = 1) -> float | None:
        return 0.0 if self.on and cost > self.size else None

    def take(self, now_s: float, own: bool, cost: int = 1) -> None:
        share = cost / self.size
        self.peak.observe(now_s, share, share if own else 0.0)

    def began(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def ended(self, now_s: float, service_s: float, own: bool) -> None:
        pass

    def used(self, now_s: float) -> float:
        return 0.0


class Limits:
    """A system's limits by name, in the order in which the vendor looks at them."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self.by_name: dict[str, Limit] = {limit.name: limit for limit in limits}
        self._some: dict[tuple[str, ...], tuple[Limit, ...]] = {}

    def __getitem__(self, name: str) -> Limit:
        return self.by_name[name]

    def some(self, names: tuple[str, ...]) -> tuple[Limit, ...]:
        """The named ones. Raises KeyError for a name that no limit has."""
        found = self._some.get(names)
        if found is None:
            found = tuple(self.by_name[name] for name in names)
            self._some[names] = found
        return found

    def restart(self, now_s: float) -> None:
        """How far they are used is told from now on."""
        for limit in self.by_name.values():
            limit.peak.restart(now_s)

    def use(self, system: str, until_s: float) -> Iterator[LimitUse]:
        """How far each was used, as facts."""
        for limit in self.by_name.values():
            peak = limit.peak
            yield LimitUse(
                system,
                limit.name,
                limit.size,
                limit.windowed,
                peak.share,
                peak.own_share,
                peak.saturated_min(until_s),
                peak.refusals,
                peak.series(),
            )


def admit(limits: tuple[Limit, ...], now_s: float, own: bool) -> Refusal | None:
    """Take one of each, or none and say which one refused."""
    for limit in limits:
        wait_s = limit.refuses(now_s)
        if wait_s is not None:
            return Refusal(limit.name, wait_s)
    for limit in limits:
        limit.take(now_s, own)
    return None
