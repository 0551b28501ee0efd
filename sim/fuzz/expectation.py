"""What a drawn world may leave open at its end, and why: told from its tables alone, before it runs.

A limit below what the work needs, or a change that nobody answers, may leave items unfinished and exceptions
open, in the flows that it reaches. Nothing excuses a thing that is doubled, unauthorised, wrong, or lost:
what an open exception names is not lost, and what it names is the audit's to say. A recall that is not undone
is a leftover only where an open exception names its very key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scenarios.firm import Firm
from scenarios.known import figures_of
from sim.fuzz.judge import NOT_UNDONE, Violation
from sim.fuzz.reach import reach_of
from sim.fuzz.upheaval import NEWER, SPARED
from sim.fuzz.world import Drawn

EXCUSABLE = frozenset({"unfinished", "open exception", NOT_UNDONE})
"""Kinds of violation that a reason may explain, in its flows."""

_NEEDED = {
    "daily_api_requests": lambda heads: 2_000 + 200 * heads,
    "calls_24h": lambda heads: 500 + 20 * heads,
}
"""Calls a day that the hungriest pattern needs, by heads (measured on calm worlds, rounded up)."""


class Reason(NamedTuple):
    """Why; `detail` is this world's, `flows` are what it may hold up."""

    kind: str
    detail: str
    flows: frozenset[str]

    def explains(self, violation: Violation) -> bool:
        """Whether it may be why."""
        return violation.kind in EXCUSABLE and violation.flow in self.flows


def reasons(drawn: Drawn) -> tuple[Reason, ...]:
    """Why items may stay unfinished or exceptions open; empty where everything must arrive."""
    return tuple(dict.fromkeys((*_starved(drawn), *_unanswered(drawn))))


def _starved(drawn: Drawn) -> Iterator[Reason]:
    heads = int(drawn.firm.get("consultants", Firm().consultants))
    for system, limit, size, background in _sizes(drawn):
        figure = figures_of(system, "limits")[limit]
        others = float(figure.get("background_share", 0.0)) * size + float(
            figure.get("background_slots", 0.0)
        )
        need = _NEEDED[limit](heads) if limit in _NEEDED else 1.0
        if size - others * background < need:
            yield Reason("a limit that starves", f"{system} {limit} {size:g}", reach_of(system))


def _sizes(drawn: Drawn) -> Iterator[tuple[str, str, float, float]]:
    """(system, limit, size, background) of what a scenario sets for good."""
    systems: Mapping[str, Any] = drawn.scenario.get("systems", {})
    for system, table in systems.items():
        for limit, size in table.get("limits", {}).items():
            if limit not in table.get("off", ()):
                yield system, limit, float(size), float(table.get("background", 1.0))
    for release in drawn.scenario.get("releases", ()):
        if release["kind"] == "limit_cut" and "repaired_after_days" not in release:
            table, given = systems.get(release["system"], {}), release["parameters"]
            if given["limit"] not in table.get("off", ()):
                yield (
                    release["system"],
                    given["limit"],
                    float(given["size"]),
                    float(table.get("background", 1.0)),
                )


def _unanswered(drawn: Drawn) -> Iterator[Reason]:
    for release in drawn.scenario.get("releases", ()):
        kind, given = release["kind"], release["parameters"]
        system, name = release["system"], given.get("object", "")
        place, flows = f"{system} {name}.{given.get('field', '')}", reach_of(system, name)
        if "repaired_after_days" in release or release.get("from_version") == NEWER:
            continue
        if kind in {"rename_field", "remove_field"} and "mapped_after_days" not in release:
            yield Reason(f"{kind} that nobody maps", place, flows)
        elif kind == "remove_field":
            yield Reason("remove_field: a mapping brings back no value", place, flows)
        elif kind in {"require_field", "validation_rule"}:
            yield Reason(f"{kind} that nobody repairs", place, flows)
        elif kind == "retire_version" and given["version"] >= SPARED:
            yield Reason("retire_version of what the clients name", system, flows)
