"""Regimes: one scenario and firm where nothing is scarce, where a limit binds, and while a system is down.

    scenario file ── changes of the regime ──> scenario file of its own, which live run and twins both read

Each is a table of changes to the scenario's own, so that it can be written down, and repeated by anyone with
`rehearse load` or `rehearse run`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kernel.time import DAY_S, HOUR_S
from scenarios.play import Play
from scenarios.window import Window

Table = Mapping[str, Any]

WIDE_SLOTS = 50.0
"""More slots than any firm of a rehearsal fills, and more than any contract has."""

SCARCE_SLOTS = 4.0
"""One less than the Standard contract's five: at a month-end others hold three, so that one is left."""

DOWN_SHARE = 0.2
"""The part of the window in which the ERP is down, after as long a part in which it is not. For as long again
it comes back stumbling; two fifths are left to drain."""

STUMBLES_SHARE = 0.3
"""Of the calls after an outage fail: retries matter where some calls fail and others do not."""


class Regime(NamedTuple):
    """`banded`: judged by the band of many twins, else by one twin's errors. `premise`: what must be seen, in
    the live run and its twins, for the regime to be what its name says.
    """

    name: str
    title: str
    why: str
    banded: bool
    premise: str
    changed: Callable[[Table, Play, Window], dict[str, Any]]


def _wide(table: Table, play: Play, window: Window) -> dict[str, Any]:
    netsuite = {"limits": {"account_concurrency": WIDE_SLOTS}, "background": 0.0}
    return changed_systems(table, {"netsuite": netsuite})


def _scarce(table: Table, play: Play, window: Window) -> dict[str, Any]:
    return changed_systems(table, {"netsuite": {"limits": {"account_concurrency": SCARCE_SLOTS}}})


def _down(table: Table, play: Play, window: Window) -> dict[str, Any]:
    part_s = DOWN_SHARE * (window.until_s - window.from_s)
    stumbles = {"latency_factor": 1.0, "error_share": STUMBLES_SHARE}
    faults = [
        _fault("ERP outage", "outage", play, window.from_s + part_s, part_s, {"mode": "refuse"}),
        _fault("ERP comes back", "brownout", play, window.from_s + 2 * part_s, part_s, stumbles),
    ]
    return {**_wide(table, play, window), "faults": faults}


def _fault(name: str, kind: str, play: Play, at_s: float, for_s: float, parameters: Table) -> dict[str, Any]:
    """One fault of the ERP, as a scenario file has it."""
    return {
        "name": name,
        "at": play.time.stamp(at_s),
        "for_h": for_s / HOUR_S,
        "target": "netsuite",
        "kind": kind,
        "parameters": dict(parameters),
    }


QUIET = Regime(
    "quiet",
    "Quiet, for calibration",
    "the same hours a week earlier and with slots for everybody: calls wait for nothing but each other, so"
    " what live takes longer is their overhead; nothing is judged by it",
    False,
    "unthrottled",
    _wide,
)
REGIMES = (
    Regime(
        "below-the-knee",
        "Below the knee",
        "with slots for everybody and no other integration in the ERP, latency is service time and overhead",
        False,
        "unthrottled",
        _wide,
    ),
    Regime(
        "at-the-limit",
        "At a limit",
        "with one slot left by others the order of calls decides who is refused, which is chaotic: one run"
        " tells nothing, the band of many twins does",
        True,
        "throttled",
        _scarce,
    ),
    Regime(
        "outage-and-drain",
        "Outage and drain",
        "an ERP that is down for a fifth of the window, and fails 3 of 10 calls for as long again, fills"
        " retries, redelivery and exceptions, and what waited must drain; slots for everybody, so that this"
        " is no second regime at a limit",
        True,
        "failing",
        _down,
    ),
)
"""Those that are judged."""


def quiet_window(window: Window) -> Window:
    """The same hours of the same weekday, a week earlier: people work as they do, and no item is in both."""
    return Window(window.from_s - 7 * DAY_S, window.until_s - 7 * DAY_S)


def table_of(regime: Regime, table: Table, play: Play, window: Window) -> dict[str, Any]:
    """The regime's scenario as a table that a scenario file may hold, with its window."""
    changed = {**table, "title": f"{table['title']}: {regime.title.lower()}", "faults": [], "releases": []}
    live = {"from": play.time.stamp(window.from_s), "until": play.time.stamp(window.until_s)}
    return {**regime.changed(changed, play, window), "live": live}


def changed_systems(table: Table, systems: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The table with systems changed; what it says of a system itself stands where this says nothing."""
    held = {name: dict(change) for name, change in table.get("systems", {}).items()}
    for name, change in systems.items():
        own = held.setdefault(name, {})
        for key, value in change.items():
            own[key] = {**own.get(key, {}), **value} if isinstance(value, Mapping) else value
    return {**table, "systems": held}
