"""A small org in virtual time for tests: its doors by short verbs, quiet unless a test asks for luck."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from mocks.assemble import assemble
from mocks.landscape import Landscape, SystemSettings
from mocks.system import System
from sim.loop import run
from tests.vendor_opening import OPENING, TIME
from wire.call import Call, Reply, Transport, json_call

DATA = "/services/data/v67.0/"
_LUCK = ("lost_reply", "row_lock", "row_lock_parallel", "lost_event", "doubled_event", "late_event")
QUIET = dict.fromkeys(_LUCK, 0.0)


class Org:
    """The doors of one org; `user` of the desk is given with each act."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._token = ""

    async def login(self, secret: str = "secret", user: str = "integration") -> Reply:
        body = f"grant_type=client_credentials&client_id={user}&client_secret={secret}".encode()
        reply = await self.system.api.serve(Call("POST", "/services/oauth2/token", {}, body))
        if reply.ok:
            self._token = reply.json()["access_token"]
        return reply

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"}

    async def api(self, method: str, path: str, body: object = None) -> Reply:
        path = path if path.startswith("/") else DATA + path
        if body is None:
            return await self.system.api.serve(Call(method, path, self.headers))
        return await self.system.api.serve(json_call(method, path, body, self.headers))

    async def query(self, soql: str) -> list[dict[str, Any]]:
        reply = await self.api("GET", f"query?q={quote(soql)}")
        assert reply.status == 200, reply.body
        rows: list[dict[str, Any]] = reply.json()["records"]
        return rows

    async def desk(self, verb: str, user: str, **given: Any) -> Any:
        reply = await self.system.desk.serve(json_call("POST", f"/desk/{verb}", given, {"x-user": user}))
        return reply.json() if reply.ok else reply

    async def control(self, what: str, **given: Any) -> Reply:
        return await self.system.control.serve(json_call("POST", f"/control/{what}", given))

    async def poll(self, channel: str, replay: int, wait_s: float = 40.0, most: int = 200) -> Reply:
        path = f"/events/v67.0/{channel}?replay={replay}&max={most}&wait_s={wait_s:g}"
        return await self.system.api.serve(Call("GET", path, self.headers))

    async def polls(self, positions: dict[str, int], wait_s: float = 40.0) -> Reply:
        replays = ",".join(str(replay) for replay in positions.values())
        path = f"/events/v67.0/?channels={','.join(positions)}&replay={replays}&wait_s={wait_s:g}"
        return await self.system.api.serve(Call("GET", path, self.headers))

    async def card(self, key: str = "T1", hours: tuple[int, ...] = (800, 800, 800, 750, 800, 0, 0)) -> Any:
        """A timecard of W00001 on P00001, over the end of April."""
        return await self.desk(
            "timecard.save",
            "W00001",
            timecard=key,
            worker="W00001",
            project="P00001",
            week_start="2026-04-27",
            hours_centi=list(hours),
            approver="W00002",
        )

    async def approved(self, key: str = "T1") -> Any:
        """Submitted by its worker, approved by its approver."""
        await self.desk("timecard.submit", "W00001", timecard=key)
        return await self.desk("approvals.decide", "W00002", approver="W00002", timecards=[key], expenses=[])


def play(
    act: Callable[[Org], Coroutine[Any, Any, None]],
    callouts: Transport | None = None,
    ambient: dict[str, float] | None = None,
    **settings: Any,
) -> None:
    """Run an act on a fresh org, logged in."""
    given = SystemSettings(ambient={**QUIET, **(ambient or {})}, background=0.0, **settings)

    async def main() -> None:
        landscape = Landscape({"salesforce": given})
        system = assemble(landscape, OPENING, TIME, 7, callouts, ("salesforce",))["salesforce"]
        async with system:
            org = Org(system)
            await org.login()
            await act(org)

    run(main())


WIN = {
    "opportunity": "O00001",
    "customer": "C0001",
    "owner": "W00002",
    "name": "Rollout",
    "entity": "US01",
    "region": "Americas",
    "practice": "Cloud",
    "project_type": "Implementation",
    "billing_method": "Fixed Price",
    "currency": "USD",
    "amount_minor": 5_000_000,
    "planned_hours": 200,
    "bill_rate_minor": 20000,
    "start": "2026-05-01",
    "end": "2026-09-30",
    "project_manager": "W00001",
    "bill_to": "1 Main St",
    "tax_number": "US-1",
    "po_number": "PO-9",
    "milestones": [
        {"milestone": "P-O00001-M1", "name": "Design", "amount_minor": 2_000_000, "target": "2026-06-01"}
    ],
    "instalments": [],
}
