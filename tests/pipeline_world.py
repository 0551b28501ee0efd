"""A pipeline between the real mock systems over the tiny firm, in virtual time; people use the desks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import orjson
from vendor_opening import OPENING, TIME
from vendor_world import QUIET

from measurements.facts import WORKFLOWS, Effect
from mocks.assemble import assemble as assemble_systems
from mocks.faults import Fault
from mocks.landscape import Landscape, SystemSettings
from mocks.system import System
from pipeline.assemble import assemble
from pipeline.models import Model
from pipeline.pipeline import Pipeline
from pipeline.settings import Settings
from sim.loop import run
from wire.call import Call, Reply
from wire.inprocess import InProcess

HOUR_S, DAY_S = 3600.0, 86400.0
WEEK = "2026-04-13"
CARD = f"T-W00001-P00001-{WEEK}"
HOURS = [800, 800, 750, 0, 0, 0, 0]

_AMBIENT = ("lost_reply", "row_lock", "row_lock_parallel", "lost_event", "doubled_event", "late_event")
CALM = {
    **QUIET,
    "salesforce": replace(QUIET["salesforce"], ambient=dict.fromkeys(_AMBIENT, 0.0)),
}
"""Quiet systems without any ambient fault: what breaks is what a test breaks."""

Script = Callable[["Firm"], Coroutine[Any, Any, None]]


def only(workflow: str, pattern: str) -> Model:
    """A model in which one workflow runs."""
    table = {name: pattern if name == workflow else "manual" for name in WORKFLOWS}
    return Model(pattern, pattern, table)


def lost_replies(kind: str = "write", for_s: float = HOUR_S, at_s: float = 0.0) -> Fault:
    """Every reply to such a call is lost while it lasts; the commit happens."""
    return Fault(at_s, for_s, f"netsuite:{kind}", "lost_reply", {"share": 1.0})


class Firm:
    """The running systems and the pipeline, as tests and people meet them."""

    def __init__(self, systems: Mapping[str, System], pipeline: Pipeline) -> None:
        self.systems = systems
        self.pipeline = pipeline

    async def act(self, system: str, verb: str, user: str = "W00001", **given: Any) -> Any:
        """One act of a person; answers what the desk says."""
        headers = {"x-user": user, "content-type": "application/json"}
        call = Call("POST", f"/desk/{verb}", headers, orjson.dumps(given))
        reply = await self.systems[system].desk.serve(call)
        assert reply.ok, (verb, reply.status, reply.body)
        return reply.json()

    async def fault(self, system: str, fault: Fault) -> None:
        """Something breaks."""
        body = orjson.dumps(fault._asdict())
        headers = {"content-type": "application/json"}
        reply = await self.systems[system].control.serve(Call("POST", "/control/faults", headers, body))
        assert reply.ok, reply.body

    async def book(self, card: str = CARD, hours: list[int] | None = None, week: str = WEEK) -> None:
        """A consultant saves and submits a week."""
        given = {"worker": "W00001", "project": "P00001", "week_start": week, "approver": "W00002"}
        await self.act("salesforce", "timecard.save", timecard=card, hours_centi=hours or HOURS, **given)
        await self.act("salesforce", "timecard.submit", timecard=card)

    async def approve(self, *cards: str, expenses: tuple[str, ...] = ()) -> None:
        """The approver's sitting."""
        given = {"approver": "W00002", "timecards": list(cards), "expenses": list(expenses), "rejected": []}
        told = await self.act("salesforce", "approvals.decide", "W00002", **given)
        assert not told["refused"], told

    async def operate(self, what: str, **given: Any) -> Reply:
        """An integration operator."""
        return await self.pipeline.operations.serve(
            Call("POST", f"/operations/{what}", {}, orjson.dumps(given))
        )

    def posted(self, flow: str = "time") -> list[Effect]:
        """What the ERP's books say of this run."""
        books = self.systems["netsuite"].books(asyncio.get_running_loop().time())
        return [effect for effect in books.effects if effect.flow == flow and effect.at_s > 0]

    def live(self, flow: str = "time") -> list[Effect]:
        """Posted effects that no reversal undoes, and that are none."""
        rows = self.posted(flow)
        undone = {row.reverses for row in rows if row.reverses}
        return [row for row in rows if not row.reverses and row.record not in undone]

    def problems(self) -> list[Any]:
        """Exception records, as the org's books have them."""
        return list(self.systems["salesforce"].books(asyncio.get_running_loop().time()).problems)

    def calls(self, system: str) -> int:
        """What the integration sent so far."""
        rows = self.systems[system].books(asyncio.get_running_loop().time()).traffic
        return sum(row.calls for row in rows if row.who == "integration")


def play(
    model: Model,
    script: Script,
    until_s: float,
    faults: Mapping[str, tuple[Fault, ...]] | None = None,
    settings: Settings | None = None,
    systems: Mapping[str, SystemSettings] = CALM,
) -> Firm:
    """Run the script beside everything else, then on until the end; the firm as it then is."""
    kept: list[Firm] = []

    async def main() -> None:
        intake = InProcess()
        made = assemble_systems(Landscape(systems), OPENING, TIME, 1, intake)
        transports = {name: InProcess(system.api) for name, system in made.items()}
        pipeline = assemble(model, transports, settings or Settings(TIME), 1)
        intake.endpoint = pipeline.intake
        firm = Firm(made, pipeline)
        async with AsyncExitStack() as stack:
            for system in made.values():
                await stack.enter_async_context(system)
            for name, call in pipeline.setup:
                reply = await made[name].control.serve(call)
                assert reply.ok, (call.path, reply.body)
            for name, planned in (faults or {}).items():
                for fault in planned:
                    await firm.fault(name, fault)
            await stack.enter_async_context(pipeline)
            await script(firm)
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, until_s - loop.time()))
            kept.append(_frozen(firm, loop.time()))

    run(main(), horizon_s=until_s + DAY_S)
    return kept[0]


class _Ended(Firm):
    """A firm after its run: the instant is kept, since no loop runs any more."""

    def __init__(self, firm: Firm, at_s: float) -> None:
        super().__init__(firm.systems, firm.pipeline)
        self._at_s = at_s

    def posted(self, flow: str = "time") -> list[Effect]:
        books = self.systems["netsuite"].books(self._at_s)
        return [effect for effect in books.effects if effect.flow == flow and effect.at_s > 0]

    def problems(self) -> list[Any]:
        return list(self.systems["salesforce"].books(self._at_s).problems)

    def calls(self, system: str) -> int:
        rows = self.systems[system].books(self._at_s).traffic
        return sum(row.calls for row in rows if row.who == "integration")


def _frozen(firm: Firm, at_s: float) -> Firm:
    return _Ended(firm, at_s)
