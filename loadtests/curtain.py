"""The curtain: gathers what all players did into the acts file, and knows when the play is over.

One JSON line a row (`kind`: act, labour), as they come; the last line is the summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from kernel.errors import InputError
from loadtests.acts import Tally
from loadtests.foyer_client import FoyerClient
from loadtests.pace import Pace
from loadtests.shapes import Shape

OVERDUE_WALL_S = 15.0
"""Real seconds after the window's end for which players are waited for; who is silent then is lost."""


class Curtain:
    """Raises InputError where no member answers, or the file cannot be written."""

    def __init__(self, address: str, players: int, path: Path | None, shape: Shape) -> None:
        self._foyer = FoyerClient(address)
        sheet = self._foyer.call_sheet()
        self.players = players
        self._until_s = sheet.until_s
        self._tally = Tally(sheet.speed, shape, (sheet.from_s, sheet.until_s))
        self._reports: list[Mapping[str, Any]] = []
        self._failures: list[str] = []
        self._pace: Pace | None = None
        self._summary: dict[str, Any] = {}
        try:
            self._file = path.open("wb") if path else None
        except OSError as error:
            raise InputError(
                str(path), f"cannot be written ({error.strerror})", "name another file"
            ) from None

    def acts(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of one player."""
        for row in rows:
            self._tally.add(row)
            self._write(row)
        if self._file is not None:
            self._file.flush()

    def ended(self, report: Mapping[str, Any]) -> None:
        """One player has ended."""
        self._reports.append(report)

    def failed(self, reason: str) -> None:
        """One player cannot play."""
        self._failures.append(reason)

    def fallen(self) -> bool:
        """Whether everybody has ended, somebody failed, or who has not ended is overdue."""
        if self._failures or len(self._reports) >= self.players:
            return True
        try:
            self._pace = self._pace or self._foyer.pace(remote=False)
        except InputError as error:
            self._failures.append(str(error))
            return True
        pace = self._pace
        return pace is not None and pace.now_s() > self._until_s + OVERDUE_WALL_S * pace.speed

    def close(self) -> dict[str, Any]:
        """Write the summary, once, and give it."""
        if not self._summary:
            self._summary = self._summed()
            self._write(self._summary)
            self._foyer.close()
            if self._file is not None:
                self._file.close()
                self._file = None
        return self._summary

    def _summed(self) -> dict[str, Any]:
        reports = sorted(self._reports, key=lambda report: str(report["player"]))
        saturated = [f"{report['player']}: {why}" for report in reports for why in report["saturated"]]
        failures = [*self._failures, *(what for report in reports for what in report["failures"])]
        return {
            "kind": "summary",
            **self._tally.row(),
            "saturated": saturated,
            "players": reports,
            "players_lost": self.players - len(reports),
            "failures": failures,
        }

    def _write(self, row: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(orjson.dumps(row) + b"\n")
