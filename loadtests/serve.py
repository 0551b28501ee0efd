"""The systems over HTTP: each on a port of its own, from the very handlers that the simulation calls.

uvicorn ──> edge (loadtests/edge.py) ──> system.api | .desk | .control        /docs ──> pages (FastAPI)
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import uvicorn

from kernel.errors import InputError
from kernel.time import BusinessTime
from loadtests.edge import Application, Endpoints, edge
from loadtests.live_loop import run_live
from loadtests.pages import pages
from mocks.system import System

_KEEP_ALIVE_S = 60.0
"""Real seconds for which an idle connection is kept: longer than clients keep theirs, who else would send on
one that is just being closed."""

_LEAVE_S = 1.0
"""Real seconds for which calls that are under way may go on when the server stops (some never end)."""


def business_time() -> BusinessTime:
    """Business time that starts now: real clients sign and compare with real instants."""
    now = datetime.now(UTC)  # noqa: TID251 (the one root where the world's clock comes in)
    return BusinessTime(now.replace(microsecond=0))


def run(
    build: Callable[[BusinessTime], Mapping[str, System]],
    port_base: int,
    told: Callable[[Mapping[str, str]], None],
    host: str = "127.0.0.1",
) -> None:
    """Serve the systems that `build` makes, on a live loop, until the process is interrupted.

    `told` hears each one's address once all of them listen. Raises InputError where a port is taken.
    """

    async def main() -> None:
        async with serving(build(business_time()), port_base, host) as addresses:
            told(addresses)
            await asyncio.get_running_loop().create_future()

    with contextlib.suppress(KeyboardInterrupt):
        run_live(main())


@asynccontextmanager
async def serving(
    systems: Mapping[str, System], port_base: int = 0, host: str = "127.0.0.1"
) -> AsyncIterator[Mapping[str, str]]:
    """While inside, the systems are up, each on the port after the last one's; gives their base addresses.

    `port_base` 0 takes any free ports. Raises InputError.
    """
    async with AsyncExitStack() as stack:
        addresses = {}
        for place, (name, system) in enumerate(systems.items()):
            listening = stack.enter_context(listen(host, port_base + place if port_base else 0))
            addresses[name] = f"http://{host}:{listening.getsockname()[1]}"
            await stack.enter_async_context(system)
            await stack.enter_async_context(running(application(system), listening))
        yield addresses


def application(system: System) -> Application:
    """One system as an ASGI application."""
    return edge(Endpoints(system.api, system.desk, system.control), pages(system))


class Server(uvicorn.Server):
    """Leaves signals to the process, since several servers live in it, and does not tick: a tick of the
    library is a tenth of the loop's second, which at a speed of 600 comes 6,000 times a second.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def main_loop(self) -> None:
        await self.leave.wait()


@asynccontextmanager
async def running(served: Application, listening: socket.socket, speed: float = 1.0) -> AsyncIterator[None]:
    """While inside, the application answers on that socket. What the library times is in the loop's seconds,
    so `speed` keeps its real length.
    """
    config = uvicorn.Config(
        served,
        log_level="warning",
        lifespan="off",
        ws="none",
        date_header=False,
        server_header=False,
        timeout_keep_alive=math.ceil(_KEEP_ALIVE_S * speed),
        timeout_graceful_shutdown=math.ceil(_LEAVE_S * speed),
    )
    server = Server(config)
    with listening:
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
        try:
            yield
        finally:
            server.leave.set()
            await task


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one. Raises InputError where it is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # What it accepts inherits this; asyncio sets it only where the protocol is named, and here it is not.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise InputError(
            f"{host}:{port}", f"cannot listen ({error.strerror})", "choose another --port-base"
        ) from None
    listening.listen()
    listening.setblocking(False)
    return listening
