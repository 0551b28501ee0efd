"""A member of a live run: one system, or the pipeline, in a process of its own over the common past.

    Past ──> part ──> what is not its own is left behind; calls to it go over HTTP from now on
         ──> live ──> its doors are served until the process is told to end

Nothing of its own is made anew: tasks, timers, tokens, positions and queues go on as they stood.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC
from email.utils import format_datetime
from typing import Any, NamedTuple

from loadtests.call_sheet import CallSheet
from loadtests.edge import edge
from loadtests.foyer import Foyer
from loadtests.lag import Lag
from loadtests.pace import Pace
from loadtests.pages import pages
from loadtests.past import PIPELINE, Past
from loadtests.serve import running
from wire.call import Call, Endpoint, Reply, json_reply
from wire.http import Http


class MemberDoors(NamedTuple):
    """A member's own doors, and the one that all members have."""

    own: Mapping[str, Endpoint]
    foyer: Foyer

    def door(self, path: str) -> Endpoint:
        """By the beginning of a path; "" is where everything else goes: who calls there is an integration."""
        if path.startswith("/live/"):
            return self.foyer
        start = next(start for start in self.own if path.startswith(start))
        self.foyer.called |= not start
        return self.own[start]


def live(name: str, past: Past, listening: socket.socket, sheet: CallSheet, lifeline: int) -> Lag:
    """Be that member until SIGTERM, or until the other end of `lifeline` (a pipe) is closed; returns how late
    it ran. Raises whatever failed first. The play stands still until the foyer is told the pace.
    """
    loop = past.loop
    https = {other: Http(address, sheet.speed) for other, address in sheet.addresses.items()}
    if PIPELINE not in https and sheet.callouts:
        https[PIPELINE] = Http(sheet.callouts, sheet.speed)
    loop.advance(loop.create_task(_parted(name, past, https, sheet)).done, past.at_s)
    loop.go_live(Pace.halted(sheet.speed, past.at_s))
    try:
        loop.play(_serving(name, past, listening, list(https.values()), sheet, lifeline))
    finally:
        loop.close()
    return loop.lag


async def _parted(name: str, past: Past, https: Mapping[str, Http], sheet: CallSheet) -> None:
    """Leave behind what is not its own. Where an external integration takes over, calls are counted anew."""
    made = past.made
    made.people.leave()
    if name == PIPELINE:
        for other, transport in made.transports.items():
            transport.hand_over(https[other])
    else:
        made.intake.hand_over(https.get(PIPELINE) or _Unheard())
        for transport in made.transports.values():
            transport.hand_over(_Nowhere())
        await made.pipeline.__aexit__(None, None, None)
    for other, system in made.systems.items():
        if other != name:
            await system.__aexit__(None, None, None)
        elif PIPELINE not in sheet.addresses:
            system.recount(past.at_s)


class _Nowhere:
    """A Transport to nobody."""

    async def send(self, call: Call, timeout_s: float) -> Reply:
        raise ConnectionError("nobody listens here any more")


class _Unheard:
    """A Transport of call-outs that nobody has deployed: none is sent, and none fails."""

    async def send(self, call: Call, timeout_s: float) -> Reply:
        return Reply(204)


async def _serving(
    name: str, past: Past, listening: socket.socket, https: list[Http], sheet: CallSheet, lifeline: int
) -> None:
    loop, ended = past.loop, asyncio.Event()
    system = past.made.systems.get(name)
    foyer = Foyer(name, past.loop, sheet, None if system is None else system.books)
    doors = MemberDoors(_doors(name, past), foyer)
    time = past.play.time
    application = edge(
        doors,
        _no_pages if system is None else pages(system),
        lambda: format_datetime(time.moment(loop.time()).astimezone(UTC), usegmt=True),
    )
    async with AsyncExitStack() as stack:
        for http in https:
            await stack.enter_async_context(http)
        await stack.enter_async_context(running(application, listening, sheet.speed))
        loop.add_signal_handler(signal.SIGTERM, ended.set)
        loop.add_reader(lifeline, ended.set)
        await ended.wait()
        loop.remove_reader(lifeline)
        # Time passes, whatever was told: the server waits for the calls that are under way.
        loop.pace = Pace.from_now(sheet.speed, loop.time())


def _doors(name: str, past: Past) -> dict[str, Endpoint]:
    """Its own doors, by the beginning of a path."""
    if name == PIPELINE:
        pipeline = past.made.pipeline
        return {"/operations/": pipeline.operations, "": pipeline.intake}
    system = past.made.systems[name]
    return {
        "/desk/": system.desk,
        "/control/": system.control,
        "/operations/": _Nobodys(),
        "": system.api,
    }


class _Nobodys:
    """The operations desk of an integration that is not ours: people are told to see to it themselves."""

    async def serve(self, call: Call) -> Reply:
        return json_reply(404, {"error": "nobody operates an external integration from here"})


async def _no_pages(scope: Any, receive: Any, send: Any) -> None:
    """The pipeline documents itself in the interface catalogue of the report."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})
