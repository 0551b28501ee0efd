"""A system as the roots see it: three doors, its books, and the work it does on its own.

    Setting ──> mocks/<vendor>/system.py: build ──> System      async with system: ...

A vendor's `build` makes the parts that all vendors have (mocks/parts.py), adds its own store, handler and
desk, and says which work goes on in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kernel.time import BusinessTime
from measurements.facts import Books
from mocks.journal import Journal
from mocks.landscape import SATURDAY_AND_SUNDAY, SystemSettings
from mocks.opening import Opening
from mocks.store import Store
from mocks.tasks import Tasks
from wire.call import Endpoint, Transport

Work = Callable[[], Coroutine[Any, Any, None]]
"""Starts what goes on for as long as the system is up."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a vendor's `build` needs. `callouts` leads to the integration's intake (None = nobody listens).

    `keeps_entries`: whether the journal keeps each write.
    """

    name: str
    settings: SystemSettings
    opening: Opening
    time: BusinessTime
    seed: int
    month_end_s: tuple[float, float] | None
    hq_zone: str
    callouts: Transport | None = None
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    keeps_entries: bool = True


class Route(NamedTuple):
    """One address of a door, for the OpenAPI page: `path` may hold {parameters}."""

    method: str
    path: str
    summary: str


class System:
    """One running system; an async context manager that owns its background work."""

    def __init__(
        self,
        name: str,
        roles: tuple[str, ...],
        doors: tuple[Endpoint, Endpoint, Endpoint],
        books: Callable[[float], Books],
        journal: Journal,
        tasks: Tasks,
        work: Sequence[Work] = (),
        routes: tuple[Route, ...] = (),
        store: Store | None = None,
        access: Callable[[], Sequence[str]] = tuple,
        recount: Callable[[float], None] = lambda now_s: None,
    ) -> None:
        self.name = name
        self.roles = roles
        """Whose work is done at its desk: names of mocks/roles.py."""
        self.api, self.desk, self.control = doors
        self.books = books
        """What it holds at an instant (seconds since the start), as facts."""
        self.journal = journal
        self.routes = routes
        self.store = store
        """What it holds, for those who look at or corrupt it behind everyone's back (None = not offered)."""
        self.access = access
        """What whoever connects an integration must know: how to prove who calls, where to ask for news."""
        self.recount = recount
        """Its calls, and how far its limits are used, are counted from that instant on: another calls now."""
        self._tasks = tasks
        self._work = work

    async def __aenter__(self) -> System:
        """Begin the background work."""
        for work in self._work:
            self._tasks.start(work())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        await self._tasks.close()
