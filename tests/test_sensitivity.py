"""The sensitivity strip, played out on a small firm: its arms differ by their intervals and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_data import experiment
from small_world import HOURLY_MIN, TIME, WORKERS

from measurements.facts import WORKFLOWS
from measurements.run import Run
from pipeline.models import Model
from reports.inputs import Strip
from reports.spending import LOOKS
from run.settings_of import settings_of
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim import intervals, settings_tried
from sim.arm import Arm
from sim.plan import Plan
from sim.processes import Processes
from sim.sensitivity import left_out, performed
from sim.work import work

CONSULTANTS = 14


def _carried(pattern: str) -> Model:
    """Time and worker changes, whose waits are compared here; clerks carry the rest."""
    return Model(pattern, pattern, {**dict.fromkeys(WORKFLOWS, "manual"), TIME: pattern, WORKERS: pattern})


def _plan(consultants: int) -> Plan:
    chosen = (_carried("batch"), _carried("api"))
    firm = firm_file.load(None, consultants)
    scenario = replace(catalogue.load("month-end"), polls_min=HOURLY_MIN)
    return Plan(scenario, firm, chosen, 1, 3, "0", "0", "rehearse compare month-end")


@pytest.fixture(scope="module")
def played() -> tuple[Plan, list[Run], dict[str, Strip]]:
    plan = _plan(CONSULTANTS)
    runs = [work(job).run for job in plan.jobs()]
    told: list[tuple[str, int, int]] = []
    fresh = performed(plan, intervals.arms(plan), lambda *step: told.append(step), Processes(1))
    assert fresh is not None
    assert [step[1:] for step in told] == [(number, 5) for number in range(1, 6)]
    return plan, runs, {strip.kpi: strip for strip in intervals.strips(plan, runs, fresh.runs)}


def mean_of(strip: Strip, label: str) -> float:
    [point] = [point for point in strip.points if point.label.removesuffix(" (at least)") == label]
    return point.mean


def test_an_arm_as_compared_is_the_run_that_was_compared(
    played: tuple[Plan, list[Run], dict[str, Strip]],
) -> None:
    _, runs, found = played
    for name, strip in found.items():
        for label, model in (("batch, 24 h", "batch"), ("api, as compared", "api")):
            [run] = [run for run in runs if run.model == model]
            assert mean_of(strip, label) == run.kpis[name].value


def test_a_shorter_batch_interval_shortens_the_wait_for_its_next_run(
    played: tuple[Plan, list[Run], dict[str, Strip]],
) -> None:
    strip = played[2]["time_posted_h_p95"]
    hourly, quarterly = mean_of(strip, "batch, 1 h"), mean_of(strip, "batch, 15 min")
    assert quarterly < hourly < mean_of(strip, "batch, 4 h") < mean_of(strip, "batch, 24 h")
    assert hourly <= 1.5
    assert quarterly <= 0.75


def test_bridges_change_what_is_polled_and_leave_what_is_pushed(
    played: tuple[Plan, list[Run], dict[str, Strip]],
) -> None:
    aligned, posted = played[2]["worker_alignment_h_p95"], played[2]["time_posted_h_p95"]
    assert mean_of(aligned, "api, bridges 15 min") != mean_of(aligned, "api, bridges 5 min")
    assert mean_of(posted, "api, bridges 15 min") == pytest.approx(
        mean_of(posted, "api, bridges 5 min"), abs=0.1
    )


def test_a_setting_in_which_the_firm_cannot_be_played_is_left_out_with_a_note_and_costs_no_runs() -> None:
    """Half of six consultants leave an entity nobody."""
    plan = _plan(6)
    firm = replace(plan.firm, consultants=3)
    arm = Arm("3 consultants, batch", plan.models[0], plan.scenario, firm)
    found = performed(plan, [arm], lambda *_: None, Processes(1))
    assert found is not None
    assert found.runs == {}
    assert left_out(found.refused) == ["Not tried: 3 consultants, batch (IN01 has none of the 3)."]
    base = replace(experiment(10), looks=LOOKS)
    tried = settings_tried.choices(plan, base, ["batch", "api"], found.runs)
    assert tried == []


def test_one_arm_slows_peoples_answers_and_every_retry_and_reaches_pipeline_and_org() -> None:
    plan = _plan(CONSULTANTS)
    [arm] = [arm for arm in settings_tried.arms(plan, plan.models[:1]) if arm.name.startswith("answers")]
    play = stage(arm.scenario, arm.firm, plan.seed)
    usual = stage(plan.scenario, plan.firm, plan.seed)
    assert settings_of(play).redelivery_s == tuple(4 * wait_s for wait_s in settings_of(usual).redelivery_s)
    assert play.landscape.of("salesforce").policy["hook_retry_s"] == 4 * 60.0
    assert play.firm.reaction_factor == 4 * usual.firm.reaction_factor
