"""Dates are the legal entity's, from UTC-12 to UTC+14, in half-hour zones, and over a change of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from small_world import BILLING, REPORTING, TIME, WINS, WORKERS, judged, model

from kernel.time import BusinessTime
from mocks.workday.history import History
from scenarios import catalogue, firm_file
from scenarios.firm import Firm
from scenarios.play import stage
from sim.world import perform

ZONES = (
    "Pacific/Kiritimati",  # UTC+14
    "Pacific/Chatham",  # UTC+13:45, clocks go back on 5 April 2026
    "Pacific/Auckland",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kolkata",  # UTC+5:30
    "Africa/Cairo",  # has no midnight on 24 April 2026
    "America/St_Johns",
    "Etc/GMT+12",
)
DAY = date(2026, 4, 24)
START = datetime(2026, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_a_worker_as_of_a_day_is_that_of_the_day_at_the_entity(zone: str) -> None:
    time = BusinessTime(START)
    history = History()
    for day, rate in ((DAY, 100), (date(2026, 4, 25), 200)):
        effective = (str(day), time.at(day, "00:00", zone))
        history.enter("W00001", "rate", effective, (0.0, "hr"), {"cost_rate_minor": rate})
    assert history.state("W00001", "2026-04-23", 0.0) is None
    for day, rate in (("2026-04-24", 100), ("2026-04-25", 200)):
        state = history.state("W00001", day, 0.0)
        assert state is not None
        assert state.attributes["cost_rate_minor"] == rate


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_on_that_day_even_where_clocks_skip_its_midnight(zone: str) -> None:
    time = BusinessTime(START)
    start_s = time.at(DAY, "00:00", zone)
    assert time.local_date(start_s, zone) == DAY
    assert time.local_date(start_s - 1.0, zone) < DAY


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Auckland", "Asia/Kolkata", "Etc/GMT+12"])
def test_a_firm_of_one_zone_with_many_rate_changes_ends_clean(zone: str) -> None:
    scenario = replace(catalogue.load("month-end"), period="2026-04")
    play = stage(scenario, _firm(zone), 58)
    carried = dict.fromkeys((WINS, WORKERS, TIME, BILLING, REPORTING), "batch")
    run = judged(perform(play, model(**carried), 58))
    wrong = ("wrong_amount", "wrong_period", "lost", "unauthorised", "duplicated")
    assert {name: run.audit[name] for name in wrong if any(run.audit[name].values())} == {}


def _firm(zone: str) -> Firm:
    firm = firm_file.load(None, 12)
    entity = firm.entities[0]._replace(zone=zone, share=1.0)
    return replace(firm, hq_zone=zone, entities=(entity,), rate_changes=100.0)
