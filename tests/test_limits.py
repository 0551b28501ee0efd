"""Each limit is exact: it lets in what fits, refuses the next, and says to the instant when there is room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.time import BusinessTime
from mocks import salesforce
from mocks.background import Background
from mocks.figures import figures, make_limits
from mocks.landscape import SystemSettings
from mocks.limits import Concurrency, Limit, Limits, LongRunning, Rate, Transaction, Window, admit


def _takes(limit: Limit, now_s: float, own: bool = True) -> bool:
    return admit((limit,), now_s, own) is None


def test_a_window_frees_a_place_exactly_when_it_has_passed() -> None:
    window = Window("quota", 2, 60.0)
    assert _takes(window, 0.0)
    assert _takes(window, 10.0)
    refusal = admit((window,), 30.0, own=True)
    assert refusal is not None
    assert (refusal.limit, refusal.wait_s) == ("quota", 30.0)
    assert not _takes(window, 59.999)
    assert _takes(window, 60.0)


@given(st.lists(st.floats(0, 500), min_size=1, max_size=60))
def test_no_window_ever_holds_more_than_its_size(instants: list[float]) -> None:
    window = Window("quota", 3, 60.0)
    taken = [at_s for at_s in sorted(instants) if _takes(window, at_s)]
    for end_s in taken:
        assert sum(end_s - 60.0 < at_s <= end_s for at_s in taken) <= 3


def test_a_timed_window_charges_what_ran_when_it_ended() -> None:
    window = Window("execution_ms", 1000, 300.0, timed=True)
    assert _takes(window, 0.0)
    window.ended(2.0, 1.5, own=True)
    assert not _takes(window, 3.0)
    assert _takes(window, 302.0)


def test_background_use_takes_its_share_of_a_window() -> None:
    window = Window("quota", 10, 60.0, background=lambda now_s: 9.0)
    assert _takes(window, 0.0)
    assert not _takes(window, 1.0)
    assert (window.peak.share, window.peak.own_share) == (1.0, 0.1)


def test_concurrency_counts_who_is_inside() -> None:
    slots = Concurrency("slots", 2)
    assert _takes(slots, 0.0)
    assert _takes(slots, 0.0)
    assert not _takes(slots, 60.0)
    slots.ended(120.0, 120.0, own=True)
    assert _takes(slots, 120.0)
    assert (slots.peak.refusals, slots.peak.saturated_min(120.0)) == (1, 2.0)


def test_long_running_calls_count_only_after_their_time() -> None:
    slow = LongRunning("long", 1, after_s=20.0)
    assert _takes(slow, 0.0)
    slow.began(0.0, 100.0, own=True)
    assert _takes(slow, 19.0)
    refusal = admit((slow,), 20.0, own=True)
    assert refusal is not None
    assert refusal.wait_s == 80.0
    assert _takes(slow, 100.0)


@pytest.mark.parametrize(("at_s", "burst", "taken"), [(0.0, 10, 10), (0.0, 1, 1)])
def test_a_rate_lets_a_burst_in_at_once(at_s: float, burst: float, taken: int) -> None:
    rate = Rate("calls_per_s", 10, burst)
    assert sum(_takes(rate, at_s) for _ in range(20)) == taken
    assert not _takes(rate, at_s + 0.09)
    assert _takes(rate, at_s + 0.1)


def test_a_limit_that_is_off_lets_all_in_and_counts_on() -> None:
    window = Window("quota", 1, 60.0)
    window.on = False
    assert all(_takes(window, 0.0) for _ in range(4))
    assert (window.used(0.0), window.peak.share, window.peak.refusals) == (4, 4.0, 0)


def test_all_limits_of_a_call_are_taken_or_none() -> None:
    wide, narrow = Window("wide", 100, 60.0), Window("narrow", 1, 60.0)
    limits = Limits((wide, narrow))
    assert admit(limits.some(("wide", "narrow")), 0.0, own=True) is None
    refusal = admit(limits.some(("wide", "narrow")), 1.0, own=True)
    assert refusal is not None
    assert refusal.limit == "narrow"
    assert wide.used(1.0) == 1


@pytest.mark.parametrize(("workers", "size"), [(10, 250_000), (1250, 250_000), (2000, 400_000)])
def test_asynchronous_executions_are_the_larger_of_250_000_and_200_a_licence(workers: int, size: int) -> None:
    nobody = Background(BusinessTime(datetime(2026, 4, 16, tzinfo=UTC)), "UTC", None)
    found = figures(salesforce.__file__.rpartition("/")[0], SystemSettings())

    assert make_limits(found, SystemSettings(), nobody, workers)["async_executions_24h"].size == size


def test_a_transaction_refuses_what_is_above_its_size_and_leaves_nothing_to_the_next() -> None:
    limit = Transaction("starts", 50)

    assert [limit.refuses(0.0, count) for count in (1, 50, 51)] == [None, None, 0.0]
    limit.take(0.0, own=True, cost=60)
    assert (limit.peak.share, limit.peak.own_share, limit.used(1.0)) == (1.2, 1.2, 0.0)
    limit.on = False
    assert limit.refuses(0.0, 51) is None
