"""Both worlds for tests of the vendors: in process in virtual time, and over HTTP on loopback.

A contract is a coroutine function that gets a `Client` of each system; `simulated` and `live` run it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

import orjson
from vendor_opening import OPENING, TIME

from loadtests.live_loop import run_live
from loadtests.serve import serving
from mocks.assemble import assemble
from mocks.landscape import Landscape, SystemSettings
from mocks.system import System
from sim.loop import run
from wire.call import Call, Reply, Transport
from wire.http import Http
from wire.inprocess import InProcess

QUIET = {
    "workday": SystemSettings(background=0.0, latency_factor=0.001),
    "netsuite": SystemSettings(
        background=0.0,
        latency_factor=0.001,
        ambient={"lost_reply": 0.0, "missing_reference": 0.0},
        policy={"async_record_s": 0.001},
    ),
    "warehouse": SystemSettings(background=0.0, latency_factor=0.001, ambient={"lost_reply": 0.0}),
    "salesforce": SystemSettings(background=0.0, latency_factor=0.001),
}
"""Nobody else, no ambient faults, and service times of about a millisecond."""

TIMEOUT_S = 120.0
_TOKENS: Mapping[str, tuple[str, bytes]] = {
    "netsuite": (
        "/services/rest/auth/oauth2/v1/token",
        b"grant_type=client_credentials&client_assertion=head.payload.secret",
    ),
    "salesforce": (
        "/services/oauth2/token",
        b"grant_type=client_credentials&client_id=integration&client_secret=secret",
    ),
}


class Client:
    """An integration and a person at one system."""

    def __init__(self, name: str, api: Transport, desk: Transport, control: Transport) -> None:
        self.name = name
        self._api, self._desk, self._control = api, desk, control
        self.headers: dict[str, str] = {}

    async def login(self) -> Client:
        """Get a token where the vendor has them."""
        if self.name in _TOKENS:
            path, form = _TOKENS[self.name]
            content = {"content-type": "application/x-www-form-urlencoded"}
            reply = await self._api.send(Call("POST", path, content, form), TIMEOUT_S)
            self.headers = {"authorization": f"Bearer {reply.json()['access_token']}"}
        elif self.name == "warehouse":
            self.headers = {"authorization": "Bearer secret"}
        return self

    async def send(
        self, method: str, path: str, value: object = None, timeout_s: float = TIMEOUT_S, **headers: str
    ) -> Reply:
        """One call of the integration; header names with _ for -."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        body = value if isinstance(value, bytes) else b"" if value is None else orjson.dumps(value)
        call = Call(method, path, {"content-type": "application/json", **self.headers, **named}, body)
        return await self._api.send(call, timeout_s)

    async def act(self, verb: str, user: str = "finance", **given: Any) -> Reply:
        """One act of a person."""
        headers = {"x-user": user, "content-type": "application/json"}
        return await self._desk.send(Call("POST", f"/desk/{verb}", headers, orjson.dumps(given)), TIMEOUT_S)

    async def post(self, path: str, value: object) -> Reply:
        """Anything at all to the desk or the control plane, whatever it is."""
        door = self._desk if path.startswith("/desk/") else self._control
        headers = {"x-user": "hr", "content-type": "application/json"}
        return await door.send(Call("POST", path, headers, orjson.dumps(value)), TIMEOUT_S)

    async def control(self, method: str, path: str, value: object = None) -> Reply:
        """One act of an administrator."""
        body = b"" if value is None else orjson.dumps(value)
        headers = {"content-type": "application/json"}
        return await self._control.send(Call(method, f"/control/{path}", headers, body), TIMEOUT_S)


Contract = Callable[[Mapping[str, Client]], Coroutine[Any, Any, None]]


def systems(
    names: tuple[str, ...],
    settings: Mapping[str, SystemSettings] = QUIET,
    callouts: Transport | None = None,
    month_end_s: tuple[float, float] | None = None,
) -> dict[str, System]:
    """The named systems over the tiny firm."""
    return assemble(Landscape(settings, month_end_s), OPENING, TIME, 1, callouts, names)


def simulated(contract: Contract, made: Mapping[str, System]) -> None:
    """Run a contract in virtual time."""

    async def main() -> None:
        async with AsyncExitStack() as stack:
            clients = {}
            for name, system in made.items():
                await stack.enter_async_context(system)
                doors = (InProcess(system.api), InProcess(system.desk), InProcess(system.control))
                clients[name] = await Client(name, *doors).login()
            await contract(clients)

    run(main(), horizon_s=40 * 86400.0)


def live(contract: Contract, made: Mapping[str, System]) -> None:
    """Run a contract over HTTP."""

    async def main() -> None:
        async with serving(made) as addresses, AsyncExitStack() as stack:
            clients = {}
            for name, address in addresses.items():
                http = await stack.enter_async_context(Http(address))
                clients[name] = await Client(name, http, http, http).login()
            await contract(clients)

    run_live(main())
