"""A revenue run that is made up late books what it would have booked in time: the figures of its cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_world import month_end, ran

from measurements.assess import assess
from pipeline import models
from scenarios import firm_file
from scenarios.play import stage
from scenarios.scenario import PlannedFault, Scenario
from sim.world import World, observe

BUSY = {"corrected_share": 0.4, "recalled_share": 0.3, "rejected_share": 0.1, "correction_days": 1.5}
"""Timecards are recalled and corrected all the time, so some are between a cut and its make-up."""


def _performed(scenario: Scenario) -> World:
    play = stage(scenario, firm_file.load(None, 15), 2)
    return ran(play, models.load("batch"), 2)


def _without(system: str, at: str) -> Scenario:
    return replace(month_end(firm=BUSY), faults=(PlannedFault(at, 20.0, system, "outage", {}),))


def _journals(world: World) -> dict[str, int]:
    effects = world.systems["netsuite"].books(world.end_s).effects
    return {effect.key: effect.amount_minor for effect in effects if effect.flow == "revenue"}


def test_an_outage_of_the_hcm_at_a_revenue_run_changes_no_journal() -> None:
    in_time, late = _performed(month_end(firm=BUSY)), _performed(_without("workday", "BD+2 19:30"))
    assert len(_journals(in_time)) > 20
    assert _journals(late) == _journals(in_time)


@pytest.mark.parametrize(("system", "run"), [("salesforce", "BD+2"), ("netsuite", "BD+4")])
def test_revenue_is_right_whichever_system_is_down_at_the_run(system: str, run: str) -> None:
    judged = assess(observe(_performed(_without(system, f"{run} 19:30")), 0))
    assert judged.findings == []
