"""Calls flip: push asks less for few records (wins), batch asks less for many (time).

Both legs are counted: source reads, polls, target writes, job status, write-back. 1,000 consultants, one
workflow each, one week, two seeds; batch runs every five minutes. What does not flip is the waiting of a
subscription: a long poll ends after 110 s, so that one idle channel alone asks more often than such a batch.
With every idle long poll counted, the flip for wins does not appear (5,627 calls against 2,281 seen).
"""

from __future__ import annotations

from functools import cache

import pytest
from small_world import DAY_S, TIME, WINS, calls, judged, model, month_end, ran, staged

from measurements.run import Run
from pipeline.settings import Schedule

SEEDS = (1, 2)
DAYS = 7.0
EVERY_MIN = 5.0
LONG_POLL_S = 110.0


@cache
def week(workflow: str, pattern: str, seed: int) -> Run:
    """One week of one workflow, with the faults of every day."""
    play = staged(month_end(ambient=None), seed, workflows=[workflow], days=DAYS, consultants=1000)
    schedules = {workflow: Schedule(every_min=EVERY_MIN, cut_off_runs=False)}
    return judged(ran(play, model(**{workflow: pattern}), seed, schedules=schedules))


def pushed(workflow: str, seed: int) -> int:
    """Calls of the event pattern but for the waiting of its subscriptions, which takes no API quota."""
    run = week(workflow, "event", seed)
    return calls(run) - calls(run, "salesforce", "poll")


@pytest.mark.large
def test_push_asks_less_for_wins_once_its_channel_is_open() -> None:
    for seed in SEEDS:
        assert pushed(WINS, seed) < calls(week(WINS, "batch", seed))


@pytest.mark.large
def test_batch_asks_less_for_time_however_the_subscription_is_counted() -> None:
    for seed in SEEDS:
        assert calls(week(TIME, "batch", seed)) < pushed(TIME, seed) < calls(week(TIME, "event", seed))


@pytest.mark.large
def test_an_idle_channel_asks_more_often_than_a_batch_that_runs_every_five_minutes() -> None:
    """So says the setting: 110 s against 300 s."""
    for seed in SEEDS:
        waits = calls(week(WINS, "event", seed), "salesforce", "poll")
        assert waits == pytest.approx(DAYS * DAY_S / LONG_POLL_S, rel=0.05)
        assert waits > calls(week(WINS, "batch", seed), "salesforce", "poll")
