"""One waiting rule: what a limit refuses waits as long as its message's patience lasts, in every pattern."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache

import pytest
from pipeline_world import CARD, DAY_S, HOUR_S, Firm, only, play

from measurements.assess import assess
from mocks.faults import Fault
from pipeline import models
from pipeline.catalogue import legs
from pipeline.settings import Settings
from run.settings_of import settings_of
from scenarios import catalogue, firm_file
from scenarios.play import Play, stage
from scenarios.scenario import SystemChange
from sim.world import observe, perform

TIME_AND_EXPENSE = "time_and_expense"
NO_SLOT = {"limit": "account_concurrency", "size": 0.5}


@cache
def month_end() -> Play:
    return stage(catalogue.load("month-end"), firm_file.load(None, 15), 0, None)


def full(at_s: float, for_s: float) -> dict[str, tuple[Fault, ...]]:
    """An account without a free slot."""
    return {"netsuite": (Fault(at_s, for_s, "netsuite", "throttle", NO_SLOT),)}


async def approved_at_ten(firm: Firm) -> None:
    await asyncio.sleep(10 * HOUR_S)
    await firm.book()
    await firm.approve(CARD)


@pytest.mark.parametrize(
    ("pattern", "at_s", "for_s"),
    [("api", 10 * HOUR_S, 90.0), ("event", 10 * HOUR_S, 9 * HOUR_S), ("batch", 25 * HOUR_S, 9 * HOUR_S)],
)
def test_what_waits_for_a_slot_passes_within_a_minute_of_one_and_never_failed(
    pattern: str, at_s: float, for_s: float
) -> None:
    firm = play(only(TIME_AND_EXPENSE, pattern), approved_at_ten, 2 * DAY_S, full(at_s, for_s))

    assert len(firm.posted()) == 3
    assert all(at_s + for_s < row.at_s < at_s + for_s + 120.0 for row in firm.posted())
    assert "failed" not in {step.what for step in firm.pipeline.trail}
    assert firm.problems() == []


@pytest.mark.parametrize(("pattern", "began_h"), [("event", 10), ("batch", 25)])
def test_what_waits_for_a_slot_for_half_a_day_is_told_to_people_once_and_closed_when_it_passes(
    pattern: str, began_h: int
) -> None:
    end_s = 9 * HOUR_S + 4 * DAY_S
    account = full(9 * HOUR_S, end_s - 9 * HOUR_S)
    firm = play(only(TIME_AND_EXPENSE, pattern), approved_at_ten, 6 * DAY_S, account)

    (problem,) = (problem for problem in firm.problems() if problem.key == CARD)
    assert problem.cause == "timeout"
    assert 12 <= problem.opened_at_s / HOUR_S - began_h <= 24
    assert end_s <= (problem.closed_at_s or 0.0) < end_s + 5 * HOUR_S / 60
    assert len(firm.live()) == 3


def test_an_api_callers_patience_ends_with_its_time_and_the_hook_comes_again() -> None:
    firm = play(only(TIME_AND_EXPENSE, "api"), approved_at_ten, 2 * DAY_S, full(10 * HOUR_S, 300.0))

    assert len(firm.posted()) == 3
    assert "failed" in {step.what for step in firm.pipeline.trail}


def test_a_repair_that_finds_no_slot_at_night_is_made_on_the_same_day() -> None:
    lost = Fault(0.0, 20 * HOUR_S, "salesforce", "lost_event", {"share": 1.0})
    faults = {**full(27 * HOUR_S, 4 * HOUR_S), "salesforce": (lost,)}

    firm = play(only(TIME_AND_EXPENSE, "api"), approved_at_ten, 2 * DAY_S, faults)

    assert {int(row.at_s // HOUR_S) for row in firm.live()} == {31}


def busy(pattern: str, settings: Settings) -> tuple[float, float]:
    """A month-end of 15 people: p95 from approval to posted in seconds, and the calls that were refused."""
    kpis = assess(observe(perform(month_end(), only(TIME_AND_EXPENSE, pattern), 0, settings), 0)).kpis
    return 3600.0 * (kpis["time_posted_h_p95"].value or 0.0), kpis["throttled_calls"].value or 0.0


@pytest.mark.parametrize("pattern", ["api", "event"])
def test_swapping_the_patience_between_the_patterns_changes_no_time(pattern: str) -> None:
    """Where waits for a slot end within either's patience, theory predicts no difference."""
    settings = settings_of(month_end())
    swapped = replace(
        settings,
        caller_timeout_s=settings.event_retention_s,
        event_retention_s=settings.caller_timeout_s,
        sweep_beyond_s=settings.event_retention_s + settings.sweep_beyond_s - settings.caller_timeout_s,
    )

    (own_s, refused), (other_s, _) = busy(pattern, settings), busy(pattern, swapped)

    assert refused > 0
    assert other_s == pytest.approx(own_s, abs=1.0)


@pytest.mark.parametrize("slots", [3, 5])
def test_api_led_and_event_are_as_fast_under_either_cap(slots: int) -> None:
    """Both send the same calls through the same client; their starts differ by seconds, and so may they."""
    settings = replace(settings_of(month_end()), netsuite_slots=slots)

    assert busy("api", settings)[0] == pytest.approx(busy("event", settings)[0], abs=30.0)


def test_a_month_end_through_one_free_slot_at_night_and_pages_of_seven_ends_clean() -> None:
    """Others hold both slots in office hours: callers fail then, and the night's repairs bring all across."""
    scenario = replace(
        catalogue.load("month-end"),
        systems={
            "netsuite": SystemChange(
                limits={"account_concurrency": 2.0}, policy={"page_size": 7, "batch_records": 7}
            ),
            "salesforce": SystemChange(policy={"page_size": 7}),
        },
    )
    play_ = stage(scenario, firm_file.load(None, 10), 3, None)

    judged = assess(observe(perform(play_, models.load("api"), 3), 0))

    findings = ("lost", "duplicated", "unauthorised", "wrong_amount", "wrong_period")
    assert {name: sum(judged.audit[name].values()) for name in findings} == dict.fromkeys(findings, 0)


def test_the_interface_catalogue_tells_the_rule_of_every_pattern() -> None:
    shipped = [models.load(name) for name in ("batch", "api", "event", "hybrid")]

    assert all(
        "refused by a limit: waits for a slot" in leg.retry for model in shipped for leg in legs(model)
    )
