"""The event-allocation cliff: predicted from deliveries counted in a small run, then met where predicted.

25,000 deliveries a day and the firm are both scaled by 1/50: 500, and some hundred heads instead of some
thousand. Peak counts of so small firms are whole numbers that differ by a tenth from seed to seed, so the
prediction is a mean over four seeds.
"""

from __future__ import annotations

import asyncio
import json
from functools import cache
from statistics import fmean
from typing import Any

import pytest
from small_world import TIME, Guest, Systems, model, month_end, ran_among, staged

from scenarios.scenario import SystemChange
from wire.call import Call, Reply

SEEDS = range(1, 5)
SMALL = 50
ALLOCATION = 500.0
ENDLESS = 1e6
LIMIT = "event_deliveries_24h"
DAYS = 12.0
"""Two Mondays, on which most weeks are approved: there the peak lies."""

CHANNELS = ("timecards", "timecards-recalled", "expenses", "expenses-recalled")


@cache
def deliveries(
    consultants: int,
    seed: int,
    allocation: float = ENDLESS,
    *,
    filtered: bool = True,
    subscribers: int = 1,
    echo: bool = True,
) -> tuple[float, int]:
    """The peak of any 24 h, and how often the allocation refused to deliver."""
    scenario = month_end(systems={"salesforce": SystemChange(limits={LIMIT: allocation})})
    play = staged(scenario, seed, workflows=[TIME], days=DAYS, consultants=consultants)

    def registered(call: Call) -> Call:
        return _registered(call, filtered, echo)

    guests = [subscribing(channel) for channel in CHANNELS] * (subscribers - 1)
    world = ran_among(play, model(**{TIME: "event"}), seed, registered=registered, guests=guests)
    uses = world.systems["salesforce"].books(world.end_s).limits
    use = next(use for use in uses if use.limit == LIMIT)
    return use.peak_share * use.size, use.refusals


def _registered(call: Call, filtered: bool, echo: bool) -> Call:
    """The channel without its filter, or with one that lets no write-back through."""
    told = json.loads(call.body)
    if not filtered:
        told["when"] = None
    elif not echo and not told["channel"].endswith("recalled"):
        told["when"]["ERP_Posted_Version__c"] = [None]
    return call._replace(body=json.dumps(told).encode())


def subscribing(channel: str) -> Guest:
    """Somebody else who reads a channel, as the pipeline does, and does nothing with it."""

    async def guest(systems: Systems) -> None:
        serve = systems["salesforce"].api.serve
        replay, token = -2, ""
        while True:
            path = f"/events/v67.0/{channel}?replay={replay}&max=200&wait_s=110"
            reply: Reply = await serve(Call("GET", path, {"authorization": f"Bearer {token}"}, b""))
            if reply.status == 401:
                form = b"grant_type=client_credentials&client_id=rehearsal&client_secret=secret"
                token = (await serve(Call("POST", "/services/oauth2/token", {}, form))).json()["access_token"]
                continue
            if not reply.ok:
                await asyncio.sleep(60.0)
                continue
            told = reply.json()
            if told["events"] or replay < 0:
                replay = told["events"][-1]["replayId"] if told["events"] else told["latest"]

    return guest


def peak(seeds: range = SEEDS, **changes: Any) -> float:
    """Peak deliveries of 24 h per consultant, counted in small runs without a limit."""
    return fmean(deliveries(SMALL, seed, **changes)[0] for seed in seeds) / SMALL


@pytest.mark.large
def test_the_allocation_binds_at_the_head_count_that_a_small_run_predicts() -> None:
    heads = ALLOCATION / peak()
    assert 5_000 < 50 * heads < 10_000
    below, above = round(0.9 * heads), round(1.1 * heads)
    assert [deliveries(below, seed, ALLOCATION)[1] for seed in SEEDS] == [0] * len(SEEDS)
    assert all(deliveries(above, seed, ALLOCATION)[1] > 0 for seed in SEEDS)


@pytest.mark.large
def test_the_cliff_moves_with_subscribers_echoes_and_filters() -> None:
    """A second subscriber doubles what counts, and write-backs that raise no event halve it."""
    two = range(1, 3)
    usual = peak(two)
    assert peak(two, subscribers=2) == pytest.approx(2.0 * usual, rel=0.02)
    assert peak(two, echo=False) == pytest.approx(0.5 * usual, rel=0.1)
    assert peak(two, filtered=False) > 1.5 * usual


@pytest.mark.large
def test_a_firm_that_fits_alone_falls_off_the_cliff_with_a_second_subscriber() -> None:
    heads = round(1.1 * ALLOCATION / peak() / 2.0)
    assert [deliveries(heads, seed, ALLOCATION)[1] for seed in (1, 2)] == [0, 0]
    assert all(deliveries(heads, seed, ALLOCATION, subscribers=2)[1] > 0 for seed in (1, 2))
