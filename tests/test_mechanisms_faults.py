"""Mechanisms under faults and limits, each with its counter-arm: lost events, an ERP that is away or full,
and one org that is slow for all of its callers.

Ten seeds in halves, time and expense only (wins where the CRM is asked); all other faults of every day are
off.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import pytest
from small_world import TIME, WINS, count, judged, model, month_end, ran, staged, value
from ten_seeds import HALVES

from measurements.run import Run
from measurements.view import view
from scenarios.scenario import PlannedFault, SystemChange
from sim.world import World, observe

OUTAGE_H = 8.0
ERP_AWAY = (PlannedFault("BD-9 04:00", OUTAGE_H, "netsuite", "outage", {"mode": "refuse"}, None, "ERP away"),)


@cache
def events(seed: int, lost: float, sweeps: bool) -> Run:
    """Change events are lost at this rate; `sweeps` False: sweeps look back on nothing."""
    scenario = month_end(systems={"salesforce": SystemChange(ambient={"lost_event": lost})})
    play = staged(scenario, seed, workflows=[TIME], days=6.0)
    settings = {} if sweeps else {"sweep_clock": ""}
    return judged(ran(play, model(**{TIME: "event"}), seed, **settings))


@pytest.mark.slow
@HALVES
def test_an_event_that_is_lost_in_silence_is_found_by_the_sweep_and_by_nothing_else(seeds: range) -> None:
    lost = 0
    for seed in seeds:
        assert count(events(seed, 0.2, sweeps=True), "lost", "time", "expense") == 0
        assert count(events(seed, 0.0, sweeps=False), "lost", "time", "expense") == 0
        lost += count(events(seed, 0.2, sweeps=False), "lost", "time", "expense") > 0
    assert lost == len(seeds)


@cache
def slots(seed: int, off: bool = False, background: float = 1.0) -> Run:
    """Over the last business days, when other integrations take three of the ERP's five slots."""
    change = SystemChange(off=("account_concurrency",) if off else ())
    scenario = month_end(systems={"netsuite": change}, background=background)
    play = staged(scenario, seed, workflows=[TIME], days=15.0)
    return judged(ran(play, model(**{TIME: "api"}), seed))


@pytest.mark.slow
@HALVES
def test_the_erp_throttles_at_month_end_because_of_its_slots_and_the_others_in_them(seeds: range) -> None:
    for seed in seeds:
        assert value(slots(seed), "throttled_calls") > 0
        assert value(slots(seed, off=True), "throttled_calls") == 0
        assert value(slots(seed, background=0.0), "throttled_calls") == 0


class Seen(NamedTuple):
    """Exception records that the org opened for hooks without an answer, and the longest wait of a card."""

    given_up: int
    longest_h: float


@cache
def away(seed: int, pattern: str, struck: bool) -> Seen:
    """The ERP is away for eight hours of a Monday, or is not; nobody is at the exception desk."""
    scenario = month_end(faults=ERP_AWAY if struck else ())
    play = staged(scenario, seed, workflows=[TIME], days=4.5, without=["shifts"])
    seen = observe(ran(play, model(**{TIME: pattern}), seed), 0)
    items = view(seen).items["time"]
    ends_s = [seen.end_s if item.finished_s is None else item.finished_s for item in items]
    longest_s = max(end_s - item.starts_s for end_s, item in zip(ends_s, items, strict=True))
    return Seen(sum(row.cause == "integration" for row in seen.books.problems), longest_s / 3600.0)


@pytest.mark.slow
@HALVES
def test_a_hook_that_finds_the_erp_away_gives_up_and_a_queue_does_not(seeds: range) -> None:
    for seed in seeds:
        assert away(seed, "api", struck=True).given_up > 0
        assert away(seed, "api", struck=False).given_up == 0
        assert away(seed, "event", struck=True).given_up == 0


@pytest.mark.slow
@HALVES
def test_a_queue_drains_once_the_erp_is_back_and_what_a_caller_gave_up_waits_for_the_sweep(
    seeds: range,
) -> None:
    """The last redelivery waits an hour; the sweep is at 03:00, 15 h after the outage."""
    for seed in seeds:
        queued, called = (away(seed, one, struck=True).longest_h for one in ("event", "api"))
        assert queued < OUTAGE_H + 1.1
        assert called > 15.0
        for pattern in ("event", "api"):
            assert away(seed, pattern, struck=False).longest_h < 1.0


@cache
def failed(seed: int, target: str) -> dict[str, int]:
    """Own calls that failed, by system, while wins are carried and every second call to the target fails."""
    fault = PlannedFault("BD-9 08:00", 48.0, target, "brownout", {"error_share": 0.5}, None, "brownout")
    scenario = month_end(faults=(fault,) if target else (), firm={"opportunities": 1500.0})
    play = staged(scenario, seed, workflows=[WINS], days=5.5)
    world = ran(play, model(**{WINS: "api"}), seed)
    found = dict.fromkeys(("salesforce", "netsuite", "workday"), 0)
    for name in found:
        rows = world.systems[name].books(world.end_s).traffic
        found[name] = sum(row.errors for row in rows if row.who == "integration")
    return found


@pytest.mark.slow
@HALVES
def test_a_brownout_of_the_psa_hits_what_is_asked_of_the_crm_since_they_are_one_org(seeds: range) -> None:
    for seed in seeds:
        assert failed(seed, "salesforce")["salesforce"] > failed(seed, "")["salesforce"]
        assert failed(seed, "salesforce")["netsuite"] == failed(seed, "")["netsuite"]
        assert failed(seed, "workday")["salesforce"] == failed(seed, "")["salesforce"]


@cache
def delayed(seed: int, pattern: str, target: str) -> Run:
    """A system is away for eight hours of a Monday in the window; each run against its own twin."""
    fault = PlannedFault("BD-4 08:00", OUTAGE_H, target, "outage", {"mode": "refuse"}, None, "away")
    return judged(_around_a_monday(seed, pattern, (fault,)), _twin(seed, pattern))


def _around_a_monday(seed: int, pattern: str, faults: tuple[PlannedFault, ...]) -> World:
    play = staged(month_end(faults=faults), seed, workflows=[TIME], days=12.5)
    return ran(play, model(**{TIME: pattern}), seed)


@lru_cache(maxsize=2)
def _twin(seed: int, pattern: str) -> World:
    """One serves both outages of a pattern; few are kept, since a world is large."""
    return _around_a_monday(seed, pattern, ())


@pytest.mark.slow
@HALVES
def test_an_outage_delays_what_meets_it_and_nothing_that_runs_at_night_or_never_calls(seeds: range) -> None:
    """The nightly run is slow with and without the outage, so it earns and loses nothing by it."""
    for seed in seeds:
        assert value(delayed(seed, "event", "netsuite"), "fault_delay_item_h") > 1.0
        assert value(delayed(seed, "batch", "netsuite"), "fault_delay_item_h") == 0.0
        assert value(delayed(seed, "event", "workday"), "fault_delay_item_h") == 0.0
        assert value(delayed(seed, "batch", "netsuite"), "recovery_h") == 0.0
