"""The foyer: the door that every member of a live run has, where those who take part meet and start together.

GET  /live/call-sheet   what to play, and where everybody is (loadtests/call_sheet.py)
GET  /live/health       who this is, at which instant, how late it runs, who is ready
GET  /live/books?at_s=  of a system: what /control/books tells, without holding it up (loadtests/reader.py)
POST /live/ready        {player, digest}     someone stands at the same past; 409: at another one
GET  /live/pace         {speed, at_s, epoch_s, wall_s, told}     `told` false: the play stands still
POST /live/pace         {epoch_s}            the play leaves `at_s` at that reading of the monotonic clock
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from loadtests.call_sheet import CallSheet
from loadtests.live_loop import LiveLoop
from loadtests.pace import MONOTONIC, WALL, Pace
from loadtests.reader import Reader
from measurements.facts import Books
from wire.call import Call, Reply, json_reply


class Foyer:
    """The endpoint."""

    def __init__(
        self, name: str, loop: LiveLoop, sheet: CallSheet, books: Callable[[float], Books] | None
    ) -> None:
        """`books` is what a system holds; None: this member is none."""
        self._name = name
        self._loop = loop
        self._sheet = sheet
        self._reader = None if books is None else Reader(books)
        self._ready: dict[str, str] = {}
        self._told = False
        self.called = False
        """Whether an integration has called this member."""

    async def serve(self, call: Call) -> Reply:
        """Answer one act; 400 says what is wrong."""
        path, _, query = call.path.partition("?")
        try:
            match call.method, path:
                case "GET", "/live/call-sheet":
                    return json_reply(200, self._sheet.row())
                case "GET", "/live/health":
                    return json_reply(200, self._health())
                case "GET", "/live/books" if self._reader is not None:
                    return await self._reader.answer(query)
                case "POST", "/live/ready":
                    return self._is_ready(call.json())
                case "GET", "/live/pace":
                    return json_reply(200, self._pace())
                case "POST", "/live/pace":
                    return self._go(float(call.json()["epoch_s"]))
        except (KeyError, TypeError, ValueError, orjson.JSONDecodeError) as error:
            return json_reply(400, {"error": f"{type(error).__name__}: {error}"})
        return json_reply(404, {"error": f"no such act: {call.method} {call.path}"})

    def _health(self) -> dict[str, Any]:
        loop = self._loop
        return {
            "name": self._name,
            "process": os.getpid(),
            "at_s": loop.time(),
            "lag": loop.lag.row(),
            "troubles": loop.troubles[-20:],
            "ready": sorted(self._ready),
            "called": self.called,
        }

    def _is_ready(self, given: dict[str, Any]) -> Reply:
        player, digest = str(given["player"]), str(given["digest"])
        if digest != self._sheet.digest:
            what = f"{player} stands at another past: {digest} is not {self._sheet.digest}"
            return json_reply(409, {"error": f"{what}; the same seed, files and version are needed"})
        self._ready[player] = digest
        return json_reply(200, {"ready": sorted(self._ready)})

    def _pace(self) -> dict[str, Any]:
        """The epoch by both clocks: others on this machine share the monotonic one."""
        pace = self._at()
        row: dict[str, Any] = {"told": self._told, "speed": pace.speed, "at_s": pace.at_s}
        if self._told:
            row |= {"epoch_s": pace.epoch_s, "wall_s": WALL() + pace.epoch_s - MONOTONIC()}
        return row

    def _go(self, epoch_s: float) -> Reply:
        self._loop.pace = replace(self._at(), epoch_s=epoch_s)
        self._told = True
        return json_reply(200, self._pace())

    def _at(self) -> Pace:
        pace = self._loop.pace
        if pace is None:
            raise ValueError("this process is not live")
        return pace
